/** One shard of a table's queue, from its index. */
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { QueuePlace, ShardPage, ShardQuestion, TableName } from '@flowstate/core/adapter';
import { storeError } from './errors.js';
import { listParts } from './expressions.js';
import { ATTRIBUTES, QUEUE_INDEX, type Tables } from './options.js';
import { type Item, itemKey, keyOf, shardName } from './rows.js';

/** Asks one shard. @throws StoreError */
export async function shardPage(
  client: DynamoDBClient,
  tables: Tables,
  { table, queue, shard, until, after, limit }: ShardQuestion,
): Promise<ShardPage> {
  const name = shardName(queue, shard);
  const parts = listParts(name, until, after && startKey(name, after));
  const ask = new QueryCommand({ TableName: tables[table], IndexName: QUEUE_INDEX, Limit: limit, ...parts });
  try {
    const { Items = [], LastEvaluatedKey } = await client.send(ask);
    const end = LastEvaluatedKey === undefined ? null : placeOf(table, LastEvaluatedKey);
    return { places: Items.map((item) => placeOf(table, item)), end };
  } catch (error) {
    throw storeError(error, tables[table]);
  }
}

function placeOf(table: TableName, item: Item): QueuePlace {
  const { partition, sort } = keyOf(table, item);
  return [Number(item.due?.N), partition, sort];
}

function startKey(name: string, [due, partition, sort]: QueuePlace): Item {
  return {
    ...itemKey({ partition, sort }),
    [ATTRIBUTES.queueShard]: { S: name },
    due: { N: String(due) },
  };
}
