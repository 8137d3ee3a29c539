/**
 * Places of rows as texts that sort like them, for databases that find ranges of one text: where a row stands in its table, and
 * where it stands in its queue. The separator is in no key and no queue, and sorts before all that is in one.
 */
import { StoreError } from '../errors.js';
import type { QueuePlace } from './sharded-list.js';
import type { RowKey, TableName } from './store.js';

const SEPARATOR = '#';
/** Right behind the separator, and still before all that is in a key. */
const BEHIND = '$';
const DIGITS = 16;

/** A range of texts, both ends excluded. */
export interface TextRange {
  readonly after: string;
  readonly before: string;
}

/** Where a row stands among all rows of its table: in the order of its partition's `sort`. */
export function placeOf({ partition, sort }: Pick<RowKey, 'partition' | 'sort'>): string {
  return `${partition}${SEPARATOR}${sort}`;
}

/** The places of a partition's rows between two sorts. */
export function placesOf(
  partition: string,
  after: string | undefined,
  before: string | undefined,
): TextRange {
  return {
    after: placeOf({ partition, sort: after ?? '' }),
    before: before === undefined ? `${partition}${BEHIND}` : placeOf({ partition, sort: before }),
  };
}

/** The key of a row at that place. @throws StoreError STORE_CORRUPT */
export function keyAt(table: TableName, place: unknown): RowKey {
  const [partition, sort, more] = typeof place === 'string' ? place.split(SEPARATOR) : [];
  if (!partition || !sort || more !== undefined)
    throw new StoreError('STORE_CORRUPT', `a row of ${table} without a place of ours`);
  return { table, partition, sort };
}

/** Where a row stands in its queue: unique, so that paging passes all that are due at once. */
export function listedAt(queue: string, shard: number, [due, partition, sort]: QueuePlace): string {
  return `${dueAt(queue, shard, due)}${SEPARATOR}${placeOf({ partition, sort })}`;
}

/** The places in a shard of a queue that come behind a row and are due at or before `until`. */
export function listedBetween(
  queue: string,
  shard: number,
  after: QueuePlace | undefined,
  until: number,
): TextRange {
  return {
    after: after === undefined ? shardAt(queue, shard) : listedAt(queue, shard, after),
    before: `${dueAt(queue, shard, until)}${BEHIND}`,
  };
}

/** What a row's place in its queue says. @throws StoreError STORE_CORRUPT */
export function queuePlace(table: TableName, listed: unknown): QueuePlace {
  const [, , due = '', ...place] = typeof listed === 'string' ? listed.split(SEPARATOR) : [];
  const { partition, sort } = keyAt(table, place.join(SEPARATOR));
  return [numberIn(due), partition, sort];
}

function shardAt(queue: string, shard: number): string {
  return `${queue}${SEPARATOR}${shard}${SEPARATOR}`;
}

function dueAt(queue: string, shard: number, due: number): string {
  return `${shardAt(queue, shard)}${sortable(due)}`;
}

/** A number as a text that sorts like it: `-` comes before the digits. */
function sortable(due: number): string {
  const [sign, distance] = due < 0 ? ['-', due + Number.MAX_SAFE_INTEGER] : ['', due];
  return `${sign}${String(distance).padStart(DIGITS, '0')}`;
}

function numberIn(text: string): number {
  return text.startsWith('-') ? Number(text.slice(1)) - Number.MAX_SAFE_INTEGER : Number(text);
}
