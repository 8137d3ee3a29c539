/** The store port over DynamoDB: one request of one item a write, its condition inside it; reads are consistent. */
import {
  type AttributeValue,
  type ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  checkedShards,
  checkKey,
  checkListing,
  checkQuery,
  checkWrite,
  type KeyPage,
  type Outcome,
  type Page,
  projected,
  type Query,
  type Row,
  type RowKey,
  type Store,
  type StoreTraits,
  shardedList,
  type TableName,
  type Write,
} from '@flowstate/core/adapter';
import { storeError } from './errors.js';
import { createCondition, deleteParts, queryParts, updateParts } from './expressions.js';
import { shardPage } from './listing.js';
import { type QueueOptions, type TableNames, tablesOf } from './options.js';
import { type Item, itemKey, itemOf, keyOf, rowOf } from './rows.js';

/** What `dynamodb(...)` takes: your own client, configured and destroyed by you. */
export interface DynamodbOptions extends TableNames, QueueOptions {
  readonly client: DynamoDBClient;
  /** Log entries in one item row: docs/PROTOCOLS.md says what more or fewer cost. Default 16. */
  readonly entriesPerRow?: number;
}

/** The service's own limit. */
const ROW_BYTES_MAX = 400 * 1024;
const PAGE_ROWS_MAX = 1000;
const ENTRIES_PER_ROW = 16;

/** A store in your DynamoDB tables; `setup` describes them. @throws TypeError where an option makes no sense. */
export function dynamodb(options: DynamodbOptions): Store {
  if (typeof options.client?.send !== 'function') throw new TypeError('dynamodb: give { client }');
  const { client } = options;
  const tables = tablesOf(options);
  const shards = checkedShards('dynamodb', options.queueShards);
  const traits: StoreTraits = {
    name: 'dynamodb',
    rowBytesMax: ROW_BYTES_MAX,
    entriesPerRow: options.entriesPerRow ?? ENTRIES_PER_ROW,
    requestsPerWrite: 1,
    pageRowsMax: PAGE_ROWS_MAX,
    reads: 'linearizable',
    staleMs: 0,
  };
  return {
    traits,
    async read(key): Promise<Row | undefined> {
      checkKey(key);
      const ask = new GetItemCommand({
        TableName: tables[key.table],
        Key: itemKey(key),
        ConsistentRead: true,
      });
      const { Item: item } = await translated(client.send(ask), tables[key.table]);
      return item && rowOf(key, item);
    },
    async write(write, { returning = false } = {}): Promise<Outcome> {
      checkWrite(write);
      const table = tables[write.key.table];
      const sent = await applied(client, table, write, returning, shards).then(
        (left) => ({ left }),
        (refused: unknown) => ({ refused }),
      );
      if ('left' in sent) {
        if (!returning) return { applied: true };
        return { applied: true, row: sent.left === null ? null : rowOf(write.key, sent.left) };
      }
      if (!isRefusal(sent.refused)) throw storeError(sent.refused, table);
      const { Item: item } = sent.refused;
      return item === undefined || !returning
        ? { applied: false }
        : { applied: false, row: rowOf(write.key, item) };
    },
    async query(query): Promise<Page> {
      checkQuery(query);
      return page(client, tables[query.table], query);
    },
    async list(listing): Promise<KeyPage> {
      checkListing(listing);
      const limit = Math.min(listing.limit, PAGE_ROWS_MAX);
      return shardedList({ ...listing, limit }, shards, (question) => shardPage(client, tables, question));
    },
  };
}

/** By its name: the user's SDK and ours may be two copies. */
function isRefusal(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** Sends a write and answers the item it left: null for a delete, empty where it was not asked for. */
async function applied(
  client: DynamoDBClient,
  table: string,
  write: Write,
  returning: boolean,
  shards: number,
): Promise<Record<string, AttributeValue> | null> {
  const refused = returning ? ({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const) : {};
  if (write.write === 'create') {
    const item = itemOf(write.key, write.fields, shards);
    await client.send(new PutItemCommand({ TableName: table, Item: item, ...createCondition(), ...refused }));
    return item;
  }
  if (write.write === 'delete') {
    await client.send(new DeleteItemCommand({ TableName: table, ...deleteParts(write), ...refused }));
    return null;
  }
  const asked = returning ? ({ ReturnValues: 'ALL_NEW' } as const) : {};
  const parts = updateParts(write, shards);
  const { Attributes = {} } = await client.send(
    new UpdateItemCommand({ TableName: table, ...parts, ...asked, ...refused }),
  );
  return Attributes;
}

async function page(client: DynamoDBClient, name: string, query: Query): Promise<Page> {
  const parts = queryParts(query);
  if (parts === undefined) return { rows: [], more: false };
  const Limit = Math.min(query.limit, PAGE_ROWS_MAX);
  const ask = new QueryCommand({ TableName: name, ConsistentRead: true, Limit, ...parts });
  const { Items = [], LastEvaluatedKey } = await translated(client.send(ask), name);
  const rows = Items.map((item): Row => {
    const row = rowOf(keyIn(query, item), item);
    return query.paths === undefined ? row : { ...row, fields: projected(row.fields, query.paths) };
  });
  return { rows, more: LastEvaluatedKey !== undefined };
}

/** A projected item has its sort key; its partition is the query's. */
function keyIn({ table, partition }: { table: TableName; partition: string }, item: Item): RowKey {
  return keyOf(table, { ...itemKey({ partition, sort: '' }), ...item });
}

async function translated<T>(request: Promise<T>, table: string): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw storeError(error, table);
  }
}
