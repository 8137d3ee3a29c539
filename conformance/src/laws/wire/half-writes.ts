import type { Fields, KeyPage, RowKey, Store, Tests, Write } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { applied } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { onWire, readable, wireless } from '../../wire/lay-wire.js';
import type { WireFault } from '../../wire/line.js';
import type { WireProxy } from '../../wire/proxy.js';
import { contentOf, judgeWrite, type Manner, WriteStriker } from '../../wire/struck-write.js';

/** How long a listing may lag behind the rows, in ms, and the time between two looks. */
const LIST_LAG_MS = 10_000;
const LOOK_AGAIN_MS = 20;
const DUE = 5;

const KINDS = ['create', 'update', 'delete'] as const;
type Kind = (typeof KINDS)[number];

/** Every field is another one, in the row and in the listing: half of a write can be seen. */
function contents(word: string): { readonly before: Fields; readonly after: Fields } {
  return {
    before: { n: 1, value: 'before', rev: 'r1', log: { a: 1, b: 'two' }, queue: `${word}.before`, due: DUE },
    after: {
      n: 7,
      value: 'after',
      rev: 'r2',
      log: { c: true },
      queue: `${word}.after`,
      due: DUE,
    },
  };
}

function writeOf(kind: Kind, key: RowKey, word: string): Write {
  const { after } = contents(word);
  const when: Tests = [
    { test: 'equals', path: 'rev', value: 'r1' },
    { test: 'missing', path: ['log', 'c'] },
  ];
  if (kind === 'create') return { write: 'create', key, fields: after };
  if (kind === 'delete') return { write: 'delete', key, when };
  return {
    write: 'update',
    key,
    when,
    changes: [
      { change: 'add', path: 'n', value: 6 },
      { change: 'set', path: 'value', value: 'after' },
      { change: 'set', path: 'rev', value: 'r2' },
      { change: 'remove', path: ['log', 'a'] },
      { change: 'set', path: ['log', 'c'], value: true },
      { change: 'set', path: 'queue', value: `${word}.after` },
    ],
  };
}

interface Attempt {
  readonly kind: Kind;
  readonly fault: WireFault;
  readonly manner: Manner;
}

/** Strikes each request of the driver that one such write makes. */
async function strikes(bench: Bench, on: Case, proxy: WireProxy, { kind, fault, manner }: Attempt) {
  const client = await on.store({ as: 'client', address: proxy.address });
  const other = await on.store({ as: 'another' });
  const striker = new WriteStriker(on, proxy, client, manner);
  const prepared = async (): Promise<{ readonly write: Write; readonly word: string }> => {
    const word = on.fresh();
    const key: RowKey = { table: 'items', partition: word, sort: '00000000' };
    if (kind !== 'create') await applied(other, { write: 'create', key, fields: contents(word).before });
    return { write: writeOf(kind, key, word), word };
  };
  const requests = await striker.requestsOf((await prepared()).write);
  for (let request = 0; request < requests; request++) {
    const { write, word } = await prepared();
    const before = await contentOf(on, write.key);
    const struck = await striker.strike(write, request, fault);
    const ended = await struck.ended;
    if (struck.strike.met !== undefined) await struck.strike.felt;
    await struck.strike.release();
    readable(proxy);
    if (struck.strike.met !== undefined) bench.tally.crashPoint(true);
    const after = await contentOf(on, write.key);
    const old = client.traits.reads === 'bounded';
    judgeWrite(struck, ended, { contents: [before], after, old });
    await listed(other, write.key, word, after);
  }
}

/** The listing comes to say what the row says: whoever keeps it in rows of its own was cut between the two. */
async function listed(store: Store, key: RowKey, word: string, row: Fields | undefined): Promise<void> {
  const begun = performance.now();
  for (const queue of [`${word}.before`, `${word}.after`]) {
    const wanted = row?.queue === queue;
    for (;;) {
      const { keys }: KeyPage = await store.list({ queue, until: DUE, limit: 5 });
      if (keys.some(({ sort, partition }) => sort === key.sort && partition === key.partition) === wanted)
        break;
      if (performance.now() - begun > LIST_LAG_MS)
        throw new Wrong(
          `the row is ${shown(row ?? null)}, and ${LIST_LAG_MS} ms later the listing of "${queue}" ${wanted ? 'still lacks it' : 'still has it'}: ${shown(keys)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

function mannersOf(kind: Kind): { readonly name: string; readonly manner: Manner }[] {
  const seens = kind === 'create' ? [false] : [false, true];
  return seens.flatMap((seen) =>
    [false, true].map((returning) => ({
      name: `${kind}${returning ? ',returning' : ''}${seen ? ',seen' : ''}`,
      manner: { returning, seen },
    })),
  );
}

export const law: LawText = {
  says: 'A write is applied whole or not at all, also where the connection breaks at any of the requests that the driver makes for it: the row is the old one or the new one, never something between, and the listing comes to say the same. The error is one of the store, and says "not applied" only where that is so.',
  weight: 2,
  skip: wireless,
  check: (bench) =>
    onWire(bench, async (proxy) => {
      const faults: readonly WireFault[] =
        bench.depth === 'full' ? ['cut', 'swallow', 'late', 'garbage'] : ['cut', 'swallow'];
      for (const kind of KINDS)
        for (const { name, manner } of mannersOf(kind))
          for (const fault of faults)
            await bench.case(`${name},${fault}`, (on) => strikes(bench, on, proxy, { kind, fault, manner }));
    }),
};
