import type { TableName } from '@flowstate/core/adapter';
import type { Kysely } from 'kysely';

/** What a statement gives in pg, as far as it is looked at. */
export interface PoolAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number | null;
}

/** A client of pg's pool, as far as it is used. */
export interface PoolClient {
  query(statement: { text: string; values: unknown[]; name?: string }): Promise<PoolAnswer>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(error?: boolean): void;
}

/** The pool of pg, as far as it is used. */
export interface Pool {
  connect(): Promise<PoolClient>;
}

/**
 * The user's own pool of pg, or the user's own Kysely: neither configured nor closed here. Give either pool
 * an 'error' listener, or pg ends the process when the database closes an idle connection. With `db` a
 * connection lost in the middle of a statement does so too, unless each client has one: `pool.on('connect',
 * (client) => client.on('error', log))`.
 */
export type Database<DB> =
  | { readonly db: Kysely<DB>; readonly pool?: never; readonly prepare?: false }
  | {
      readonly pool: Pool;
      readonly db?: never;
      /**
       * Name the statements: each connection parses each of them once. Not behind a transaction-mode pooler.
       */
      readonly prepare?: boolean;
    };

/** What the two tables are called in the database. */
export interface TableNames {
  /** Where not given, the connection's search path decides. */
  readonly schema?: string;
  /** Defaults: `flowstate_runs` and `flowstate_items`. */
  readonly tables?: { readonly runs?: string; readonly items?: string };
}

/**
 * How to reach the two tables. `entriesPerRow`: log entries in one item row before it is full, 16 where not
 * given.
 */
export type PostgresOptions<DB = unknown> = Database<DB> & TableNames & { readonly entriesPerRow?: number };

/** The tables as SQL identifiers. */
export type Tables = Readonly<Record<TableName, string>>;

/** A name as an SQL identifier, whatever characters it has. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of each table, without a schema and without quotes. */
export function tableName(names: TableNames, table: TableName): string {
  return names.tables?.[table] ?? `flowstate_${table}`;
}

/** The two tables as SQL identifiers, with the schema where one is given. */
export function tablesOf(names: TableNames): Tables {
  const prefix = names.schema === undefined ? '' : `${quoted(names.schema)}.`;
  return {
    runs: prefix + quoted(tableName(names, 'runs')),
    items: prefix + quoted(tableName(names, 'items')),
  };
}
