/** What was measured on: machine, versions, settings, and the time of one flush, which no run can do without. */
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Engine } from '@flowstate/engines';
import type { Database } from './database.js';
import { poolOf } from './database.js';
import { median } from './statistics.js';

/** The machine that everything ran on. */
export interface Machine {
  readonly system: string;
  readonly processors: string;
  readonly memoryBytes: number;
  /** Of the last minute, at the beginning. */
  readonly load: number;
  readonly node: string;
  readonly driver: string;
}

/** A server, as it answers itself. */
export interface Server {
  readonly version: string;
  readonly source: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The median of how much longer a commit takes that waits for its flush, in microseconds. */
  readonly flushUs: number;
}

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
  'autovacuum',
  'data_checksums',
];
const FLUSHES = 200;

/** Describes the machine. */
export function describeMachine(): Machine {
  const processors = cpus();
  const { version: driver } = createRequire(import.meta.url)('pg/package.json') as { version: string };
  return {
    system: `${platform()} ${release()} ${arch()}`,
    processors: `${processors.length} x ${processors[0]?.model ?? 'unknown'}`,
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
    node: process.version,
    driver: `pg ${driver}`,
  };
}

/** Describes a server. */
export async function describeServer(engine: Engine, database: Database): Promise<Server> {
  const rows = await database.ask(
    `SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name IN ('${SETTINGS.join("','")}') ORDER BY name`,
  );
  return {
    version: engine.version,
    source: engine.source,
    settings: Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)])),
    flushUs: await flushTime(database.url),
  };
}

/** In turns, so that both kinds meet the same machine. */
async function flushTime(url: string): Promise<number> {
  const pool = poolOf(url, 1);
  try {
    await pool.query('CREATE TABLE IF NOT EXISTS bench_flush (n bigint)');
    const longer: number[] = [];
    for (let n = 0; n < FLUSHES; n++) {
      await pool.query('SET synchronous_commit = off');
      const lazy = await commitTime(pool);
      await pool.query('SET synchronous_commit = on');
      longer.push((await commitTime(pool)) - lazy);
    }
    return median(longer);
  } finally {
    await pool.end();
  }
}

async function commitTime(pool: ReturnType<typeof poolOf>): Promise<number> {
  const began = performance.now();
  await pool.query('INSERT INTO bench_flush VALUES (1)');
  return (performance.now() - began) * 1000;
}
