import { FIELDS } from '@flowstate/core/adapter';
import { Kysely, PostgresDialect } from 'kysely';
import { expect, test } from 'vitest';
import { setup } from '../src/index.js';
import { database, fresh, poolOf, someoneWaits, store, useDatabase } from './database.js';

useDatabase();

const names = (suffix: string) => ({
  schema: `a "schema" ${suffix}`,
  tables: { runs: `Runs ${suffix}`, items: `it"ems` },
});

async function columnsOf(schema: string): Promise<unknown[]> {
  const { rows } = await database().pool.query(
    `SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns
     WHERE table_schema = $1 ORDER BY table_name, column_name`,
    [schema],
  );
  return rows;
}

async function indexesOf(schema: string): Promise<string[]> {
  const { rows } = await database().pool.query(
    'SELECT indexdef FROM pg_indexes WHERE schemaname = $1 ORDER BY 1',
    [schema],
  );
  return rows.map(({ indexdef }) => String(indexdef));
}

test('what is applied and what is printed are the same, under any name, as often as it pleases', async () => {
  const { pool } = database();
  await Promise.all([1, 2, 3].map(() => setup({ pool, ...names('applied') })));
  await setup({ db: new Kysely({ dialect: new PostgresDialect({ pool }) }), ...names('applied') });
  for (let i = 0; i < 2; i++) await pool.query(setup.sql(names('printed')));
  const applied = await columnsOf(names('applied').schema);
  expect(applied).toHaveLength(FIELDS.length + 4);
  const renamed = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('printed', 'applied'));
  expect(renamed(await columnsOf(names('printed').schema))).toEqual(applied);
  const indexes = await indexesOf(names('applied').schema);
  expect(indexes).toHaveLength(4);
  expect(renamed(await indexesOf(names('printed').schema))).toEqual(indexes);
  expect(applied).toContainEqual({
    table_name: 'it"ems',
    column_name: 'sort',
    data_type: 'text',
    collation_name: 'C',
    is_nullable: 'NO',
  });
  const rows = store(names('applied'));
  const key = { table: 'runs', partition: fresh(), sort: 'intent' } as const;
  await rows.write({ write: 'create', key, fields: { runId: 'r', log: {} } });
  expect(await rows.read(key)).toEqual({ key, fields: { runId: 'r', log: {} } });
});

test('what an older version did not make is added, and rows stay', async () => {
  const { pool } = database();
  const older = names('older');
  await setup({ pool, ...older });
  const rows = store(older);
  const key = { table: 'items', partition: fresh(), sort: '0' } as const;
  await rows.write({ write: 'create', key, fields: { n: 1, value: 'v' } });
  await pool.query(
    `ALTER TABLE "a ""schema"" older"."it""ems" DROP COLUMN "horizon", DROP COLUMN "due", DROP COLUMN "rev"`,
  );
  await expect(
    rows.write({ write: 'create', key: { ...key, sort: '1' }, fields: { rev: 'r' } }),
  ).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
    applied: 'no',
  });
  await setup({ pool, ...older });
  expect(await columnsOf(older.schema)).toHaveLength(FIELDS.length + 4);
  expect(await indexesOf(older.schema)).toHaveLength(4);
  expect((await rows.read(key))?.fields).toEqual({ n: 1, value: 'v' });
});

test('where nothing is missing it waits for no writer', async () => {
  const busy = await database().pool.connect();
  try {
    await busy.query('BEGIN');
    await busy.query(`INSERT INTO flowstate_items (partition, sort) VALUES ('busy', '0')`);
    await setup({ pool: database().pool });
    // The printed migration does wait: it is for the user's own tool, and says its ALTER TABLE openly.
    const printed = database().pool.query(setup.sql());
    await someoneWaits();
    await busy.query('ROLLBACK');
    await printed;
  } finally {
    busy.release();
  }
});

test('a user without the rights is told so', async () => {
  const { pool, url } = database();
  await pool.query("CREATE ROLE guest LOGIN PASSWORD 'guest'");
  const guest = new URL(url);
  guest.username = 'guest';
  guest.password = 'guest';
  const guests = poolOf(guest.href, 1);
  await expect(setup({ pool: guests, schema: 'theirs' })).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
  });
  await expect(
    store({ pool: guests }).read({ table: 'items', partition: 'p', sort: '0' }),
  ).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
  });
  await guests.end();
});
