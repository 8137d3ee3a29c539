/** The laws of what a read shows: each passes on the stores in memory, and fails on stores that break it. */
import { changed, type Fields, holdsAll, type Row, type Store } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { mustCatch, nameOf, replaced } from './store-reads-tools.js';
import { blindReplace, oldContentNewVersion, versionedHarness } from './store-reads-versioned.js';

const LAWS = ['linearizable-reads', 'bounded-reads', 'another-client'];
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each(STORE_KINDS)('the %s store in memory passes', async (kind) => {
  const only = LAWS.map((law) => `store/${law}`);
  const { results, histories } = await runSuite(memoryHarness(kind), { only, seed: 11 });
  const skipped = kind === 'bounded' ? 'store/linearizable-reads' : 'store/bounded-reads';
  expect(results.map(({ law, verdict, failure }) => [law, verdict, failure?.message])).toEqual(
    [...only].sort().map((law) => [law, law === skipped ? 'skipped' : 'passed', undefined]),
  );
  expect(histories).toBeGreaterThan(90);
});

test('a bounded store that looks at no clock of a case passes too: time really passes', async () => {
  const harness = memoryHarness('bounded', { staleMs: 60, now: () => performance.now() });
  const only = ['store/bounded-reads', 'store/another-client', 'store/versions', 'store/projection'];
  const { results } = await runSuite(harness, { only, seed: 11, depth: 'slice' });
  expect(results.map(({ verdict, failure }) => failure?.message ?? verdict)).toEqual(
    only.map(() => 'passed'),
  );
});

type Change = (store: Store) => Store;
type Broken = readonly [what: string, words: RegExp, change: Change];

/** Every third read shows what the row held before its last change. */
function eventualReads(): Change {
  const past = new Map<string, (Row | undefined)[]>();
  let reads = 0;
  return (store) =>
    replaced(store, {
      async read(key) {
        const row = await store.read(key);
        return reads++ % 3 === 0 ? (past.get(nameOf(key)) ?? [row])[0] : row;
      },
      async write(write, options) {
        const before = await store.read(write.key);
        const outcome = await store.write(write, options);
        if (outcome.applied) past.set(nameOf(write.key), [before]);
        return outcome;
      },
    });
}

/** Queries show a partition as it was before the last write of it. */
function laggingQueries(): Change {
  const past = new Map<string, readonly Row[]>();
  return (store) =>
    replaced(store, {
      async query(query) {
        const rows = past.get(`${query.table}/${query.partition}`);
        return rows === undefined ? store.query(query) : { rows, more: false };
      },
      async write(write, options) {
        const { table, partition } = write.key;
        const { rows } = await store.query({ table, partition, order: 'ascending', limit: 100 });
        past.set(`${table}/${partition}`, rows);
        return store.write(write, options);
      },
    });
}

/** Evaluates the tests, then writes whatever is there by then. */
const testsFirst: Change = (store) =>
  replaced(store, {
    async write(write, options) {
      if (write.write === 'create') return store.write(write, options);
      const row = await store.read(write.key);
      if (row === undefined || !holdsAll(row.fields, write.when)) return { applied: false, row: row ?? null };
      await tick();
      return store.write({ ...write, when: [{ test: 'missing', path: 'lockBy' }] }, options);
    },
  });

/** Gives with every outcome the row as it is shortly afterwards. */
const rowAfterwards: Change = (store) =>
  replaced(store, {
    async write(write, options) {
      const { applied } = await store.write(write);
      if (options?.returning !== true) return { applied };
      await tick();
      return { applied, row: (await store.read(write.key)) ?? null };
    },
  });

describe('linearizable-reads', () => {
  test.each<Broken>([
    ['eventual reads', /is shown .* by a read/, eventualReads()],
    ['eventual queries', /is shown .* by a query/, laggingQueries()],
    ['tests before the write', /no order of its/, testsFirst],
    ['the row as it is after a refusal', /no order of its/, rowAfterwards],
    ['a cache of rows', /the other client is shown/, rowCache],
    [
      'a write acknowledged before it is made',
      /is shown/,
      (store) =>
        replaced(store, {
          async write(write, options) {
            if (options?.returning === true || write.write === 'create') return store.write(write, options);
            void tick()
              .then(tick)
              .then(() => store.write(write));
            return { applied: true };
          },
        }),
    ],
    [
      'a deleted row comes back',
      /no order of its|is shown|refused/,
      (store) =>
        replaced(store, {
          async write(write, options) {
            return write.write === 'delete' ? { applied: true } : store.write(write, options);
          },
        }),
    ],
  ])('%s', (_, words, change) =>
    mustCatch('linearizable-reads', memoryHarness('conditional', {}, change), words),
  );

  test('a replace that compares nothing', () =>
    mustCatch('linearizable-reads', versionedHarness('versioned', blindReplace), /no order of its/));
});

describe('bounded-reads', () => {
  test('reads older than the bound', () => {
    const change: Change = (store) => ({ ...store, traits: { ...store.traits, staleMs: 1000 } });
    return mustCatch(
      'bounded-reads',
      memoryHarness('bounded', {}, change),
      /more than staleMs after|traits.staleMs allows/,
    );
  });

  test('reads much older than the bound', () => {
    const change: Change = (store) => ({ ...store, traits: { ...store.traits, staleMs: 1000 } });
    const harness = memoryHarness('bounded', { staleChanges: 12, staleMs: 100_000 }, change);
    return mustCatch(
      'bounded-reads',
      harness,
      /over for \d+ ms; traits.staleMs allows 1000|for longer than the 1000 ms/,
    );
  });

  test.each<Broken>([
    [
      'a content that never was',
      /which never was/,
      (store) =>
        replaced(store, {
          async read(key) {
            const [one, another] = [await store.read(key), await store.read(key)];
            return one && another && { ...one, fields: { ...one.fields, rev: `${another.fields.n}` } };
          },
        }),
    ],
    [
      'refusals without their row',
      /neither a row nor null/,
      (store) =>
        replaced(store, {
          async write(write, options) {
            const outcome = await store.write(write, options);
            return outcome.applied ? outcome : { applied: false };
          },
        }),
    ],
    [
      'refusals with the row as it is later',
      /no order of its|passes its tests|older than what refused/,
      rowAfterwards,
    ],
    ['tests before the write', /both applied|no order of its|updates were applied/, testsFirst],
    ['a cache of rows', /more than staleMs|allows/, rowCache],
  ])('%s', (_, words, change) => mustCatch('bounded-reads', memoryHarness('bounded', {}, change), words));

  test('the mark of a refusal is ignored', () => {
    const harness = versionedHarness('bounded', (database) => ({
      ...database,
      get: (key) => database.get(key),
    }));
    return mustCatch('bounded-reads', harness, /older than what refused it/);
  });

  test('an old content under a new version', () =>
    mustCatch(
      'bounded-reads',
      versionedHarness('bounded', oldContentNewVersion),
      /both applied|no order|updates were/,
    ));
});

/** Remembers, client by client, what it read or wrote, and answers from there. */
function rowCache(store: Store): Store {
  const known = new Map<string, Row | undefined>();
  return replaced(store, {
    async read(key) {
      if (!known.has(nameOf(key))) known.set(nameOf(key), await store.read(key));
      return known.get(nameOf(key));
    },
    async write(write, options) {
      const outcome = await store.write(write, { ...options, returning: true });
      if (outcome.row !== undefined) known.set(nameOf(write.key), outcome.row ?? undefined);
      else known.delete(nameOf(write.key));
      return options?.returning === true ? outcome : { applied: outcome.applied };
    },
  });
}

/** Answers requests of one kind from memory, client by client, by their text. */
function remembering(method: 'query' | 'list'): Change {
  return (store) => {
    const [queries, lists] = [
      new Map<string, ReturnType<Store['query']>>(),
      new Map<string, ReturnType<Store['list']>>(),
    ];
    const once = <A, R>(
      known: Map<string, Promise<R>>,
      asked: A,
      ask: (asked: A) => Promise<R>,
    ): Promise<R> => {
      const text = JSON.stringify(asked);
      const answer = known.get(text) ?? ask(asked);
      known.set(text, answer);
      return answer;
    };
    return method === 'query'
      ? replaced(store, { query: (query) => once(queries, query, store.query) })
      : replaced(store, { list: (listing) => once(lists, listing, store.list) });
  };
}

describe('another-client', () => {
  test.each<Broken>([
    ['a cache of rows', /a read shows/, rowCache],
    ['a cache of pages', /a query shows/, remembering('query')],
    ['a cache of listings', /does not list/, remembering('list')],
    [
      'writes are made later',
      /the database holds/,
      (store) => {
        let behind: Promise<unknown> = Promise.resolve();
        return replaced(store, {
          async read(key) {
            await behind;
            return store.read(key);
          },
          async write(write, options) {
            await behind;
            if (write.write === 'create') return store.write(write, options);
            const row = await store.read(write.key);
            if (row === undefined || !holdsAll(row.fields, write.when))
              return { applied: false, row: row ?? null };
            behind = tick()
              .then(tick)
              .then(() => store.write(write));
            return write.write === 'delete'
              ? { applied: true }
              : { applied: true, row: { ...row, fields: changed(row.fields, write.changes) } };
          },
        });
      },
    ],
    [
      'a refusal by what was seen',
      /refused/,
      (store) =>
        replaced(store, {
          async write(write, options = {}) {
            const { seen } = options;
            if (write.write !== 'create' && seen !== undefined && !holdsAll(seen.fields, write.when))
              return { applied: false, row: seen };
            return store.write(write, options);
          },
        }),
    ],
    [
      'a write by what was seen',
      /was applied; n had become/,
      (store) =>
        replaced(store, {
          async write(write, options = {}) {
            const { seen } = options;
            if (write.write === 'create' || seen === undefined || !holdsAll(seen.fields, write.when))
              return store.write(write, options);
            return store.write({ ...write, when: [{ test: 'missing', path: 'lockBy' }] }, options);
          },
        }),
    ],
    [
      'the row left is computed from what was read before',
      /as the row it left/,
      (store) => {
        const known = new Map<string, Fields>();
        return replaced(store, {
          async read(key) {
            const row = await store.read(key);
            if (row !== undefined) known.set(nameOf(key), row.fields);
            return row;
          },
          async write(write, options) {
            const outcome = await store.write(write, options);
            const old = known.get(nameOf(write.key));
            if (
              write.write !== 'update' ||
              !outcome.applied ||
              outcome.row === undefined ||
              old === undefined
            )
              return outcome;
            return {
              applied: true,
              row: { key: write.key, fields: changed({ log: {}, ...old }, write.changes) },
            };
          },
        });
      },
    ],
  ])('%s', (_, words, change) =>
    mustCatch('another-client', memoryHarness('conditional', {}, change), words),
  );

  test('a cache of rows, where reads are bounded', () =>
    mustCatch('another-client', memoryHarness('bounded', {}, rowCache), /a read shows/));
});
