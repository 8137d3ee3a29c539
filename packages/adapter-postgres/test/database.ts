import { type Engine, engineOrSkip } from '@flowstate/engines';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostgresOptions, postgres, setup } from '../src/index.js';
import { linguisticDatabase, poolOf } from './linguistic-database.js';

export { poolOf };

/** A database whose own collation is not bytewise, on the engine of its test file. */
export interface TestDatabase {
  readonly engine: Engine;
  readonly url: string;
  readonly pool: pg.Pool;
}

let current: TestDatabase | undefined;

/** The database of this file, or of this test. */
export function database(): TestDatabase {
  if (current === undefined) throw new Error('no database: the test should have been skipped');
  return current;
}

/**
 * Starts PostgreSQL for this file, with a database that is set up; without an engine every test of the file is skipped. `each`:
 * what gets a database of its own. An execution that others overtook may outlive its test: what it still writes must find what
 * it knows, not the next test's rows.
 */
export function useDatabase({ each = 'file' }: { each?: 'file' | 'test' } = {}): void {
  let engine: Engine | undefined;
  const pools: pg.Pool[] = [];

  async function another(engine: Engine): Promise<TestDatabase> {
    const url = await linguisticDatabase(engine.url);
    const pool = poolOf(url, 60);
    pools.push(pool);
    await setup({ pool });
    return { engine, url, pool };
  }

  beforeAll(async () => {
    engine = await engineOrSkip('postgres');
    if (engine !== undefined && each === 'file') current = await another(engine);
  });
  beforeEach(async (context) => {
    if (engine === undefined) context.skip();
    else if (each === 'test') current = await another(engine);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await engine?.stop();
  });
}

/** A store on that database's pool, or on another. */
export function store(options: Partial<PostgresOptions> & { pool?: pg.Pool; prepare?: boolean } = {}) {
  return postgres({ pool: database().pool, ...options } as PostgresOptions);
}

let keys = 0;

/** A partition that no other test uses. */
export function fresh(): string {
  keys += 1;
  return `p:${keys}`;
}

/** Waits until one statement waits for another's lock. */
export async function someoneWaits(): Promise<number> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const { rows } = await database().pool.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    );
    if (rows[0] !== undefined) return rows[0].pid;
  }
  throw new Error('nobody waits for a lock');
}
