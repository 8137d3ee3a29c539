import type { RowKey, Store, Write } from '@flowstate/core/adapter';
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { postgres, setup } from '../src/index.js';
import { database, fresh, poolOf, store, useDatabase } from './database.js';

useDatabase();

const itemKey = (partition: string, sort = '00000000'): RowKey => ({ table: 'items', partition, sort });
const HUGE = Number.MAX_SAFE_INTEGER;
const row = {
  key: '"k"',
  value: 'plain é ☃ 😀 \u{10ffff} \u0001\u007f\\ " \' $1 %',
  n: -HUGE,
  due: HUGE,
  queue: 'trim',
  log: { 'run.nonce.1': 'ok', lockOwner: HUGE, 'a_b-c.d:e': true, no: false, zero: 0, '1': '1' },
};

/** Each way of reaching the database must mean the same. */
const ways: readonly (readonly [string, () => Store])[] = [
  ['a pool', () => store()],
  ['a pool with named statements', () => store({ prepare: true })],
  [
    'a Kysely',
    () => postgres({ db: new Kysely({ dialect: new PostgresDialect({ pool: database().pool }) }) }),
  ],
  [
    'a Kysely whose plugin renames columns',
    () =>
      postgres({
        db: new Kysely({
          dialect: new PostgresDialect({ pool: database().pool }),
          plugins: [new CamelCasePlugin()],
        }),
      }),
  ],
];

describe.each(ways)('%s', (_name, make) => {
  test('create, read, update and delete', async () => {
    const rows = make();
    const key = itemKey(fresh());
    expect(await rows.read(key)).toBeUndefined();
    expect(await rows.write({ write: 'create', key, fields: row })).toEqual({ applied: true });
    expect(await rows.read(key)).toEqual({ key, fields: row });
    expect(await rows.write({ write: 'create', key, fields: {} })).toEqual({ applied: false });
    expect(await rows.write({ write: 'create', key, fields: {} }, { returning: true })).toEqual({
      applied: false,
      row: { key, fields: row },
    });

    const update: Write = {
      write: 'update',
      key,
      when: [
        { test: 'missing', path: ['log', 'new'] },
        { test: 'equals', path: ['log', '1'], value: '1' },
        { test: 'below', path: 'n', value: 0 },
      ],
      changes: [
        { change: 'set', path: ['log', 'new'], value: 'ok' },
        { change: 'remove', path: ['log', 'no'] },
        { change: 'add', path: ['log', 'zero'], value: 7 },
        { change: 'add', path: ['log', 'counted'], value: -2 },
        { change: 'add', path: 'n', value: HUGE },
        { change: 'remove', path: 'queue' },
        { change: 'remove', path: 'due' },
        { change: 'set', path: 'rev', value: '' },
      ],
    };
    const { queue: _queue, due: _due, ...rest } = row;
    const { no: _no, ...log } = row.log;
    const after = { ...rest, n: 0, rev: '', log: { ...log, new: 'ok', zero: 7, counted: -2 } };
    expect(await rows.write(update, { returning: true })).toEqual({
      applied: true,
      row: { key, fields: after },
    });
    expect(await rows.write(update)).toEqual({ applied: false });
    expect(await rows.write(update, { returning: true })).toEqual({
      applied: false,
      row: { key, fields: after },
    });

    const remove: Write = { write: 'delete', key, when: [{ test: 'equals', path: 'rev', value: '' }] };
    expect(await rows.write({ ...remove, when: [{ test: 'missing', path: 'rev' }] })).toEqual({
      applied: false,
    });
    expect(await rows.write(remove, { returning: true })).toEqual({ applied: true, row: null });
    expect(await rows.write(remove)).toEqual({ applied: false });
    expect(await rows.write(remove, { returning: true })).toEqual({ applied: false, row: null });
    expect(await rows.write(update, { returning: true })).toEqual({ applied: false, row: null });
    expect(await rows.read(key)).toBeUndefined();
  });
});

test('a map stays when its last entry goes, and an absent map has no entries', async () => {
  const rows = store();
  const key: RowKey = { table: 'runs', partition: fresh(), sort: 'intent' };
  await rows.write({ write: 'create', key, fields: { log: { a: 1 }, cancel: false } });
  const emptied = await rows.write(
    {
      write: 'update',
      key,
      when: [{ test: 'missing', path: ['prepared', 'a'] }],
      changes: [{ change: 'remove', path: ['log', 'a'] }],
    },
    { returning: true },
  );
  expect(emptied).toEqual({ applied: true, row: { key, fields: { log: {}, cancel: false } } });
});

test('equals and below tell types apart', async () => {
  const rows = store();
  const key = itemKey(fresh());
  await rows.write({ write: 'create', key, fields: { log: { text: '1', number: 1, yes: true } } });
  const holds = async (entry: string, test: 'equals' | 'below', value: never) =>
    (
      await rows.write({
        write: 'update',
        key,
        when: [{ test, path: ['log', entry], value }],
        changes: [],
      })
    ).applied;
  const cases: [string, 'equals' | 'below', string | number | boolean, boolean][] = [
    ['text', 'equals', '1', true],
    ['text', 'equals', 1, false],
    ['number', 'equals', 1, true],
    ['number', 'equals', '1', false],
    ['number', 'equals', true, false],
    ['yes', 'equals', true, true],
    ['yes', 'equals', 'true', false],
    ['number', 'below', 2, true],
    ['number', 'below', 1, false],
    ['text', 'below', 2, false],
    ['yes', 'below', 2, false],
    ['none', 'below', 2, false],
    ['none', 'equals', '1', false],
  ];
  for (const [entry, kind, value, expected] of cases) {
    expect([entry, kind, value, await holds(entry, kind, value as never)]).toEqual([
      entry,
      kind,
      value,
      expected,
    ]);
  }
});

test('whatever the user told the driver about types, rows come back the same', async () => {
  const odd: Record<number, (text: string) => unknown> = {
    16: (text) => text,
    20: BigInt,
    114: (text) => text,
    3802: () => ({}),
  };
  const standard = (text: string) => text;
  const pool = new pg.Pool({
    connectionString: database().url,
    max: 1,
    types: { getTypeParser: (oid: number) => odd[oid] ?? standard },
  });
  const rows = store({ pool });
  const key = itemKey(fresh());
  const fields = { ...row, queue: 'odd', due: 5 };
  try {
    await setup({ pool });
    expect(await rows.write({ write: 'create', key, fields }, { returning: true })).toMatchObject({
      applied: true,
    });
    expect(await rows.read(key)).toEqual({ key, fields });
    expect((await rows.list({ queue: 'odd', limit: 1 })).keys).toEqual([key]);
    const when = [{ test: 'equals', path: 'n', value: row.n }] as const;
    const update: Write = { write: 'update', key, when, changes: [{ change: 'add', path: 'n', value: 1 }] };
    expect(await rows.write(update, { returning: true })).toEqual({
      applied: true,
      row: { key, fields: { ...fields, n: row.n + 1 } },
    });
    expect(await rows.write(update, { returning: true })).toMatchObject({ applied: false });
  } finally {
    await pool.end();
  }
});

test('values outside the domain are a TypeError before any request', async () => {
  const rows = store({ pool: poolOf('postgres://nobody@127.0.0.1:1/none', 1) });
  const key = itemKey('p');
  await expect(rows.write({ write: 'create', key, fields: { n: 0.5 } })).rejects.toThrow(TypeError);
  await expect(rows.write({ write: 'create', key, fields: { value: '\0' } })).rejects.toThrow(TypeError);
  await expect(rows.read({ ...key, sort: 'a b' })).rejects.toThrow(TypeError);
  await expect(rows.query({ table: 'items', partition: 'p', order: 'ascending', limit: 0 })).rejects.toThrow(
    TypeError,
  );
  await expect(
    rows.query({ table: 'items', partition: 'p', order: 'ascending', limit: 1, paths: ['state'] }),
  ).rejects.toThrow(TypeError);
  await expect(rows.list({ queue: 'wake', after: 'nonsense', limit: 1 })).rejects.toThrow(TypeError);
  const db = new Kysely({ dialect: new PostgresDialect({ pool: database().pool }) });
  expect(() => store({ pool: undefined, db, prepare: true } as never)).toThrow(/prepare needs \{ pool \}/);
});

test('one connection is enough, and no statement leaves anything on it', async () => {
  const pool = poolOf(database().url, 1);
  const rows = store({ pool });
  const partition = fresh();
  const many = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(
    many.map((i) =>
      rows.write(
        { write: 'create', key: itemKey(partition, String(i)), fields: { n: i } },
        { returning: true },
      ),
    ),
  );
  expect((await rows.query({ table: 'items', partition, order: 'ascending', limit: 100 })).rows).toHaveLength(
    20,
  );
  const { rows: left } = await pool.query(
    "SELECT (SELECT count(*)::int FROM pg_prepared_statements) AS named, (SELECT count(*)::int FROM pg_listening_channels()) AS listening, (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks",
  );
  expect(left).toEqual([{ named: 0, listening: 0, locks: 0 }]);
  await pool.end();
});

test('named statements are parsed once', async () => {
  const pool = poolOf(database().url, 1);
  const rows = store({ pool, prepare: true });
  const partition = fresh();
  for (let i = 0; i < 5; i++)
    await rows.write({ write: 'create', key: itemKey(partition, String(i)), fields: { n: i } });
  const { rows: named } = await pool.query('SELECT count(*)::int AS n FROM pg_prepared_statements');
  expect(named).toEqual([{ n: 1 }]);
  await pool.end();
});
