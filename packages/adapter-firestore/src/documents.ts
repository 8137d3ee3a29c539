/** Rows as documents of Firestore, and back. Pure. */

import {
  type Entries,
  type Fields,
  listedAt,
  placeOf,
  type Row,
  type RowKey,
  type Scalar,
  shardOf,
  storedFields,
} from '@flowstate/core/adapter';
import type { DocumentData } from '@google-cloud/firestore';

/** The fields of a document that are no fields of its row: what queries and listings look for. */
export const LOOKED_FOR = { at: 'at', list: 'list' } as const;

/** What Firestore keeps for itself. Our ids have a separator, so that none is `.` or `..`. */
const RESERVED = /^__.*__$/;
/** In front of a place: in no key. */
const OTHER_FORM = '#';

/** The id of a row's document: its place, or a form that no place has where Firestore keeps that for itself. */
export function documentId(key: Pick<RowKey, 'partition' | 'sort'>): string {
  const place = placeOf(key);
  return RESERVED.test(place) ? `${OTHER_FORM}${place}` : place;
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
  return storedFields('Firestore', key, data);
}

/** A row with its version. */
export function rowOf(key: RowKey, data: DocumentData, version: string | undefined): Row {
  return { key, fields: fieldsOf(key, data), ...(version === undefined ? {} : { version }) };
}
