/**
 * What a test database answers, as pure functions over `semantics.ts`: one request on one state gives every
 * answer that the kind of store allows, the freshest first, each with the change it makes. Stores pick one,
 * the explorer tries all.
 */
import { effectOf, projected } from '../platform/semantics.js';
import type { Fields, KeyPage, Listing, Query, Row, RowKey, Write } from '../platform/store.js';
import type { Cell, Database, Past } from './database.js';
import { canonical, compareKeys } from './database.js';
import type { AnyReply, Request } from './requests.js';

/** One possible answer, and what the request did to the row it names. */
export interface Response {
  readonly reply: AnyReply;
  readonly change?: { readonly key: RowKey; readonly fields: Fields | undefined };
  /** How many changes old the answer is; 0: current. */
  readonly lag: number;
}

/** What a test database may do that is nobody's promise. */
export interface Manners {
  /** Greatest number of rows in one page. */
  readonly pageRowsMax: number;
  /** Whether a refused update or delete brings the row that refused, where asked (conditional stores). */
  readonly returnsRefused: boolean;
  /** What was replaced before this moment (ms) is served to nobody. */
  readonly freshSince: number;
}

function versionOf(changes: number): string {
  return `v${String(changes).padStart(6, '0')}`;
}

function rowOf(database: Database, key: RowKey, cell: Cell): Row | undefined {
  if (cell.fields === undefined) return undefined;
  return database.memory.versions
    ? { key, fields: cell.fields, version: versionOf(cell.changes) }
    : { key, fields: cell.fields };
}

function servable<T>(past: readonly Past<T>[], manners: Manners): readonly Past<T>[] {
  const end = past.findIndex(({ until }) => until < manners.freshSince);
  return end === -1 ? past : past.slice(0, end);
}

/** The row as it is, then as it was, as far back as the mark and the time allow. */
function versionsOf(database: Database, key: RowKey, manners: Manners, mark?: string): Cell[] {
  const cell = database.cell(key);
  const older = servable(cell.past, manners).map(({ was }, i) => ({
    fields: was,
    changes: cell.changes - 1 - i,
    past: [],
  }));
  return [cell, ...older].filter((c) => mark === undefined || versionOf(c.changes) >= mark);
}

function gets(database: Database, key: RowKey, manners: Manners, mark?: string): Response[] {
  return versionsOf(database, key, manners, mark).map(({ fields, changes }, lag) => ({
    reply: fields && { fields, version: versionOf(changes) },
    lag,
  }));
}

function writes(database: Database, write: Write, returning: boolean, manners: Manners): Response {
  const cell = database.cell(write.key);
  const effect = effectOf(cell.fields, write);
  if (effect !== 'refused') {
    const fields = effect === null ? undefined : canonical(effect);
    const reply =
      returning && fields !== undefined
        ? { applied: true, row: { key: write.key, fields } }
        : { applied: true };
    return { reply, change: { key: write.key, fields }, lag: 0 };
  }
  // Where reads may be old, a caller could not find out what refused: then the row always comes with the
  // refusal.
  const brings = returning && (manners.returnsRefused || database.memory.staleChanges > 0);
  if (!brings) return { reply: { applied: false }, lag: 0 };
  return { reply: { applied: false, row: rowOf(database, write.key, cell) ?? null }, lag: 0 };
}

/** A write of a database that only compares versions; `fields` undefined: a removal. */
function replaces(database: Database, key: RowKey, version: string, fields: Fields | undefined): Response {
  const cell = database.cell(key);
  if (cell.fields === undefined || versionOf(cell.changes) !== version) {
    return { reply: { stale: true, ...markOf(database, cell) }, lag: 0 };
  }
  const reply =
    fields === undefined ? ({ removed: true } as const) : { version: versionOf(cell.changes + 1) };
  return { reply, change: { key, fields: fields && canonical(fields) }, lag: 0 };
}

function creates(database: Database, key: RowKey, fields: Fields): Response {
  const cell = database.cell(key);
  if (cell.fields !== undefined) return { reply: { exists: true, ...markOf(database, cell) }, lag: 0 };
  return {
    reply: { version: versionOf(cell.changes + 1) },
    change: { key, fields: canonical(fields) },
    lag: 0,
  };
}

function markOf(database: Database, cell: Cell): { mark?: string } {
  return database.memory.staleChanges > 0 ? { mark: versionOf(cell.changes) } : {};
}

function page(database: Database, query: Query, cells: ReadonlyMap<string, Cell>, manners: Manners) {
  const { table, partition, after, before, order, limit, paths } = query;
  const inside = [...cells]
    .filter(
      ([sort, { fields }]) =>
        fields && (after === undefined || sort > after) && (before === undefined || sort < before),
    )
    .sort(([a], [b]) => (a < b === (order === 'ascending') ? -1 : 1));
  const size = Math.min(limit, manners.pageRowsMax);
  const rows = inside.slice(0, size).map(([sort, cell]): Row => {
    const key = { table, partition, sort };
    if (paths !== undefined) return { key, fields: canonical(projected(cell.fields ?? {}, paths)) };
    return rowOf(database, key, cell)!;
  });
  // A full page never says that it was the last: callers must not rely on knowing.
  return { rows, more: rows.length === size };
}

function queries(database: Database, query: Query, manners: Manners): Response[] {
  const { cells, past } = database.partition(query.table, query.partition);
  const snapshots = [cells, ...servable(past, manners).map(({ was }) => was)];
  return snapshots.map((snapshot, lag) => ({ reply: page(database, query, snapshot, manners), lag }));
}

function placeOf(row: Row): string {
  const { table, partition, sort } = row.key;
  return `${String(row.fields.due).padStart(16, '0')} ${table} ${partition} ${sort}`;
}

function lists(database: Database, listing: Listing, manners: Manners): KeyPage {
  const { queue, until = Number.POSITIVE_INFINITY, after = '', limit } = listing;
  const due = database
    .rows()
    .filter(({ fields }) => fields.queue === queue && typeof fields.due === 'number' && fields.due <= until)
    .map((row) => ({ key: row.key, place: placeOf(row) }))
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : compareKeys(a.key, b.key)));
  const size = Math.min(limit, manners.pageRowsMax);
  const taken = due.slice(0, size);
  const last = taken.at(-1);
  return {
    keys: taken.map(({ key }) => key),
    more: taken.length === size,
    ...(last && { next: last.place }),
  };
}

/**
 * Every answer a request may get from that state, the freshest first. @throws TypeError as `semantics.ts`
 * does.
 */
export function respond(database: Database, request: Request, manners: Manners): readonly Response[] {
  switch (request.method) {
    case 'read':
      return versionsOf(database, request.key, manners).map((cell, lag) => ({
        reply: rowOf(database, request.key, cell),
        lag,
      }));
    case 'get':
      return gets(database, request.key, manners, request.mark);
    case 'write':
      return [writes(database, request.write, request.returning, manners)];
    case 'create':
      return [creates(database, request.key, request.fields)];
    case 'replace':
      return [replaces(database, request.key, request.version, request.fields)];
    case 'remove':
      return [replaces(database, request.key, request.version, undefined)];
    case 'query':
      return queries(database, request.query, manners);
    case 'list':
      return [{ reply: lists(database, request.listing, manners), lag: 0 }];
  }
}
