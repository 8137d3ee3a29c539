/**
 * Counts the capacity that a client's requests consume, by what the engine says of each. Of a refused write the engine says
 * nothing, though the service charges it like the write itself: the same write is then applied, without its condition, to a
 * copy of the item in a table aside, and what that consumes is counted.
 */
import {
  type AttributeValue,
  type ConsumedCapacity,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Units } from './prices.js';

const READS: ReadonlySet<string> = new Set(['GetItemCommand', 'QueryCommand']);
const WRITES: ReadonlySet<string> = new Set(['PutItemCommand', 'UpdateItemCommand']);
const MEASURED = { ReturnConsumedCapacity: 'INDEXES' } as const;

/** A client whose requests are counted. */
export interface Meter {
  readonly client: DynamoDBClient;
  /** What was consumed since the last time. */
  take(): Units;
}

/** Meters a client of its own. `aside`: a table with the same key and no index. */
export function meterOf(url: string, aside: string): Meter {
  const [client, uncounted] = [clientOf(url), clientOf(url)];
  const sum = { writes: 0, indexWrites: 0, reads: 0, requests: 0 };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (!READS.has(commandName) && !WRITES.has(commandName))
          throw new Error(`the meter does not know what a ${commandName} consumes`);
        sum.requests += 1;
        try {
          const done = await next({ ...args, input: { ...args.input, ...MEASURED } as typeof args.input });
          const { ConsumedCapacity: consumed } = done.output as { ConsumedCapacity?: ConsumedCapacity };
          if (READS.has(commandName)) sum.reads += unitsOf(consumed);
          else {
            sum.writes += unitsOf(consumed);
            sum.indexWrites += indexUnitsOf(consumed);
          }
          return done;
        } catch (error) {
          if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
            sum.writes += await costOfRefused(uncounted, aside, commandName, args.input);
          throw error;
        }
      },
    { step: 'initialize', name: 'meter' },
  );
  return {
    client,
    take() {
      const taken = { ...sum };
      Object.assign(sum, { writes: 0, indexWrites: 0, reads: 0, requests: 0 });
      return taken;
    },
  };
}

/** A client for an engine's URL, which has the credentials. */
export function clientOf(url: string): DynamoDBClient {
  const { username, password, host } = new URL(url);
  return new DynamoDBClient({
    endpoint: `http://${host}`,
    region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
}

function unitsOf(consumed: ConsumedCapacity | undefined): number {
  if (consumed?.CapacityUnits === undefined) throw new Error('the engine does not say what it consumed');
  return consumed.CapacityUnits;
}

function indexUnitsOf(consumed: ConsumedCapacity | undefined): number {
  return Object.values(consumed?.GlobalSecondaryIndexes ?? {}).reduce(
    (sum, { CapacityUnits = 0 }) => sum + CapacityUnits,
    0,
  );
}

async function costOfRefused(
  client: DynamoDBClient,
  aside: string,
  commandName: string,
  input: object,
): Promise<number> {
  if (commandName === 'UpdateItemCommand')
    return costOfUpdate(client, aside, input as UpdateItemCommandInput);
  const { TableName, Item = {} } = input as PutItemCommandInput;
  const { pk, sk } = Item;
  await copyAside(client, aside, TableName, { pk, sk } as Record<string, AttributeValue>);
  const put = new PutItemCommand({ TableName: aside, Item, ...MEASURED });
  return unitsOf((await client.send(put)).ConsumedCapacity);
}

async function costOfUpdate(
  client: DynamoDBClient,
  aside: string,
  input: UpdateItemCommandInput,
): Promise<number> {
  const { TableName, Key = {}, UpdateExpression = '', ExpressionAttributeNames: names = {} } = input;
  await copyAside(client, aside, TableName, Key);
  // What only the condition used would be refused as unused.
  const used = <T>(all: Record<string, T>) =>
    Object.entries(all).filter(([alias]) => new RegExp(`${alias}(?![0-9])`).test(UpdateExpression));
  const update = new UpdateItemCommand({
    TableName: aside,
    Key,
    UpdateExpression,
    ExpressionAttributeNames: Object.fromEntries(used(names)),
    ExpressionAttributeValues: Object.fromEntries(used(input.ExpressionAttributeValues ?? {})),
    ...MEASURED,
  });
  return unitsOf((await client.send(update)).ConsumedCapacity);
}

async function copyAside(
  client: DynamoDBClient,
  aside: string,
  TableName: string | undefined,
  Key: Record<string, AttributeValue>,
): Promise<void> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (Item === undefined) throw new Error('a write of an absent row was refused: not foreseen here');
  await client.send(new PutItemCommand({ TableName: aside, Item }));
}
