import { type RowKey, StoreError, type Update } from '@flowstate/core/adapter';
import { freePort } from '@flowstate/engines';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { storeError } from '../src/errors.js';
import { postgres } from '../src/index.js';
import { database, fresh, poolOf, someoneWaits, store, useDatabase } from './database.js';

const withCode = (code: string, message = 'said') => Object.assign(new Error(message), { code });

describe('the table', () => {
  const UNAVAILABLE = 'STORE_UNAVAILABLE';
  const UNKNOWN = 'STORE_OUTCOME_UNKNOWN';
  const MISCONFIGURED = 'STORE_MISCONFIGURED';
  const LIMIT = 'STORE_LIMIT_EXCEEDED';
  const CORRUPT = 'STORE_CORRUPT';

  test.each([
    [
      UNAVAILABLE,
      '40001 40P01 55P03 57014 57P03 57P05 53000 53100 53200 53300 53400 25006 25P02 08001 08004 ECONNREFUSED ENOTFOUND',
    ],
    [
      UNKNOWN,
      '57P01 57P02 40003 08006 08007 08P01 XX000 P0001 58030 ECONNRESET EPIPE ETIMEDOUT ERR_SOMETHING',
    ],
    [
      MISCONFIGURED,
      '42P01 42703 42501 42601 28000 28P01 3D000 3F000 57P04 23505 23514 26000 42P05 0A000 DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [LIMIT, '54000 54001 54011'],
    [CORRUPT, '22P02 22003 XX001'],
  ])('a request that was sent: %s', (expected, codes) => {
    for (const code of codes.split(' '))
      expect([code, storeError(withCode(code), true).code]).toEqual([code, expected]);
  });

  test.each([
    [UNAVAILABLE, 'Client has encountered a connection error and is not queryable'],
    [UNAVAILABLE, 'timeout exceeded when trying to connect'],
    [UNAVAILABLE, 'Cannot use a pool after calling end on the pool'],
    [UNKNOWN, 'Connection terminated unexpectedly'],
    [UNKNOWN, 'Query read timeout'],
    [MISCONFIGURED, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'],
    [MISCONFIGURED, 'The server does not support SSL connections'],
  ])('the driver without a code: %s, %s', (expected, message) => {
    expect(storeError(new Error(message), true).code).toBe(expected);
  });

  test('what was never sent was not applied', () => {
    for (const code of ['57P01', 'ECONNRESET', 'ETIMEDOUT', 'XX000', '53300']) {
      expect([code, storeError(withCode(code), false).code]).toEqual([code, UNAVAILABLE]);
    }
    expect(storeError(new Error('Connection terminated unexpectedly'), false).code).toBe(UNAVAILABLE);
    expect(storeError(withCode('28P01'), false).code).toBe(MISCONFIGURED);
    expect(storeError(withCode('3D000'), false).code).toBe(MISCONFIGURED);
  });

  test("the driver's error is the cause, also where it is no error, or several", () => {
    const cause = withCode('40001', 'could not serialize');
    expect(storeError(cause, true)).toMatchObject({
      cause,
      message: 'PostgreSQL: could not serialize (40001)',
      applied: 'no',
      retry: true,
    });
    expect(storeError('odd', true)).toMatchObject({ code: UNKNOWN, applied: 'unknown', cause: 'odd' });
    expect(storeError(new AggregateError([withCode('ECONNREFUSED')]), true).code).toBe(UNAVAILABLE);
  });
});

describe('real faults', () => {
  useDatabase();

  const itemKey = (partition: string): RowKey => ({ table: 'items', partition, sort: '0' });
  const touch = (key: RowKey): Update => ({
    write: 'update',
    key,
    when: [{ test: 'below', path: 'n', value: 100 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  });

  /** When the pool has let go of a connection. */
  const removal = (pool: Pool) => new Promise<void>((resolve) => pool.once('remove', () => resolve()));

  async function failure(work: Promise<unknown>): Promise<string> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof StoreError)) throw new Error(`no StoreError: ${String(error)}`);
    return error.code;
  }

  function address(change: (url: URL) => void): string {
    const url = new URL(database().url);
    change(url);
    return url.href;
  }

  async function readThrough(url: string): Promise<string> {
    const pool = poolOf(url, 1);
    try {
      return await failure(store({ pool }).read(itemKey('p')));
    } finally {
      await pool.end();
    }
  }

  test('a dead port, a wrong password, a wrong database, no connection left', async () => {
    const port = String(await freePort());
    expect(await readThrough(address((url) => (url.port = port)))).toBe('STORE_UNAVAILABLE');
    expect(await readThrough(address((url) => (url.password = 'wrong')))).toBe('STORE_MISCONFIGURED');
    expect(await readThrough(address((url) => (url.pathname = '/none')))).toBe('STORE_MISCONFIGURED');
    await database().pool.query("CREATE ROLE crowded LOGIN PASSWORD 'crowded' CONNECTION LIMIT 0");
    const crowded = address((url) => Object.assign(url, { username: 'crowded', password: 'crowded' }));
    expect(await readThrough(crowded)).toBe('STORE_UNAVAILABLE');
  });

  test('a missing table, a statement that may not take so long, too large a write', async () => {
    const missing = store({ tables: { items: 'none' } });
    expect(await failure(missing.read(itemKey('p')))).toBe('STORE_MISCONFIGURED');
    expect(await failure(missing.write(touch(itemKey('p')), { returning: true }))).toBe(
      'STORE_MISCONFIGURED',
    );
    const key = itemKey(fresh());
    const large = { write: 'create', key, fields: { value: 'é'.repeat(4.3 * 1024 * 1024) } } as const;
    expect(await failure(store().write(large))).toBe('STORE_LIMIT_EXCEEDED');
    expect(await store().read(key)).toBeUndefined();
  });

  test.each(['lock_timeout', 'statement_timeout'])('%s', async (setting) => {
    const key = itemKey(fresh());
    await store().write({ write: 'create', key, fields: { n: 0 } });
    const pool = poolOf(database().url, 1, `-c ${setting}=50`);
    const other = await database().pool.connect();
    try {
      await other.query('BEGIN');
      await other.query('UPDATE flowstate_items SET n = n WHERE partition = $1', [key.partition]);
      expect(await failure(store({ pool }).write(touch(key)))).toBe('STORE_UNAVAILABLE');
    } finally {
      await other.query('ROLLBACK');
      other.release();
      await pool.end();
    }
    expect((await store().read(key))?.fields).toEqual({ n: 0 });
  });

  test.each(['pool', 'Kysely'])(
    'a backend terminated in the middle of a write, through a %s',
    async (way) => {
      const key = itemKey(fresh());
      await store().write({ write: 'create', key, fields: { n: 0 } });
      const pool = poolOf(database().url, 1);
      if (way === 'Kysely') pool.on('connect', (client) => void client.on('error', () => {}));
      const rows =
        way === 'pool'
          ? store({ pool })
          : postgres({ db: new Kysely({ dialect: new PostgresDialect({ pool }) }) });
      const other = await database().pool.connect();
      try {
        await other.query('BEGIN');
        await other.query('UPDATE flowstate_items SET n = n WHERE partition = $1', [key.partition]);
        const failed = failure(rows.write(touch(key), { returning: true }));
        const removed = removal(pool);
        const pid = await someoneWaits();
        await database().pool.query('SELECT pg_terminate_backend($1)', [pid]);
        expect(await failed).toBe('STORE_OUTCOME_UNKNOWN');
        await other.query('ROLLBACK');
        // Through a pool the dead connection is thrown away with the error; through Kysely when its end has
        // arrived.
        if (way === 'Kysely') await removed;
        expect(await rows.write(touch(key))).toEqual({ applied: true });
      } finally {
        other.release();
        await pool.end();
      }
    },
  );

  test('a connection closed while idle is replaced', async () => {
    const pool = poolOf(database().url, 1);
    const rows = store({ pool });
    await rows.read(itemKey('p'));
    const removed = removal(pool);
    await database().pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT row_to_json%' AND state = 'idle' AND pid <> pg_backend_pid()",
    );
    await removed;
    expect(await rows.read(itemKey('p'))).toBeUndefined();
    await pool.end();
  });

  test('a killed server: in flight unknown, afterwards unavailable, after a restart as before', async (context) => {
    const { engine } = database();
    if (!engine.own) return context.skip();
    const key = itemKey(fresh());
    await store().write({ write: 'create', key, fields: { n: 0 } });
    const other = await database().pool.connect();
    other.on('error', () => {});
    await other.query('BEGIN');
    await other.query('UPDATE flowstate_items SET n = n WHERE partition = $1', [key.partition]);
    const failed = failure(store().write(touch(key)));
    await someoneWaits();
    await engine.kill();
    expect(await failed).toBe('STORE_OUTCOME_UNKNOWN');
    other.release(true);
    // The first requests may still get a connection whose end has not arrived.
    await expect.poll(() => failure(store().read(key))).toBe('STORE_UNAVAILABLE');
    await engine.restart();
    expect((await store().read(key))?.fields).toEqual({ n: 0 });
    expect(await store().write(touch(key))).toEqual({ applied: true });
  });
});
