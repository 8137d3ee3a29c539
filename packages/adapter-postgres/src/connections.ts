/** How a statement reaches the database: through the user's pool or the user's Kysely. */
import { createHash } from 'node:crypto';
import { CompiledQuery, type Kysely } from 'kysely';
import type { Database, Pool } from './options.js';

/** SQL text and its parameters. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** What a statement gave. `affected`: rows written, 0 for a select. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly affected: number;
}

/** Sends one statement on a connection. Errors are the driver's. */
export type Run = (statement: Statement) => Promise<Answer>;

/** Lends a connection for the length of `work`. */
export type Connections = <T>(work: (run: Run) => Promise<T>) => Promise<T>;

/** The user's database as a lender of connections. @throws TypeError where the options make no sense. */
export function connectionsOf<DB>(database: Database<DB>): Connections {
  if (database.pool !== undefined) return fromPool(database.pool, database.prepare ?? false);
  if (database.db === undefined) throw new TypeError('postgres: give { db } or { pool }');
  if (database.prepare)
    throw new TypeError('postgres: prepare needs { pool }, Kysely does not name its statements');
  return fromKysely(database.db);
}

function fromPool(pool: Pool, prepare: boolean): Connections {
  return async (work) => {
    const client = await pool.connect();
    let lost = false;
    const onError = () => {
      lost = true;
    };
    // Without a listener the loss of the connection would end the process. The statement's own promise tells
    // it as well.
    client.on('error', onError);
    try {
      return await work(async ({ text, parameters }) => {
        const named = prepare ? { name: nameOf(text) } : {};
        const { rows, rowCount } = await client.query({ text, values: [...parameters], ...named });
        return { rows, affected: rowCount ?? 0 };
      });
    } catch (error) {
      lost ||= !survives(error);
      throw error;
    } finally {
      client.removeListener('error', onError);
      client.release(lost);
    }
  };
}

/**
 * Whether a connection is good after this error: the server says it is closing before the end of the
 * connection arrives.
 */
function survives(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?!57P|08)[0-9A-Z]{5}$/.test(code);
}

function fromKysely<DB>(db: Kysely<DB>): Connections {
  // Without plugins: one that renames columns would rename the entries of a log.
  const plain = db.withoutPlugins();
  return (work) =>
    plain.connection().execute((connection) =>
      work(async ({ text, parameters }) => {
        const query = CompiledQuery.raw(text, [...parameters]);
        const { rows, numAffectedRows } = await connection.executeQuery<Record<string, unknown>>(query);
        return { rows, affected: Number(numAffectedRows ?? 0) };
      }),
    );
}

const names = new Map<string, string>();

/**
 * The same text has the same name in every store of the process: pg refuses a name that stands for two texts.
 */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `flowstate_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
  }
  return name;
}
