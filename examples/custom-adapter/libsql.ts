/**
 * Flowstate on libSQL: a SQLite file, or Turso. One table, one row a row of the store. Every write of `versionedStore` is
 * one statement under a version, and a version is a fresh word: none ever comes back.
 */
import {
  type Fields,
  type KeyPage,
  type Listing,
  type Page,
  processPlatform,
  projected,
  type Query,
  type Row,
  type RowKey,
  type Store,
  StoreError,
  type StoreErrorCode,
  versionedStore,
} from '@flowstate/core/adapter';
import { type Client, type InValue, LibsqlError, type Row as SqlRow } from '@libsql/client';

const TRAITS = {
  name: 'libsql',
  rowBytesMax: 1024 * 1024,
  requestsPerWrite: 2,
  pageRowsMax: 1000,
  reads: 'linearizable',
  staleMs: 0,
} as const;
/** Text in SQLite is compared byte by byte unless a collation is named: the order that the port asks for. */
const TABLE = `CREATE TABLE IF NOT EXISTS flowstate (
  tbl TEXT NOT NULL, partition TEXT NOT NULL, sort TEXT NOT NULL,
  version TEXT NOT NULL, fields TEXT NOT NULL, queue TEXT, due INTEGER,
  PRIMARY KEY (tbl, partition, sort)) WITHOUT ROWID`;
/** Only rows that are in a queue stand in it. */
const INDEX = `CREATE INDEX IF NOT EXISTS flowstate_queue ON flowstate (queue, due, tbl, partition, sort)
  WHERE queue IS NOT NULL`;
const HERE = 'tbl = ? AND partition = ? AND sort = ?';

/** Makes the table and its index, where they are not there. */
export async function setup(client: Client): Promise<void> {
  for (const statement of [TABLE, INDEX]) await translated(client.execute(statement));
}

/** A store on your own libSQL client. */
export function libsql({ client, entriesPerRow = 16 }: { client: Client; entriesPerRow?: number }): Store {
  const run = (sql: string, args: InValue[]) => translated(client.execute({ sql, args }));

  return versionedStore(
    {
      async get(key) {
        const [row] = (await run(`SELECT version, fields FROM flowstate WHERE ${HERE}`, at(key))).rows;
        return row && { fields: fieldsOf(row), version: String(row.version) };
      },
      async create(key, fields) {
        const version = processPlatform.id();
        const insert = 'INSERT INTO flowstate VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
        const { rowsAffected } = await run(insert, [...at(key), version, ...content(fields)]);
        return rowsAffected === 1 ? { version } : { exists: true };
      },
      async replace(key, old, fields) {
        const version = processPlatform.id();
        const update = `UPDATE flowstate SET version = ?, fields = ?, queue = ?, due = ? WHERE ${HERE} AND version = ?`;
        const { rowsAffected } = await run(update, [version, ...content(fields), ...at(key), old]);
        return rowsAffected === 1 ? { version } : { stale: true };
      },
      async remove(key, version) {
        const drop = `DELETE FROM flowstate WHERE ${HERE} AND version = ?`;
        const { rowsAffected } = await run(drop, [...at(key), version]);
        return rowsAffected === 1 ? { removed: true } : { stale: true };
      },
      async query({ table, partition, after, before, order, limit, paths }: Query): Promise<Page> {
        const size = Math.min(limit, TRAITS.pageRowsMax);
        const range = `${after === undefined ? '' : 'AND sort > ?'} ${before === undefined ? '' : 'AND sort < ?'}`;
        const bounds = [after, before].filter((bound) => bound !== undefined);
        const { rows } = await run(
          `SELECT sort, version, fields FROM flowstate WHERE tbl = ? AND partition = ? ${range}
           ORDER BY sort ${order === 'ascending' ? 'ASC' : 'DESC'} LIMIT ?`,
          [table, partition, ...bounds, size + 1],
        );
        const page = rows.slice(0, size).map((row): Row => {
          const key = { table, partition, sort: String(row.sort) };
          if (paths !== undefined) return { key, fields: projected(fieldsOf(row), paths) };
          return { key, fields: fieldsOf(row), version: String(row.version) };
        });
        return { rows: page, more: rows.length > size };
      },
      async list({ queue, until = Number.MAX_SAFE_INTEGER, after, limit }: Listing): Promise<KeyPage> {
        const size = Math.min(limit, TRAITS.pageRowsMax);
        const place: InValue[] = after === undefined ? [] : JSON.parse(after);
        const { rows } = await run(
          `SELECT due, tbl, partition, sort FROM flowstate WHERE queue = ? AND due <= ?
           ${after === undefined ? '' : 'AND (due, tbl, partition, sort) > (?, ?, ?, ?)'}
           ORDER BY due, tbl, partition, sort LIMIT ?`,
          [queue, until, ...place, size + 1],
        );
        const page = rows.slice(0, size);
        const last = page.at(-1);
        const next = last && JSON.stringify([last.due, last.tbl, last.partition, last.sort]);
        return { keys: page.map(keyOf), more: rows.length > size, ...(next === undefined ? {} : { next }) };
      },
    },
    {
      traits: { ...TRAITS, entriesPerRow },
      wait: (ms) => processPlatform.wait(ms),
      random: processPlatform.random,
    },
  );
}

function at({ table, partition, sort }: RowKey): InValue[] {
  return [table, partition, sort];
}

function content(fields: Fields): InValue[] {
  const { queue, due } = fields;
  return [
    JSON.stringify(fields),
    queue === undefined ? null : String(queue),
    due === undefined ? null : Number(due),
  ];
}

function fieldsOf(row: SqlRow): Fields {
  return JSON.parse(String(row.fields));
}

function keyOf(row: SqlRow): RowKey {
  const table = row.tbl === 'runs' ? 'runs' : 'items';
  return { table, partition: String(row.partition), sort: String(row.sort) };
}

/** What SQLite's errors say of a request; anything else may have been applied. */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  SQLITE_BUSY: 'STORE_UNAVAILABLE', // another process writes, for longer than the client's timeout
  SQLITE_TOOBIG: 'STORE_LIMIT_EXCEEDED',
  SQLITE_ERROR: 'STORE_MISCONFIGURED', // no such table or column: a statement undone
  SQLITE_CANTOPEN: 'STORE_MISCONFIGURED',
  SQLITE_CORRUPT: 'STORE_CORRUPT',
};

async function translated<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    const code = cause instanceof LibsqlError ? CODES[cause.code] : undefined;
    throw new StoreError(code ?? 'STORE_OUTCOME_UNKNOWN', `libSQL: ${String(cause)}`, { cause });
  }
}
