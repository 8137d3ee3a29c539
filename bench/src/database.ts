/** A database of its own on a server, and the two ways to it: Flowstate's store and the raw driver, on the same pool. */
import { type Pool, postgres, setup } from '@flowstate/adapter-postgres';
import { type Flow, type FlowOptions, flowstate } from '@flowstate/core';
import type { Engine } from '@flowstate/engines';
import pg from 'pg';
import { type CpuMeter, cpuMeterOf } from './cpu.js';

/** Connections at most: more than the processors of a usual database have no use for. */
const CONNECTIONS_MAX = 10;

/** Sends one statement through the raw driver; `name` names it where statements are prepared. */
export type Send = (name: string, text: string, values: readonly unknown[]) => Promise<Answer>;

/** What a statement gave. `affected`: rows that it wrote. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly affected: number;
}

/** The two sides. Both go through the same pool and name their statements, or neither does. */
export interface Sides {
  flow(options?: Partial<FlowOptions>): Flow;
  readonly send: Send;
  /** Statements that either side has sent; 0 where they are not counted. */
  statements(): number;
  close(): Promise<void>;
}

/** A database of its own. */
export interface Database {
  readonly url: string;
  readonly meter: CpuMeter | undefined;
  /** What was just written is written out, so that it is not the next one's burden. */
  checkpoint(): Promise<void>;
  ask(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  sides(options: { clients: number; prepared: boolean; counted?: boolean }): Sides;
  close(): Promise<void>;
}

/** Opens a new database, set up for Flowstate. */
export async function openDatabase(engine: Engine): Promise<Database> {
  const url = await engine.database();
  const admin = poolOf(url, 1);
  await setup({ pool: admin });
  const { rows } = await admin.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const here = engine.source === 'embedded' || engine.source === 'system';
  return {
    url,
    meter: here ? cpuMeterOf(rows[0]!.pid) : undefined,
    checkpoint: async () => void (await admin.query('CHECKPOINT')),
    ask: async (text) => (await admin.query<Record<string, unknown>>(text)).rows,
    sides: ({ clients, prepared, counted = false }) =>
      sidesOn(poolOf(url, Math.min(clients, CONNECTIONS_MAX)), prepared, counted),
    close: () => admin.end(),
  };
}

/** A pool of the raw driver. An idle connection that is lost is told by the next statement. */
export function poolOf(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  pool.on('error', () => {});
  return pool;
}

function sidesOn(pool: pg.Pool, prepared: boolean, counted: boolean): Sides {
  let statements = 0;
  const count = () => {
    statements += 1;
  };
  const store = postgres({ pool: counted ? countingPool(pool, count) : pool, prepare: prepared });
  return {
    flow: (options = {}) => flowstate({ name: 'bench', store, ...options }),
    async send(name, text, values) {
      if (counted) count();
      const named = prepared ? { name } : {};
      const { rows, rowCount } = await pool.query<Record<string, unknown>>({
        text,
        values: [...values],
        ...named,
      });
      return { rows, affected: rowCount ?? 0 };
    },
    statements: () => statements,
    close: () => pool.end(),
  };
}

/** Counts where the driver is called: exact, and no server needs a setting for it. */
function countingPool(pool: Pool, count: () => void): Pool {
  return {
    async connect() {
      const client = await pool.connect();
      return {
        query(statement) {
          count();
          return client.query(statement);
        },
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        release: (error) => client.release(error),
      };
    },
  };
}
