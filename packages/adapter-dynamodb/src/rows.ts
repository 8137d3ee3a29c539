/** Rows as items of DynamoDB, and back. Pure. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type Entries,
  type Fields,
  fieldKind,
  type Row,
  type RowKey,
  type Scalar,
  StoreError,
  shardOf,
} from '@flowstate/core/adapter';
import { ATTRIBUTES } from './options.js';

/** An item, or a part of one. */
export type Item = Record<string, AttributeValue>;

/** A scalar as an attribute. */
export function attributeOf(value: Scalar): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { BOOL: value };
}

/** The key of a row's item. */
export function itemKey({ partition, sort }: Pick<RowKey, 'partition' | 'sort'>): Item {
  return { [ATTRIBUTES.partition]: { S: partition }, [ATTRIBUTES.sort]: { S: sort } };
}

/** The partition of the queue index in which the rows of a shard stand. */
export function shardName(queue: string, shard: number): string {
  return `${queue}#${shard}`;
}

/** The one in which a row stands. */
export function queueShard(queue: string, partition: string, shards: number): string {
  return shardName(queue, shardOf(partition, shards));
}

/** A whole row as an item. */
export function itemOf(key: RowKey, fields: Fields, shards: number): Item {
  const item: Item = itemKey(key);
  for (const [name, value] of Object.entries(fields)) {
    item[name] =
      typeof value === 'object'
        ? { M: Object.fromEntries(Object.entries(value).map(([entry, each]) => [entry, attributeOf(each)])) }
        : attributeOf(value);
  }
  const { queue } = fields;
  if (typeof queue === 'string')
    item[ATTRIBUTES.queueShard] = { S: queueShard(queue, key.partition, shards) };
  return item;
}

/** The row of an item, or of the part of one that was asked for. @throws StoreError STORE_CORRUPT */
export function rowOf(key: RowKey, item: Item): Row {
  const fields: Record<string, Scalar | Entries> = {};
  for (const [name, attribute] of Object.entries(item)) {
    const kind = fieldKind(key.table, name);
    // What others added to our items is not ours to judge.
    if (kind === undefined) continue;
    const value = kind === 'map' ? entriesOf(attribute) : scalarOf(attribute);
    if (value === undefined || (kind !== 'map' && typeof value !== (kind === 'text' ? 'string' : kind)))
      throw corrupt(key, name);
    fields[name] = value;
  }
  return { key, fields };
}

/** The row's key in an item of a table or of its index. @throws StoreError STORE_CORRUPT */
export function keyOf(table: RowKey['table'], item: Item): RowKey {
  const partition = item[ATTRIBUTES.partition]?.S;
  const sort = item[ATTRIBUTES.sort]?.S;
  if (partition === undefined || sort === undefined)
    throw new StoreError('STORE_CORRUPT', `DynamoDB: an item of ${table} without a key of text`);
  return { table, partition, sort };
}

function scalarOf(attribute: AttributeValue): Scalar | undefined {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  const number = attribute.N === undefined ? undefined : Number(attribute.N);
  return Number.isSafeInteger(number) ? number : undefined;
}

function entriesOf({ M }: AttributeValue): Entries | undefined {
  if (M === undefined) return undefined;
  const entries: [string, Scalar][] = [];
  for (const [name, attribute] of Object.entries(M)) {
    const value = scalarOf(attribute);
    if (value === undefined) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

function corrupt(key: RowKey, what: string): StoreError {
  return new StoreError(
    'STORE_CORRUPT',
    `DynamoDB: ${key.table} ${key.partition} ${key.sort}: ${what} is not what Flowstate writes`,
  );
}
