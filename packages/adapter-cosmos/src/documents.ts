/** Rows as documents of Cosmos DB, and back. Pure. */
import {
  type Entries,
  type Fields,
  listedAt,
  type Path,
  type RowKey,
  type Scalar,
  StoreError,
  shardOf,
  storedFields,
  type TableName,
} from '@flowstate/core/adapter';

/** The properties of a document that are no fields of its row. */
export const PROPERTIES = { id: 'id', partition: 'pk', list: 'list' } as const;

/** A document as it is written. */
export interface Document {
  readonly id: string;
  readonly pk: string;
  readonly list?: string;
  readonly [field: string]: Scalar | Entries | undefined;
}

/**
 * In front of every id, so that none is `.` or `..`, which mean something else in the address of a document. No key has it; it
 * changes no order.
 */
const ID_START = '~';
/** Queues are not spread: the index is each physical partition's own, and no part of it is hot. */
const SHARDS = 1;
/** The service's own limit of a document, in bytes of JSON. */
const DOCUMENT_BYTES_MAX = 2 * 1024 * 1024;
/** What the service adds to a document, and what is no field. Bytes. */
const AROUND_ROW_BYTES = 16 * 1024;
/**
 * What a row may have, in bytes. A value is JSON, and JSON again in its document, where each quote and backslash takes two
 * bytes: half of what a document may have is safe.
 */
export const ROW_BYTES_MAX = DOCUMENT_BYTES_MAX / 2 - AROUND_ROW_BYTES;

/** The id of a row's document. */
export function idOf(sort: string): string {
  return `${ID_START}${sort}`;
}

/** The sort of a document's id. @throws StoreError STORE_CORRUPT */
export function sortOf(table: TableName, id: unknown): string {
  if (typeof id === 'string' && id.startsWith(ID_START)) return id.slice(ID_START.length);
  throw new StoreError('STORE_CORRUPT', `Cosmos DB: a document of ${table} without an id of ours`);
}

/** A whole row as a document. @throws StoreError STORE_LIMIT_EXCEEDED where the service would not take it */
export function documentOf(key: RowKey, fields: Fields): Document {
  const { partition, sort } = key;
  const { queue, due } = fields;
  const list =
    typeof queue === 'string' && typeof due === 'number'
      ? { [PROPERTIES.list]: listedAt(queue, shardOf(partition, SHARDS), [due, partition, sort]) }
      : {};
  const document: Document = { ...fields, id: idOf(sort), pk: partition, ...list };
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > DOCUMENT_BYTES_MAX - AROUND_ROW_BYTES)
    throw new StoreError(
      'STORE_LIMIT_EXCEEDED',
      `Cosmos DB: a document of ${bytes} bytes, the limit is ${DOCUMENT_BYTES_MAX - AROUND_ROW_BYTES}`,
    );
  return document;
}

/** The content of a document, or of the part of one that was asked for. @throws StoreError STORE_CORRUPT */
export function fieldsOf(key: RowKey, document: object): Fields {
  return storedFields('Cosmos DB', key, document);
}

/** What is selected of documents: all, or the fields of those paths. Names come from a closed list; some are words of the language. */
export function selection(paths: readonly Path[] | undefined): string {
  if (paths === undefined) return '*';
  const names = new Set(paths.map((path) => (typeof path === 'string' ? path : path[0])));
  return [...[...names].map((name) => `c["${name}"]`), `c["${PROPERTIES.id}"]`].join(', ');
}
