/** The plain requests that operations are set beside. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { meanOf } from '../operations/counts.js';
import { textOf } from '../operations/process.js';
import type { Meter } from './meter.js';
import type { Units } from './prices.js';

/** A conditional `UpdateItem` of a value, and a consistent `GetItem` of it, as one writes them without Flowstate. */
export async function measurePlain(
  meter: Meter,
  TableName: string,
  bytes: number,
): Promise<{ readonly update: Units; readonly read: Units }> {
  const Key = { pk: { S: `plain-${bytes}` }, sk: { S: '0' } };
  const Item = { ...Key, value: { S: textOf({ bytes, turn: 0 }) }, version: { N: '0' } };
  await meter.client.send(new PutItemCommand({ TableName, Item }));
  const update = await meanOf(meter, 4, async (turn) => {
    await meter.client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #value = :value, version = :next',
        ConditionExpression: 'version = :version',
        ExpressionAttributeNames: { '#value': 'value' },
        ExpressionAttributeValues: {
          ':value': { S: textOf({ bytes, turn }) },
          ':version': { N: String(turn) },
          ':next': { N: String(turn + 1) },
        },
      }),
    );
  });
  const read = await meanOf(meter, 4, async () => {
    await meter.client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  });
  return { update, read };
}
