/** Rows as documents of Firestore, and back. Pure. */

import {
  type Entries,
  type Fields,
  fieldKind,
  type QueuePlace,
  type Row,
  type RowKey,
  type Scalar,
  StoreError,
  shardOf,
  type TableName,
} from '@flowstate/core/adapter';
import type { DocumentData } from '@google-cloud/firestore';

/** The fields of a document that are no fields of its row: what queries and listings look for. */
export const LOOKED_FOR = { at: 'at', list: 'list' } as const;

/** In no key and no queue, and before all that is in one. */
const SEPARATOR = '#';
/** Right behind the separator, and still before all that is in a key. */
export const BEHIND = '$';
/** What Firestore keeps for itself. Our ids have a separator, so that none is `.` or `..`. */
const RESERVED = /^__.*__$/;
const DIGITS = 16;

/** Where a row stands among all rows of its table: in the order of its partition's `sort`. */
export function placeOf({ partition, sort }: Pick<RowKey, 'partition' | 'sort'>): string {
  return `${partition}${SEPARATOR}${sort}`;
}

/** The id of a row's document: its place, or a form that no place has where Firestore keeps that for itself. */
export function documentId(key: Pick<RowKey, 'partition' | 'sort'>): string {
  const place = placeOf(key);
  return RESERVED.test(place) ? `${SEPARATOR}${place}` : place;
}

/** The key of a row at that place. @throws StoreError STORE_CORRUPT */
export function keyAt(table: TableName, place: unknown): RowKey {
  const [partition, sort, more] = typeof place === 'string' ? place.split(SEPARATOR) : [];
  if (!partition || !sort || more !== undefined)
    throw new StoreError('STORE_CORRUPT', `Firestore: a document of ${table} without a place of ours`);
  return { table, partition, sort };
}

/** A number as a text that sorts like it. */
function sortable(due: number): string {
  const [sign, distance] = due < 0 ? ['-', due + Number.MAX_SAFE_INTEGER] : ['', due];
  return `${sign}${String(distance).padStart(DIGITS, '0')}`;
}

function numberIn(text: string): number {
  return text.startsWith('-') ? Number(text.slice(1)) - Number.MAX_SAFE_INTEGER : Number(text);
}

/** Where a shard of a queue begins, or what is due then begins. */
export function queueStart(queue: string, shard: number, due?: number): string {
  const start = `${queue}${SEPARATOR}${shard}${SEPARATOR}`;
  return due === undefined ? start : `${start}${sortable(due)}${SEPARATOR}`;
}

/** Where a row stands in its queue. Unique, so that paging passes all that are due at once. */
export function listedAt(queue: string, shard: number, [due, partition, sort]: QueuePlace): string {
  return `${queueStart(queue, shard, due)}${placeOf({ partition, sort })}`;
}

/** What a row's place in its queue says. @throws StoreError STORE_CORRUPT */
export function queuePlace(table: TableName, listed: unknown): QueuePlace {
  const [, , due = '', ...place] = typeof listed === 'string' ? listed.split(SEPARATOR) : [];
  const { partition, sort } = keyAt(table, place.join(SEPARATOR));
  return [numberIn(due), partition, sort];
}

function listOf(key: RowKey, { queue, due }: Fields, shards: number): string | undefined {
  if (typeof queue !== 'string' || typeof due !== 'number') return undefined;
  return listedAt(queue, shardOf(key.partition, shards), [due, key.partition, key.sort]);
}

/** A whole row as the data of its document. */
export function dataOf(key: RowKey, fields: Fields, shards: number): DocumentData {
  const list = listOf(key, fields, shards);
  return {
    ...fields,
    [LOOKED_FOR.at]: placeOf(key),
    ...(list === undefined ? {} : { [LOOKED_FOR.list]: list }),
  };
}

/** What a replacement changes in a row's document: new values by name, and the names of those that go. */
export interface Replacement {
  readonly values: DocumentData;
  readonly gone: readonly string[];
}

/**
 * The replacement of one content by another. The place is always among its values: a request without any is none, and the
 * version is to be compared all the same.
 */
export function replacementOf(key: RowKey, before: Fields, fields: Fields, shards: number): Replacement {
  const [old, wanted] = [dataOf(key, before, shards), dataOf(key, fields, shards)];
  const changed = Object.entries(wanted).filter(([name, value]) => !isSame(old[name], value));
  return {
    values: { ...Object.fromEntries(changed), [LOOKED_FOR.at]: placeOf(key) },
    gone: Object.keys(old).filter((name) => !Object.hasOwn(wanted, name)),
  };
}

function isSame(one: Scalar | Entries | undefined, other: Scalar | Entries): boolean {
  if (one === undefined || typeof one !== 'object' || typeof other !== 'object') return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return (
    names.length === others.length &&
    names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}

/** The content of a row's document, or of the part of one that was asked for. @throws StoreError STORE_CORRUPT */
export function fieldsOf(key: RowKey, data: DocumentData): Fields {
  const fields: Record<string, Scalar | Entries> = {};
  for (const [name, stored] of Object.entries(data)) {
    const kind = fieldKind(key.table, name);
    // What others added to our documents is not ours to judge.
    if (kind === undefined) continue;
    const value = kind === 'map' ? entriesOf(stored) : scalarOf(stored);
    if (value === undefined || (kind !== 'map' && typeof value !== (kind === 'text' ? 'string' : kind)))
      throw new StoreError(
        'STORE_CORRUPT',
        `Firestore: ${key.table} ${placeOf(key)}: ${name} is not what Flowstate writes`,
      );
    fields[name] = value;
  }
  return fields;
}

/** Integers are big ones where the user's object was made so. */
function scalarOf(stored: unknown): Scalar | undefined {
  if (typeof stored === 'string' || typeof stored === 'boolean') return stored;
  const number = typeof stored === 'bigint' ? Number(stored) : stored;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function entriesOf(stored: unknown): Entries | undefined {
  if (typeof stored !== 'object' || stored === null || Object.getPrototypeOf(stored) !== Object.prototype)
    return undefined;
  const entries: [string, Scalar][] = [];
  for (const [name, each] of Object.entries(stored)) {
    const value = scalarOf(each);
    if (value === undefined) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/** A row with its version. */
export function rowOf(key: RowKey, data: DocumentData, version: string | undefined): Row {
  return { key, fields: fieldsOf(key, data), ...(version === undefined ? {} : { version }) };
}
