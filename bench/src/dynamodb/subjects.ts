/** What consumption is measured of: one operation in a run of its own, and the plain requests that it is set beside. */
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamodb } from '@flowstate/adapter-dynamodb/store';
import { type Context, flowstate } from '@flowstate/core';
import type { Meter } from './meter.js';
import type { Units } from './prices.js';

/** The operations that are measured, each by its name in the context. */
export const OPERATIONS = ['write', 'condWrite', 'update', 'read'] as const;
/** One of {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/** What a run does: its value is made from this in the handler, so that no input carries it. */
export interface Work {
  readonly key: string;
  readonly bytes: number;
  readonly turn: number;
}

/** A process of its own: what it knows of items, it learnt itself. */
export interface Process {
  run(operation: Operation | 'nothing', work: Work): Promise<void>;
}

/** Starts a process that knows nothing yet. */
export function processOn(client: DynamoDBClient, entriesPerRow: number): Process {
  const flow = flowstate({ name: 'bench', store: dynamodb({ client, entriesPerRow }) });
  const items = flow.table<string>('items');
  const does = (name: string, deed: (ctx: Context, work: Work) => Promise<unknown>) =>
    flow.function(name, async (ctx: Context, work: Work) => void (await deed(ctx, work)));
  const functions = {
    nothing: does('nothing', async () => undefined),
    write: does('write', (ctx, work) => ctx.write(items, work.key, textOf(work))),
    condWrite: does('condWrite', (ctx, work) => ctx.condWrite(items, work.key, textOf(work), () => true)),
    update: does('update', (ctx, work) => ctx.update(items, work.key, () => textOf(work))),
    read: does('read', (ctx, { key }) => ctx.read(items, key)),
  };
  return { run: (operation, work) => functions[operation].invoke(work) };
}

/** A text of so many bytes, another one each turn. */
export function textOf({ bytes, turn }: Pick<Work, 'bytes' | 'turn'>): string {
  return String(turn).padEnd(bytes, '.');
}

/** The mean consumption of what is done so often. */
export async function meanOf(
  meter: Meter,
  times: number,
  deed: (turn: number) => Promise<void>,
): Promise<Units> {
  meter.take();
  for (let turn = 0; turn < times; turn++) await deed(turn);
  const { writes, indexWrites, reads, requests } = meter.take();
  return {
    writes: writes / times,
    indexWrites: indexWrites / times,
    reads: reads / times,
    requests: requests / times,
  };
}

/** What is left without the cost of something else. */
export function less(units: Units, other: Units): Units {
  return {
    writes: units.writes - other.writes,
    indexWrites: units.indexWrites - other.indexWrites,
    reads: units.reads - other.reads,
    requests: units.requests - other.requests,
  };
}

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
