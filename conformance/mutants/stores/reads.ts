/** Stores whose reads are older than they say, come from the process, or belong to somebody else. */
import type { Outcome, Row } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { memoryHarness } from '../../src/subjects/memory.js';
import type { Mutant } from '../mutant.js';
import { textOf } from './decorations.js';
import { type Breaks, broken, brokenTogether } from './subjects.js';

/** How old the reads of a store that says 5 s really are, in ms. */
const VERY_OLD_MS = 10 * 60_000;

/** Answers are taken for those of the youngest question that is still open. */
function mixed<A extends readonly unknown[], R>(ask: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  const open: { resolve(reply: R): void; reject(error: unknown): void }[] = [];
  return (...args) =>
    new Promise((resolve, reject) => {
      open.push({ resolve, reject });
      ask(...args).then(
        (reply) => open.pop()?.resolve(reply),
        (error: unknown) => open.pop()?.reject(error),
      );
    });
}

/** Rows that a client has read or left are read from its memory for a while. */
const cached: Breaks = (store) => {
  const known = new Map<string, { readonly row: Row | undefined; uses: number }>();
  const keep = (key: Row['key'], row: Row | undefined): void => void known.set(textOf(key), { row, uses: 0 });
  return {
    ...store,
    async read(key) {
      const found = known.get(textOf(key));
      if (found !== undefined && found.uses++ < 3) return found.row;
      const row = await store.read(key);
      keep(key, row);
      return row;
    },
    async write(write, options): Promise<Outcome> {
      const outcome = await store.write(write, options);
      known.delete(textOf(write.key));
      if (outcome.row) keep(write.key, outcome.row);
      return outcome;
    },
  };
};

/** All of them. */
export const READS: readonly Mutant[] = [
  broken(
    {
      id: 'eventual reads',
      what: 'reads may be old, and the traits say that they are not',
      source: 'items D31; study 2.6 and 2.7: no consistent reads',
      laws: ['store/linearizable-reads', 'store/limits'],
    },
    (store) => ({ ...store, traits: { ...store.traits, reads: 'linearizable', staleMs: 0 } }),
    'bounded',
  ),
  broken(
    {
      id: 'eventual reads, tests inside',
      what: 'a store that tests inside the write reads what was there before the last write of another client',
      source: 'items D31; study 2.6',
      laws: ['store/linearizable-reads', 'store/another-client'],
    },
    (store) => {
      const last = new Map<string, Row | undefined>();
      return {
        ...store,
        async read(key) {
          const row = await store.read(key);
          const before = last.get(textOf(key));
          last.set(textOf(key), row);
          return before ?? row;
        },
        async write(write, options) {
          const outcome = await store.write(write, options);
          last.delete(textOf(write.key));
          return outcome;
        },
      };
    },
  ),
  broken(
    {
      id: 'process cache',
      what: 'a client reads a row that it knows from its own memory for a while',
      source: 'usual sin: process cache of rows; items D9',
      laws: ['store/linearizable-reads'],
    },
    cached,
  ),
  brokenTogether(
    {
      id: 'process memory',
      what: 'nothing is written: the process answers from its own memory',
      source: 'issue: an adapter that answers from its own memory',
      laws: ['store/create-once', 'store/limits'],
    },
    () => {
      const inside = memoryStore();
      return ({ traits }) => ({ ...inside, traits });
    },
  ),
  {
    id: 'stale beyond the bound',
    what: 'reads are older than traits.staleMs says',
    source: 'items D27, D28, D29; store.ts: at most `traits.staleMs` old',
    laws: ['store/bounded-reads', 'store/projection'],
    of: 'bounded',
    harness: () =>
      memoryHarness('bounded', { staleMs: VERY_OLD_MS }, (store) => ({
        ...store,
        traits: { ...store.traits, staleMs: 5000 },
      })),
  },
  brokenTogether(
    {
      id: 'other traits in each client',
      what: 'clients of one database say different things of its pages',
      source: 'store.ts: what a store is, as plain data',
      laws: ['store/traits'],
    },
    () => {
      let clients = 0;
      return (store) => {
        const pageRowsMax = store.traits.pageRowsMax - clients++;
        return { ...store, traits: { ...store.traits, pageRowsMax } };
      };
    },
  ),
  broken(
    {
      id: 'no bound',
      what: 'reads may be old, and nobody says how old',
      source: 'store.ts: at most `traits.staleMs` old',
      laws: ['store/traits'],
    },
    (store) => ({ ...store, traits: { ...store.traits, staleMs: Number.POSITIVE_INFINITY } }),
    'bounded',
  ),
  broken(
    {
      id: 'replies mixed',
      what: 'a connection takes the reply to one read for that to another which is under way',
      source: 'usual sin: state on a shared connection',
      laws: ['store/keys', 'store/many-at-once'],
    },
    (store) => ({ ...store, read: mixed(async (key) => store.read(key)) }),
  ),
  broken(
    {
      id: 'outcomes mixed',
      what: 'a connection takes the outcome of one write for that of another which is under way',
      source: 'usual sin: the reply of another request under concurrency',
      laws: ['store/create-once', 'store/one-winner'],
    },
    (store) => ({ ...store, write: mixed(async (write, options) => store.write(write, options)) }),
  ),
  broken(
    {
      id: 'pages mixed',
      what: 'a connection takes the page of one query for that of another which is under way',
      source: 'usual sin: the reply of another request under concurrency',
      laws: ['store/keys', 'store/many-at-once'],
    },
    (store) => ({ ...store, query: mixed(async (query) => store.query(query)) }),
  ),
];
