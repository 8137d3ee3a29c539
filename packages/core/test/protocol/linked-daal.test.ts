/** One item, row by row: where operations start, how rows fill, seal and are searched. */
import { describe, expect, test } from 'vitest';
import { limitsOf } from '../../src/platform/limits.js';
import type { Fields, Row } from '../../src/platform/store.js';
import { SEALED, sealedCount } from '../../src/protocol/item-row.js';
import { searchRows } from '../../src/protocol/item-search.js';
import { itemRowKey } from '../../src/protocol/layout.js';
import {
  type ItemOperation,
  type Performed,
  type Position,
  perform,
} from '../../src/protocol/linked-daal.js';
import { readTail } from '../../src/protocol/plain-read.js';
import { type Requests, requestsOf } from '../../src/protocol/requests.js';
import { TailHints } from '../../src/protocol/tail-hints.js';
import {
  type CountingStore,
  countingStore,
  type MemoryStore,
  type MemoryStoreOptions,
  memoryPlatform,
  memoryStoreOf,
  STORE_KINDS,
  type StoreKind,
} from '../../src/testing/index.js';

const ITEM = { partition: 'item:t:k', key: '"k"' };
const append = (name: string): ItemOperation => ({
  blind: false,
  apply: (current = '') => ({ value: current + name, outcome: `v${current + name}` }),
});
const write = (value: string | undefined): ItemOperation => ({
  blind: true,
  apply: () => ({ value, outcome: 'ok' }),
});
const condWrite = (value: string, holds: boolean): ItemOperation => ({
  blind: false,
  apply: (current) => ({ value: holds ? value : current, outcome: holds }),
});

interface Bench {
  readonly memory: MemoryStore;
  readonly counted: CountingStore;
  readonly requests: Requests;
  readonly rows: () => Row[];
  run(token: string, operation: ItemOperation, from?: Position): Promise<Performed>;
}

function bench(options: MemoryStoreOptions & { kind?: StoreKind } = {}): Bench {
  const memory = memoryStoreOf(options.kind ?? 'conditional', { entriesPerRow: 3, ...options });
  const counted = countingStore(memory);
  const platform = memoryPlatform({ store: counted });
  const requests = requestsOf(platform, { until: Number.POSITIVE_INFINITY, lifetimeMs: 1000 });
  return {
    memory,
    counted,
    requests,
    rows: () => memory.rows(),
    run: (token, operation, from) => platform.until(perform(requests, ITEM, token, operation, from)),
  };
}

const summary = (row: Row): unknown[] => [
  row.key.sort,
  row.fields.value,
  row.fields.n,
  Object.keys(row.fields.log as object),
];

describe.each(STORE_KINDS)('%s store', (kind) => {
  test('row 0 is created with the first operation in it, and names the life of the item', async () => {
    const { run, rows } = bench({ kind });
    const done = await run('t1', append('a'));
    expect(done).toMatchObject({ outcome: 'va', position: { i: 0, life: 't1', top: true } });
    expect(rows().map(({ fields }) => fields)).toEqual([
      { key: '"k"', value: 'a', log: { t1: 'va' }, n: 1, rev: 't1', life: 't1' },
    ]);
  });

  test('a full row is sealed by whoever takes its last slot; the successor carries value, life and lock', async () => {
    const { run, rows, memory } = bench({ kind });
    for (const name of 'abc') await run(`t-${name}`, append(name));
    expect(rows().map(summary)).toEqual([['00000000', 'abc', SEALED, ['t-a', 't-b', 't-c']]]);
    expect(rows()[0]!.fields).toMatchObject({ queue: 'trim', due: expect.any(Number) });
    const lock: Fields = { lockOwner: 'o', lockAge: 5, lockBy: 'b', horizon: 7 };
    memory.load(rows().map((row) => ({ ...row, fields: { ...row.fields, ...lock } })));
    await run('t-d', write('d'));
    expect(rows().map(summary)).toEqual([
      ['00000000', 'abc', SEALED, ['t-a', 't-b', 't-c']],
      ['00000001', 'd', 1, ['t-d']],
    ]);
    expect(rows()[1]!.fields).toMatchObject({ ...lock, key: '"k"', life: 't-a', rev: 't-d' });
    expect(rows()[1]!.fields).not.toHaveProperty('queue');
  });

  test('asked again, from anywhere it may start, an operation takes the outcome recorded with it', async () => {
    const { run, rows } = bench({ kind });
    const outcomes: unknown[] = [];
    for (const name of 'abcdefgh') outcomes.push((await run(`t-${name}`, append(name))).outcome);
    const before = rows();
    const row0: Position = { i: 0, top: false };
    for (const from of [undefined, row0, { ...row0, seen: before[0]! }]) {
      for (const [i, name] of [...'abcdefgh'].entries()) {
        expect((await run(`t-${name}`, append(name), from)).outcome).toBe(outcomes[i]);
        expect((await run(`t-${name}`, write('other'), from)).outcome).toBe(outcomes[i]);
      }
    }
    expect(rows()).toEqual(before);
  });

  test('a false condition is recorded before it is told, and asked again says the same', async () => {
    const { run, rows } = bench({ kind });
    await run('t1', write('a'));
    expect((await run('t2', condWrite('b', false))).outcome).toBe(false);
    expect((await run('t2', condWrite('b', true))).outcome).toBe(false);
    expect(rows().map(summary)).toEqual([['00000000', 'a', 2, ['t1', 't2']]]);
  });

  test('on an absent item it leaves a row without a value, to be trimmed', async () => {
    const { run, rows } = bench({ kind });
    expect((await run('t1', condWrite('b', false))).outcome).toBe(false);
    expect(rows()[0]!.fields).toMatchObject({ n: 1, queue: 'trim' });
    await run('t2', write('b'));
    expect(rows()[0]!.fields).not.toHaveProperty('queue');
    await run('t3', write(undefined));
    expect(rows()[0]!.fields).toMatchObject({ queue: 'trim', n: SEALED });
    expect(rows()[0]!.fields).not.toHaveProperty('value');
  });

  test('writers side by side: every effect once, none lost, the greatest row holds the value', async () => {
    const { run, rows } = bench({ kind });
    const names = [...'abcdefghijkl'];
    await Promise.all(names.map((name) => run(`t-${name}`, append(name))));
    const tail = rows().at(-1)!;
    expect([...String(tail.fields.value)].sort()).toEqual(names);
    expect(
      rows()
        .flatMap(({ fields }) => Object.keys(fields.log as object))
        .sort(),
    ).toEqual(names.map((name) => `t-${name}`));
    expect(
      rows()
        .slice(0, -1)
        .every(({ fields }) => fields.n === SEALED),
    ).toBe(true);
  });

  test('a row of one entry is born sealed', async () => {
    const { run, rows } = bench({ kind, entriesPerRow: 1 });
    for (const name of 'abc') await run(`t-${name}`, append(name));
    expect(rows().map(summary)).toEqual(
      [...'abc'].map((name, i) => [`0000000${i}`, 'abc'.slice(0, i + 1), SEALED, [`t-${name}`]]),
    );
  });
});

describe('the seal', () => {
  test('by count, or by the bytes of the log', () => {
    expect([sealedCount(2, 3, { a: 'ok' }, 100), sealedCount(3, 3, { a: 'ok' }, 100)]).toEqual([2, SEALED]);
    expect([
      sealedCount(1, 3, { a: 'x'.repeat(99) }, 100),
      sealedCount(1, 3, { a: 'x'.repeat(100) }, 100),
    ]).toEqual([1, SEALED]);
    expect(sealedCount(1, 3, { a: '€'.repeat(34) }, 100)).toBe(SEALED);
  });

  test('by bytes, in a row that has room for more entries', async () => {
    const { run, rows, requests } = bench({ entriesPerRow: 10 });
    const most = limitsOf(requests.traits);
    const long: ItemOperation = {
      blind: false,
      apply: () => ({ value: 'v', outcome: 'x'.repeat(most.entry - 10) }),
    };
    for (let i = 0; i < 5; i++) await run(`t${i}`, long);
    expect(rows().map(({ fields }) => [fields.n, Object.keys(fields.log as object).length])).toEqual([
      [SEALED, 3],
      [2, 2],
    ]);
    const tooLong: ItemOperation = {
      blind: false,
      apply: () => ({ value: 'v', outcome: 'x'.repeat(most.entry) }),
    };
    await expect(run('t9', tooLong)).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' });
  });

  test('of another setting is kept: a row with more entries than this process would take is open, a sealed one is sealed', async () => {
    const wide = bench({ entriesPerRow: 8 });
    for (const name of 'abcd') await wide.run(`t-${name}`, append(name));
    const narrow = bench({ entriesPerRow: 3 });
    narrow.memory.load(wide.rows());
    await narrow.run('t-e', append('e'));
    await narrow.run('t-f', append('f'));
    expect(narrow.rows().map(summary)).toEqual([
      ['00000000', 'abcde', SEALED, ['t-a', 't-b', 't-c', 't-d', 't-e']],
      ['00000001', 'abcdef', 1, ['t-f']],
    ]);
  });
});

describe('positions', () => {
  test('a row of another life, or one that is gone, is no place to start: the item is searched', async () => {
    const { run, rows, memory } = bench();
    for (const name of 'abcd') await run(`t-${name}`, append(name));
    const tail: Position = { i: 1, life: 't-a', top: false };
    expect((await run('t-e', append('e'), { ...tail, life: 'before' })).position).toMatchObject({
      i: 1,
      life: 't-a',
    });
    memory.load(rows().filter(({ key }) => key.sort === '00000001'));
    expect((await run('t-f', append('f'), { i: 0, top: false })).outcome).toBe('vabcdef');
    memory.load([]);
    expect(await run('t-g', append('g'), tail)).toMatchObject({
      outcome: 'vg',
      position: { i: 0, life: 't-g' },
    });
  });

  test('a row seen long ago costs a refusal, never an effect on an old value', async () => {
    const { run } = bench({ entriesPerRow: 8 });
    const old = (await run('t-a', append('a'))).position;
    await run('t-b', append('b'));
    expect((await run('t-c', append('c'), old)).outcome).toBe('vabc');
  });

  test('hints: row 0 for anybody; a row above it only if learnt before the intent was won, and not if it was collected', () => {
    const hints = new TailHints();
    const row = (i: number, fields: Fields = {}): Position => ({
      i,
      life: 'L',
      top: true,
      seen: {
        key: itemRowKey('p', i),
        fields: { key: '"k"', log: {}, n: 0, rev: 'r', life: 'L', ...fields },
      },
    });
    expect(hints.position('p', hints.mark())).toBeUndefined();
    hints.learn('p', row(0));
    expect(hints.position('p', undefined)).toMatchObject({ i: 0, top: false });
    const before = hints.mark();
    hints.learn('p', row(1));
    expect(hints.position('p', before)).toBeUndefined();
    expect(hints.position('p', undefined)).toBeUndefined();
    expect(hints.position('p', hints.mark())).toMatchObject({ i: 1, life: 'L', top: false });
    hints.learn('p', row(0)); // an older row than the one known
    expect(hints.remembered('p')).toBe(1);
    hints.learn('p', row(1, { rev: 'gone:1:x' }));
    expect(hints.remembered('p')).toBeUndefined();
    hints.learn('p', row(1, { value: 'x'.repeat(20_000) }));
    expect(hints.position('p', hints.mark())).not.toHaveProperty('seen');
    // Left by a write that did not bring the row: what was seen before is no longer what is there.
    hints.learn('p', row(1));
    hints.learn('p', { i: 1, life: 'L', top: false });
    expect(hints.position('p', hints.mark())).toEqual({ i: 1, life: 'L', top: false });
  });
});

describe('search', () => {
  const chain = (sealed: number, from = 0): Row[] =>
    Array.from({ length: sealed + 1 }, (_, at) => {
      const i = from + at;
      const open = at === sealed;
      return {
        key: itemRowKey(ITEM.partition, i),
        fields: {
          key: ITEM.key,
          value: `v${i}`,
          log: { [`t${i}`]: `v${i}` },
          n: open ? 1 : SEALED,
          rev: `t${i}`,
          life: 'L',
        },
      };
    });

  test.each([
    [0, 100],
    [7, 100],
    [8, 100],
    [9, 4],
    [30, 4],
    [30, 100],
  ])('through %i sealed rows, pages of %i: ascending, to the tail', async (sealed, pageRowsMax) => {
    const { memory, requests, run } = bench({ pageRowsMax });
    memory.load(chain(sealed, 5));
    const found = await searchRows(requests, ITEM.partition, 0, 'new');
    expect(found).toMatchObject({ start: { i: 5 + sealed, life: 'L' }, greatest: 5 + sealed });
    expect(found.token).toBeUndefined();
    for (const i of [5, 5 + Math.floor(sealed / 2), 5 + sealed]) {
      expect((await searchRows(requests, ITEM.partition, 0, `t${i}`)).token).toEqual({
        i,
        life: 'L',
        outcome: `v${i}`,
      });
    }
    expect((await run('new', write('x'))).position).toMatchObject({ i: 5 + sealed });
  });

  test('many rows cost the value of few: the first page whole, then only what the search needs', async () => {
    const asked: unknown[] = [];
    const { memory, requests } = bench({
      before: (request) =>
        void (request.method === 'query' && asked.push([request.query.limit, request.query.paths])),
    });
    memory.load(chain(30));
    await searchRows(requests, ITEM.partition, 0, 'new');
    expect(asked).toEqual([
      [8, undefined],
      [100, ['n', 'life', ['log', 'new']]],
    ]);
  });

  test('a row read open may fill up before the next page: the search starts at the lowest row seen open', async () => {
    const [row0, row1] = chain(1) as [Row, Row];
    const { memory, run } = bench({
      before: (request) =>
        void (
          request.method === 'query' && memory.load([{ ...row0, fields: { ...row0.fields, n: 2 } }, row1])
        ),
    });
    memory.load([row0, row1]);
    // Not how rows ever lie: a query that is no snapshot may show them so.
    await run('new', append('x'));
    expect(memory.rows().map(({ fields }) => Object.hasOwn(fields.log as object, 'new'))).toEqual([
      true,
      false,
    ]);
  });

  test('a plain read never returns the value of a sealed row', async () => {
    const { memory, requests } = bench();
    memory.load(chain(3));
    for (const remembered of [undefined, 0, 2, 3, 7])
      expect((await readTail(requests, ITEM.partition, remembered))?.value).toBe('v3');
    expect(await readTail(requests, 'item:t:none', 0)).toBeUndefined();
  });

  test("a row that is no item's is told", async () => {
    const { memory, run } = bench();
    memory.load([{ key: itemRowKey(ITEM.partition, 0), fields: { value: 'x' } }]);
    await expect(run('t', append('a'))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
