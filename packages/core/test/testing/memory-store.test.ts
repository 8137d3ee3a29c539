import { describe, expect, test } from 'vitest';
import type { Row, RowKey } from '../../src/platform/store.js';
import {
  exhaustive,
  memoryStore,
  memoryStoreOf,
  memoryVersionedDatabase,
  replay,
  STORE_KINDS,
  versionedMemoryStore,
} from '../../src/testing/index.js';

const item = (sort: string, partition = 'p'): RowKey => ({ table: 'items', partition, sort });
const row = (sort: string, fields = {}): Row => ({
  key: item(sort),
  fields: { key: 'k', n: 0, log: {}, ...fields },
});
const add = (sort: string, below = 100) =>
  ({
    write: 'update',
    key: item(sort),
    when: [{ test: 'below', path: 'n', value: below }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  }) as const;
const gone = (sort: string) =>
  ({ write: 'delete', key: item(sort), when: [{ test: 'equals', path: 'key', value: 'k' }] }) as const;

describe.each(STORE_KINDS)('the %s store', (kind) => {
  test('creates, updates and deletes under conditions, and says what is there', async () => {
    const store = memoryStoreOf(kind);
    const create = { write: 'create', key: item('0'), fields: row('0').fields } as const;
    expect(await store.write(add('0'), { returning: true })).toEqual({ applied: false, row: null });
    expect(await store.write(gone('0'))).toEqual({ applied: false });
    expect(await store.write(create, { returning: true })).toMatchObject({ applied: true, row: row('0') });
    expect(await store.write(create, { returning: true })).toMatchObject({ applied: false, row: row('0') });
    expect(await store.write(add('0'), { returning: true })).toMatchObject({
      applied: true,
      row: row('0', { n: 1 }),
    });
    expect(await store.write(add('0', 1), { returning: true })).toMatchObject({
      applied: false,
      row: row('0', { n: 1 }),
    });
    expect(store.rows()).toEqual([row('0', { n: 1 })]);
    expect(await store.read(item('0'))).toMatchObject(row('0', { n: 1 }));
    expect(await store.write(gone('0'))).toEqual({ applied: true });
    expect(await store.read(item('0'))).toBeUndefined();
    expect(store.rows()).toEqual([]);
  });

  test('takes seen for a hint only', async () => {
    const store = memoryStoreOf(kind);
    store.load([row('0')]);
    const seen = await store.read(item('0'));
    await store.write(add('0'));
    expect(await store.write(add('0'), { seen: seen!, returning: true })).toMatchObject({
      row: row('0', { n: 2 }),
    });
    const other = { ...seen!, key: item('1') };
    expect(await store.write(add('0'), { seen: other })).toEqual({ applied: true });
    expect(await store.write(add('0', 3), { seen: { ...seen!, fields: { n: 9 } } })).toEqual({
      applied: false,
    });
    expect(store.rows()).toEqual([row('0', { n: 3 })]);
  });

  test('queries in order, between exclusive ends; a full page never says that it was the last', async () => {
    const store = memoryStoreOf(kind, { pageRowsMax: 2 });
    store.load([
      ...['3', '1', '2'].map((sort) => row(sort)),
      { key: item('9', 'q'), fields: { key: 'k', log: {} } },
    ]);
    const sorts = async (rest: object, limit = 10) => {
      const page = await store.query({ table: 'items', partition: 'p', order: 'ascending', limit, ...rest });
      return [page.rows.map(({ key }) => key.sort).join(), page.more];
    };
    expect(await sorts({})).toEqual(['1,2', true]);
    expect(await sorts({ after: '2' })).toEqual(['3', false]);
    expect(await sorts({ after: '1' })).toEqual(['2,3', true]);
    expect(await sorts({ order: 'descending', before: '3' })).toEqual(['2,1', true]);
    expect(await sorts({ after: '1', before: '3' }, 1)).toEqual(['2', true]);
    expect(await sorts({ partition: 'none' })).toEqual(['', false]);
  });

  test('projects, and then gives no version', async () => {
    const store = memoryStoreOf(kind);
    store.load([row('0', { log: { a: 'x', b: 'y' }, value: 'v' })]);
    const paths = ['n', 'rev', ['log', 'b'], ['log', 'none']] as const;
    const page = await store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 5, paths });
    expect(page.rows).toEqual([{ key: item('0'), fields: { n: 0, log: { b: 'y' } } }]);
  });

  test('lists what is due in a queue, oldest first, in pages', async () => {
    const store = memoryStoreOf(kind, { pageRowsMax: 2 });
    store.load([
      row('0', { queue: 'trim', due: 100 }),
      row('1', { queue: 'trim', due: 9 }),
      row('2', { queue: 'trim', due: 50 }),
      row('3', { queue: 'done', due: 1 }),
      row('4'),
    ]);
    const first = await store.list({ queue: 'trim', limit: 10 });
    expect(first).toMatchObject({ keys: [item('1'), item('2')], more: true });
    expect(await store.list({ queue: 'trim', limit: 10, after: first.next! })).toMatchObject({
      keys: [item('0')],
      more: false,
    });
    expect((await store.list({ queue: 'trim', until: 50, limit: 1 })).keys).toEqual([item('1')]);
    expect((await store.list({ queue: 'trim', until: 8, limit: 1 })).keys).toEqual([]);
  });

  test('refuses what is outside the domain before any request', async () => {
    let requests = 0;
    const store = memoryStoreOf(kind, { before: () => void requests++ });
    const bad = item('a b');
    await expect(store.read(bad)).rejects.toThrow(TypeError);
    await expect(store.write({ write: 'create', key: bad, fields: {} })).rejects.toThrow(TypeError);
    await expect(
      store.query({ table: 'items', partition: 'ü', order: 'ascending', limit: 1 }),
    ).rejects.toThrow(TypeError);
    expect(requests).toBe(0);
  });

  test('gives rows that nobody can change', async () => {
    const store = memoryStoreOf(kind);
    store.load([row('0')]);
    const read = await store.read(item('0'));
    expect(() => Object.assign(read!.fields, { n: 5 })).toThrow(TypeError);
    expect(() => Object.assign(read!.fields.log as object, { a: 'x' })).toThrow(TypeError);
  });
});

test('versions never come back, not over deletion, not over load', async () => {
  const store = versionedMemoryStore();
  const versions: (string | undefined)[] = [];
  for (let life = 0; life < 3; life++) {
    const made = await store.write(
      { write: 'create', key: item('0'), fields: row('0').fields },
      { returning: true },
    );
    versions.push(made.row?.version, (await store.write(add('0'), { returning: true })).row?.version);
    if (life === 1) store.load([]);
    else await store.write(gone('0'));
  }
  expect(new Set(versions).size).toBe(6);
});

test('a refusal of the conditional store may come without its row', async () => {
  const store = memoryStore({ returnsRefused: false });
  store.load([row('0')]);
  expect(await store.write(add('0', 0), { returning: true })).toEqual({ applied: false });
});

describe('reads of the bounded store', () => {
  const readings = async (
    options: object,
    setUp: (store: ReturnType<typeof memoryStoreOf>) => Promise<unknown>,
  ) => {
    const seen = new Set<unknown>();
    await exhaustive(async (choices) => {
      const store = memoryStoreOf('bounded', { ...options, choices });
      store.load([row('0'), row('1')]);
      await setUp(store);
      seen.add((await store.read(item('0')))?.fields.n);
    });
    return new Set([...seen].map(String));
  };

  test('may miss the last changes of the row, as many as staleChanges', async () => {
    const twice = async (store: ReturnType<typeof memoryStoreOf>) => {
      await store.write(add('0'));
      await store.write(add('0'));
      await store.write(add('1'));
    };
    expect(await readings({ staleChanges: 1 }, twice)).toEqual(new Set(['1', '2']));
    expect(await readings({ staleChanges: 2 }, twice)).toEqual(new Set(['0', '1', '2']));
    expect(await readings({}, (store) => store.write(gone('0')))).toEqual(new Set(['0', 'undefined']));
  });

  test('are current once the change is older than staleMs', async () => {
    let now = 1000;
    const later = (ms: number) => async (store: ReturnType<typeof memoryStoreOf>) => {
      await store.write(add('0'));
      now += ms;
    };
    const options = { staleMs: 100, now: () => now };
    expect(await readings(options, later(100))).toEqual(new Set(['0', '1']));
    expect(await readings(options, later(101))).toEqual(new Set(['1']));
  });

  test('a query shows one old state of the partition', async () => {
    const seen = new Set<string>();
    await exhaustive(async (choices) => {
      const store = memoryStoreOf('bounded', { choices, staleChanges: 2 });
      store.load([row('0')]);
      await store.write({ write: 'create', key: item('1'), fields: row('1').fields });
      await store.write({ write: 'create', key: item('2'), fields: row('2').fields });
      const { rows } = await store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 9 });
      seen.add(rows.map(({ key }) => key.sort).join());
    });
    expect([...seen].sort()).toEqual(['0', '0,1', '0,1,2']);
  });

  test('a refused create is read at least as fresh as its refusal', async () => {
    // The choice of an old state is not even offered: any pick but the first would be refused.
    const store = memoryStoreOf('bounded', { choices: replay([]) });
    const create = { write: 'create', key: item('0'), fields: row('0').fields } as const;
    await store.write(create);
    const database = memoryVersionedDatabase({ kind: 'bounded', choices: replay([1, 0]) });
    await database.create(item('0'), row('0').fields);
    expect(await database.get(item('0'))).toBeUndefined();
    const refused = await database.create(item('0'), {});
    expect(refused).toMatchObject({ exists: true });
    expect('mark' in refused && (await database.get(item('0'), refused.mark))).toMatchObject({
      fields: row('0').fields,
    });
    expect(await store.write(create, { returning: true })).toMatchObject({ applied: false, row: row('0') });
  });
});
