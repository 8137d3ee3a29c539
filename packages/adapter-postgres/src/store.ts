/** The store port over PostgreSQL: one statement a request, no transaction, no session state. */
import {
  checkKey,
  checkListing,
  checkQuery,
  checkWrite,
  holdsAll,
  type KeyPage,
  type Listing,
  type Outcome,
  type Page,
  type Query,
  type Row,
  type RowKey,
  type Store,
  StoreError,
  type StoreTraits,
  type Write,
} from '@flowstate/core/adapter';
import { type Answer, type Connections, connectionsOf, type Statement } from './connections.js';
import { storeError } from './errors.js';
import { type PostgresOptions, type Tables, tablesOf } from './options.js';
import { rowOf } from './rows.js';
import { listStatement, type Mark, queryStatement, readStatement, writeStatement } from './statements.js';

const ROW_BYTES_MAX = 8 * 1024 * 1024;
const PAGE_ROWS_MAX = 1000;

/**
 * A store in the user's PostgreSQL (13 or newer). `setup` makes its tables.
 * @throws TypeError where the options make no sense.
 */
export function postgres<DB = unknown>(options: PostgresOptions<DB>): Store {
  const tables = tablesOf(options);
  const send = sender(connectionsOf(options));
  const traits: StoreTraits = {
    name: 'postgres',
    rowBytesMax: ROW_BYTES_MAX,
    entriesPerRow: options.entriesPerRow ?? 16,
    requestsPerWrite: 1,
    pageRowsMax: PAGE_ROWS_MAX,
    reads: 'linearizable',
    staleMs: 0,
  };
  return {
    traits,
    async read(key) {
      checkKey(key);
      const [found] = (await send(readStatement(tables, key))).rows;
      return found && rowOf(key, found.row);
    },
    async write(write, { returning = false } = {}) {
      checkWrite(write);
      const statement = writeStatement(tables, write, returning);
      checkSize(statement);
      const answer = await send(statement);
      return returning ? outcomeOf(write, answer) : { applied: answer.affected > 0 };
    },
    query: (query) => readPage(send, tables, query),
    list: (listing) => listKeys(send, tables, listing),
  };
}

type Send = (statement: Statement) => Promise<Answer>;

function sender(connections: Connections): Send {
  return async (statement) => {
    // Whether there was a connection: a request that never had one has certainly applied nothing.
    let sent = false;
    try {
      return await connections((run) => {
        sent = true;
        return run(statement);
      });
    } catch (error) {
      throw storeError(error, sent);
    }
  };
}

/** PostgreSQL would take far more: this keeps what the trait promises. */
function checkSize({ parameters }: Statement): void {
  const sizes = parameters.map((value) => (typeof value === 'string' ? value.length : 8));
  // A UTF-16 unit is at most three bytes: most statements are known to fit without being measured.
  if (3 * sizes.reduce((sum, size) => sum + size, 0) <= ROW_BYTES_MAX) return;
  const bytes = parameters.reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
  if (bytes > ROW_BYTES_MAX) {
    throw new StoreError('STORE_LIMIT_EXCEEDED', `a write of ${bytes} bytes, the limit is ${ROW_BYTES_MAX}`);
  }
}

function outcomeOf(write: Write, { rows: [found] }: Answer): Outcome {
  // Nothing written and nothing found: an update or delete has no row; a create raced with a younger one,
  // which is not given.
  if (found === undefined)
    return write.write === 'create' ? { applied: false } : { applied: false, row: null };
  if (found.outcome === 'applied') return { applied: true, row: rowLeft(write, found.row) };
  const row = rowOf(write.key, found.row);
  // Between the refusal and the lock a third writer may have made the condition true: that row did not
  // refuse.
  return write.write !== 'create' && holdsAll(row.fields, write.when)
    ? { applied: false }
    : { applied: false, row };
}

function rowLeft(write: Write, text: unknown): Row | null {
  if (write.write === 'create') return { key: write.key, fields: write.fields };
  return write.write === 'delete' ? null : rowOf(write.key, text);
}

async function readPage(send: Send, tables: Tables, query: Query): Promise<Page> {
  checkQuery(query);
  const { table, partition } = query;
  const limit = Math.min(query.limit, PAGE_ROWS_MAX);
  const { rows } = await send(queryStatement(tables, query, limit + 1));
  return {
    rows: rows.slice(0, limit).map(({ sort, row }) => rowOf({ table, partition, sort: String(sort) }, row)),
    more: rows.length > limit,
  };
}

async function listKeys(send: Send, tables: Tables, listing: Listing): Promise<KeyPage> {
  checkListing(listing);
  const limit = Math.min(listing.limit, PAGE_ROWS_MAX);
  const mark = listing.after === undefined ? undefined : markOf(listing.after);
  const { rows } = await send(listStatement(tables, listing, mark, limit + 1));
  const marks = rows.slice(0, limit).map(
    ({ due, partition, sort, table }): Mark => ({
      due: Number(due),
      partition: String(partition),
      sort: String(sort),
      table: table === 'runs' ? 'runs' : 'items',
    }),
  );
  const keys = marks.map(({ table, partition, sort }): RowKey => ({ table, partition, sort }));
  const last = marks.at(-1);
  if (rows.length <= limit || last === undefined) return { keys, more: false };
  return { keys, more: true, next: [last.due, last.table, last.partition, last.sort].join(' ') };
}

/** No part of a key has a blank. */
function markOf(after: string): Mark {
  const [due, table, partition, sort, ...rest] = after.split(' ');
  const known = table === 'runs' || table === 'items';
  if (!known || !partition || !sort || rest.length > 0 || !Number.isSafeInteger(Number(due))) {
    throw new TypeError(`not what a list gave as next: ${JSON.stringify(after)}`);
  }
  return { due: Number(due), table, partition, sort };
}
