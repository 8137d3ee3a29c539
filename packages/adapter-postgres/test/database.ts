import { type Engine, engineOrSkip } from '@flowstate/engines';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostgresOptions, postgres, setup } from '../src/index.js';
import { linguisticDatabase, poolOf } from './linguistic-database.js';

export { poolOf };

/** One engine for a test file, with a database whose own collation is not bytewise. */
export interface TestDatabase {
  readonly engine: Engine;
  readonly url: string;
  readonly pool: pg.Pool;
}

let current: TestDatabase | undefined;

/** The database of this file. */
export function database(): TestDatabase {
  if (current === undefined) throw new Error('no database: the test should have been skipped');
  return current;
}

/** Starts PostgreSQL for this file and sets it up; without an engine every test of the file is skipped. */
export function useDatabase(): void {
  beforeAll(async () => {
    const engine = await engineOrSkip('postgres');
    if (engine === undefined) return;
    const url = await linguisticDatabase(engine.url);
    const pool = poolOf(url, 60);
    current = { engine, url, pool };
    await setup({ pool });
  });
  beforeEach((context) => {
    if (current === undefined) context.skip();
  });
  afterAll(async () => {
    await current?.pool.end();
    await current?.engine.stop();
  });
}

/** A store on the file's pool, or on another. */
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
