/** The laws of versions, of many requests and clients, and of traits: each passes in memory, and fails where it is broken. */
import { changed, holdsAll, type Row, type Store, type StoreTraits } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import type { Harness } from '../../src/harness.js';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { mustCatch, replaced } from './store-reads-tools.js';
import { blindReplace, homemadeVersions, versionedHarness } from './store-reads-versioned.js';

const LAWS = ['versions', 'many-at-once', 'traits'];
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each(STORE_KINDS)('the %s store in memory passes', async (kind) => {
  const only = LAWS.map((law) => `store/${law}`);
  const { results } = await runSuite(memoryHarness(kind), { only, seed: 11 });
  expect(results.map(({ law, verdict, failure }) => [law, verdict, failure?.message]).sort()).toEqual(
    [...only].sort().map((law) => [law, 'passed', undefined]),
  );
});

type Change = (store: Store) => Store;
type Broken = readonly [what: string, words: RegExp, change: Change];

describe('versions', () => {
  test('a counter in the row', () =>
    mustCatch(
      'versions',
      homemadeVersions((changes) => `v${changes}`),
      /came back/,
    ));
  test('a hash of the content', () =>
    mustCatch(
      'versions',
      homemadeVersions((_, fields) => JSON.stringify(fields)),
      /came back/,
    ));
  test('a clock that is too coarse', () => {
    let versions = 0;
    const given = new Map<string, string>();
    const harness = homemadeVersions((changes, fields) => {
      const content = `${changes} ${JSON.stringify(fields)}`;
      const known = given.get(content) ?? `t${Math.floor(versions++ / 2)}`;
      given.set(content, known);
      return known;
    });
    return mustCatch('versions', harness, /came back/);
  });
  test('a replace that compares nothing', () =>
    mustCatch('versions', versionedHarness('versioned', blindReplace), /it should be/));
  test('a write by what was seen', () => {
    const change: Change = (store) =>
      replaced(store, {
        async write(write, options = {}) {
          const { seen } = options;
          if (write.write !== 'update' || seen === undefined || !holdsAll(seen.fields, write.when))
            return store.write(write, options);
          return store.write({ ...write, when: [{ test: 'missing', path: 'lockBy' }] }, options);
        },
      });
    return mustCatch(
      'versions',
      memoryHarness('conditional', {}, change),
      /by the row as it was it should not be/,
    );
  });
  test('another version from a write than from a read', () => {
    const change: Change = (store) =>
      replaced(store, {
        async write(write, options) {
          const { row, ...outcome } = await store.write(write, options);
          return row == null
            ? { ...outcome, ...(row === null ? { row } : {}) }
            : { ...outcome, row: { ...row, version: `w/${row.version}` } };
        },
      });
    return mustCatch('versions', memoryHarness('versioned', {}, change), /a read of it then shows version/);
  });
});

describe('many-at-once', () => {
  test.each<Broken>([
    [
      'one place for all answers',
      /was answered with/,
      (store) => {
        let last: Row | undefined;
        return replaced(store, {
          async read(key) {
            last = await store.read(key);
            await tick();
            return last;
          },
        });
      },
    ],
    [
      'writes answered out of turn',
      /was answered with/,
      (store) => {
        const waiting: ReturnType<Store['write']>[] = [];
        return replaced(store, {
          async write(write, options) {
            waiting.push(store.write(write, options));
            await tick();
            return waiting.pop()!;
          },
        });
      },
    ],
    [
      'tests before the write',
      /updates at once|both answered|without its entry/,
      (store) => {
        return replaced(store, {
          async write(write, options) {
            if (write.write !== 'update') return store.write(write, options);
            const row = await store.read(write.key);
            await tick();
            if (row === undefined) return { applied: false, row: null };
            const fields = changed(row.fields, write.changes);
            await store.write({
              write: 'delete',
              key: write.key,
              when: [{ test: 'missing', path: 'lockBy' }],
            });
            await store.write({ write: 'create', key: write.key, fields });
            return { applied: true, row: { key: write.key, fields } };
          },
        });
      },
    ],
    [
      'updates are refused under load',
      /was refused, though/,
      (store) => {
        let busy = 0;
        return replaced(store, {
          async write(write, options) {
            if (write.write === 'update' && busy > 20) return { applied: false };
            busy += 1;
            return store.write(write, options).finally(() => {
              busy -= 1;
            });
          },
        });
      },
    ],
  ])('%s', (_, words, change) => mustCatch('many-at-once', memoryHarness('conditional', {}, change), words));

  test('a request that holds a connection while it asks for another', () => {
    const change: Change = (store) => {
      let free = 20;
      const waiting: (() => void)[] = [];
      const take = async (): Promise<void> => {
        if (free > 0) free -= 1;
        else await new Promise<void>((resolve) => waiting.push(resolve));
      };
      const give = (): void => {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      };
      return replaced(store, {
        async write(write, options) {
          await take();
          await tick();
          await take();
          return store.write(write, options).finally(() => {
            give();
            give();
          });
        },
      });
    };
    return mustCatch('many-at-once', memoryHarness('conditional', {}, change), /not over after/, 1000);
  });

  test('a client that takes the connection of all with it', () => {
    let ended = false;
    const harness = memoryHarness('conditional', {}, (store) =>
      replaced(store, {
        async read(key) {
          if (ended) throw new Error('the pool was ended');
          return store.read(key);
        },
      }),
    );
    const closing: Harness = {
      ...harness,
      async open(options) {
        ended = false;
        const { store } = await harness.open(options);
        return {
          store,
          async close() {
            ended = true;
          },
        };
      },
    };
    return mustCatch('many-at-once', closing, /the pool was ended/);
  });
});

describe('traits', () => {
  const withTraits =
    (traits: Partial<Record<keyof StoreTraits, unknown>> & Record<string, unknown>): Change =>
    (store) => ({
      ...store,
      traits: Object.assign({ ...store.traits }, traits),
    });
  test.each<Broken>([
    ['no name', /name must be/, withTraits({ name: '' })],
    [
      'half an entry',
      /entriesPerRow must be/,
      (store) => ({ ...store, traits: { ...store.traits, entriesPerRow: store.traits.entriesPerRow + 0.5 } }),
    ],
    ['no rows in a page', /pageRowsMax must be/, withTraits({ pageRowsMax: 0 })],
    ['three requests', /requestsPerWrite must be/, withTraits({ requestsPerWrite: 3 })],
    ['stale and linearizable', /staleMs must be 0/, withTraits({ staleMs: 1 })],
    ['bounded by nothing', /staleMs must be 0/, withTraits({ reads: 'bounded' })],
    ['another word for reads', /reads must be/, withTraits({ reads: 'eventual' })],
    [
      'rows without a limit',
      /plain data|rowBytesMax must be/,
      withTraits({ rowBytesMax: Number.POSITIVE_INFINITY }),
    ],
    [
      'rows that are too small',
      /entries per row need rows of/,
      withTraits({ rowBytesMax: 64 * 1024, entriesPerRow: 16 }),
    ],
    ['a method', /plain data/, withTraits({ describe: () => 'a store' })],
    [
      'others in every client',
      /another's are/,
      (store) => ({ ...store, traits: { ...store.traits, name: `store ${counter++}` } }),
    ],
    [
      'others with other entries',
      /other traits became others/,
      (store) => ({ ...store, traits: { ...store.traits, pageRowsMax: store.traits.entriesPerRow * 25 } }),
    ],
  ])('%s', (_, words, change) =>
    mustCatch('traits', memoryHarness('conditional', { entriesPerRow: 4 }, change), words),
  );
  let counter = 0;
});
