import { holdsAll, type Outcome, type RowKey, type Update } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { setup } from '../src/index.js';
import { database, fresh, poolOf, someoneWaits, store, useDatabase } from './database.js';

useDatabase();

const itemKey = (partition: string): RowKey => ({ table: 'items', partition, sort: '00000000' });
const fifty = Array.from({ length: 50 }, (_, i) => i);

test('of 50 concurrent updates of one revision one wins, and the others see who', async () => {
  for (let round = 0; round < 20; round++) {
    const key = itemKey(fresh());
    await store().write({ write: 'create', key, fields: { rev: 'first', log: {} } });
    const writes = fifty.map(
      (i): Update => ({
        write: 'update',
        key,
        when: [{ test: 'equals', path: 'rev', value: 'first' }],
        changes: [
          { change: 'set', path: 'rev', value: `by ${i}` },
          { change: 'set', path: ['log', `t${i}`], value: 'ok' },
        ],
      }),
    );
    const outcomes = await Promise.all(writes.map((write) => store().write(write, { returning: true })));
    const winners = outcomes.filter((outcome) => outcome.applied);
    expect(winners).toHaveLength(1);
    const final = await store().read(key);
    expect(winners[0]?.row).toEqual(final);
    // Only the winner ever wrote: whatever refused is the row that it left.
    for (const outcome of outcomes) expect(outcome.row).toEqual(final);
  }
});

test("of 50 concurrent creates one wins, and who is told a row is told the winner's", async () => {
  for (let round = 0; round < 5; round++) {
    const key = itemKey(fresh());
    const outcomes = await Promise.all(
      fifty.map((i) => store().write({ write: 'create', key, fields: { n: i } }, { returning: true })),
    );
    expect(outcomes.filter((outcome) => outcome.applied)).toHaveLength(1);
    const final = await store().read(key);
    for (const { row } of outcomes) if (row !== undefined) expect(row).toEqual(final);
  }
});

test('50 concurrent additions all count', async () => {
  const key = itemKey(fresh());
  await store().write({ write: 'create', key, fields: { n: 0, log: {} } });
  const outcomes = await Promise.all(
    fifty.map((i) =>
      store().write(
        {
          write: 'update',
          key,
          when: [{ test: 'missing', path: ['log', `t${i}`] }],
          changes: [
            { change: 'add', path: 'n', value: 1 },
            { change: 'set', path: ['log', `t${i}`], value: i },
          ],
        },
        { returning: true },
      ),
    ),
  );
  // Each row left is the one with exactly that many entries: no update worked on an old one.
  const counts = outcomes.map(({ row }) => [row?.fields.n, Object.keys(row?.fields.log ?? {}).length]);
  expect(counts.sort(([a], [b]) => Number(a) - Number(b))).toEqual(fifty.map((i) => [i + 1, i + 1]));
});

/** Another session changes the row and holds it until the store's write waits for it. */
async function afterWaiting(
  change: string,
  end: 'COMMIT' | 'ROLLBACK',
  start: (key: RowKey) => Promise<Outcome>,
  key: RowKey,
) {
  const other = await database().pool.connect();
  try {
    await other.query('BEGIN');
    await other.query(change, [key.partition]);
    const outcome = start(key);
    await someoneWaits();
    await other.query(end);
    return await outcome;
  } finally {
    other.release();
  }
}

const conditional = (key: RowKey): Update => ({
  write: 'update',
  key,
  when: [
    { test: 'equals', path: 'rev', value: 'a' },
    { test: 'missing', path: ['log', 'mine'] },
  ],
  changes: [
    { change: 'set', path: ['log', 'mine'], value: 'ok' },
    { change: 'add', path: 'n', value: 1 },
  ],
});

test('an update that had to wait and is refused returns the row that refused', async () => {
  const key = itemKey(fresh());
  await store().write({ write: 'create', key, fields: { rev: 'a', n: 1, log: {} } });
  const write = conditional(key);
  const outcome = await afterWaiting(
    `UPDATE flowstate_items SET rev = 'b', n = 7 WHERE partition = $1`,
    'COMMIT',
    () => store().write(write, { returning: true }),
    key,
  );
  expect(outcome).toEqual({ applied: false, row: { key, fields: { rev: 'b', n: 7, log: {} } } });
  expect(holdsAll(outcome.row?.fields ?? {}, write.when)).toBe(false);
});

test('an update that had to wait works on the content it waited for', async () => {
  const key = itemKey(fresh());
  await store().write({ write: 'create', key, fields: { rev: 'a', n: 1, log: {} } });
  const other = `UPDATE flowstate_items SET n = 7, log = '{"theirs": 1}' WHERE partition = $1`;
  const outcome = await afterWaiting(
    other,
    'COMMIT',
    () => store().write(conditional(key), { returning: true }),
    key,
  );
  const row = { key, fields: { rev: 'a', n: 8, log: { theirs: 1, mine: 'ok' } } };
  expect(outcome).toEqual({ applied: true, row });
  expect(await store().read(key)).toEqual(row);
});

test('a write that waited for a delete finds no row, or the old one where the delete was taken back', async () => {
  const key = itemKey(fresh());
  await store().write({ write: 'create', key, fields: { rev: 'a', log: {} } });
  const remove = 'DELETE FROM flowstate_items WHERE partition = $1';
  const update = () => store().write(conditional(key), { returning: true });
  expect(await afterWaiting(remove, 'ROLLBACK', update, key)).toMatchObject({ applied: true });
  expect(await afterWaiting(remove, 'COMMIT', update, key)).toEqual({ applied: false, row: null });
});

test('a create that raced with one it could not see is refused and given no row', async () => {
  const key = itemKey(fresh());
  const insert = `INSERT INTO flowstate_items (partition, sort, rev) VALUES ($1, '00000000', 'theirs')`;
  const create = () => store().write({ write: 'create', key, fields: { rev: 'mine' } }, { returning: true });
  expect(await afterWaiting(insert, 'COMMIT', create, key)).toEqual({ applied: false });
  expect((await store().read(key))?.fields).toEqual({ rev: 'theirs' });
});

test('blind writes to items stay off the indexes', async () => {
  const pool = poolOf(database().url, 1);
  const items = store({ pool, tables: { items: 'hot_items', runs: 'hot_runs' } });
  await setup({ pool, tables: { items: 'hot_items', runs: 'hot_runs' } });
  const run = 'f'.repeat(43);
  const keys = Array.from({ length: 80 }, () => itemKey(fresh()));
  for (const key of keys)
    await items.write({
      write: 'create',
      key,
      fields: {
        key: '"k"',
        value: 'v'.repeat(200),
        n: 1,
        rev: 'r',
        life: 'l',
        log: { [`${run}.nonce.first`]: 'ok' },
      },
    });
  for (let i = 0; i < 15; i++) {
    for (const key of keys) {
      const token = `${run}.nonce.${i}`;
      const { applied } = await items.write({
        write: 'update',
        key,
        when: [
          { test: 'missing', path: ['log', token] },
          { test: 'below', path: 'n', value: 17 },
          { test: 'missing', path: 'lockOwner' },
        ],
        changes: [
          { change: 'set', path: 'value', value: String.fromCharCode(97 + i).repeat(200) },
          { change: 'set', path: ['log', token], value: 'ok' },
          { change: 'add', path: 'n', value: 1 },
          { change: 'set', path: 'rev', value: token },
        ],
      });
      expect(applied).toBe(true);
    }
  }
  await pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ hot: number; all: number }>(
    "SELECT n_tup_hot_upd::int AS hot, n_tup_upd::int AS all FROM pg_stat_user_tables WHERE relname = 'hot_items'",
  );
  const { hot = 0, all = 0 } = rows[0] ?? {};
  expect(all).toBe(1200);
  process.stderr.write(`HOT updates: ${hot} of ${all}\n`);
  expect(hot / all).toBeGreaterThan(0.9);
  await pool.end();
});
