import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { check, setup, table } from '../../src/setup.js';
import { dynamodb } from '../../src/store.js';
import { emptyDatabase, useEngine } from './engine.js';

useEngine();

const NAMES = { tables: { runs: 'our.runs', items: 'our-items' } };
const DATA = table('flowstate-runs');
const [INDEX] = DATA.GlobalSecondaryIndexes;

async function described(client: DynamoDBClient, TableName: string) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
}

test('tables are made as the data says, under any name, as often as it pleases and by several at once', async () => {
  const client = await emptyDatabase();
  await Promise.all([1, 2, 3].map(() => setup({ client, ...NAMES })));
  await setup({ client, ...NAMES });
  for (const name of Object.values(NAMES.tables)) {
    const data = table(name);
    const made = await described(client, name);
    expect(made?.KeySchema).toEqual(data.KeySchema);
    expect(made?.BillingModeSummary?.BillingMode).toBe(data.BillingMode);
    expect(new Set(made?.AttributeDefinitions)).toEqual(new Set(data.AttributeDefinitions));
    const [index, ...others] = made?.GlobalSecondaryIndexes ?? [];
    expect(others).toEqual([]);
    expect(index).toMatchObject(data.GlobalSecondaryIndexes[0]);
  }
  const store = dynamodb({ client, ...NAMES });
  const key = { table: 'runs', partition: 'p', sort: 'intent' } as const;
  await store.write({ write: 'create', key, fields: { runId: 'r', queue: 'wake', due: 7 } });
  expect((await store.list({ queue: 'wake', limit: 10 })).keys).toEqual([key]);
});

test('check refuses tables that are not there, and says what makes them', async () => {
  const client = await emptyDatabase();
  await expect(check({ client })).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
    message: expect.stringContaining('run setup'),
  });
});

const { GlobalSecondaryIndexes: _, ...withoutIndex } = DATA;

test.each<[string, CreateTableCommandInput, string]>([
  [
    'another key',
    {
      ...DATA,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: DATA.AttributeDefinitions.filter(({ AttributeName }) => AttributeName !== 'sk'),
    },
    'has the key pk S, not pk S, sk S',
  ],
  [
    'a sort key of numbers',
    {
      ...DATA,
      AttributeDefinitions: DATA.AttributeDefinitions.map((each) =>
        each.AttributeName === 'sk' ? { ...each, AttributeType: 'N' } : each,
      ),
    },
    'has the key pk S, sk N, not pk S, sk S',
  ],
  [
    'no index',
    { ...withoutIndex, AttributeDefinitions: DATA.AttributeDefinitions.slice(0, 2) },
    'has no index flowstate-queue (queueShard S, due N, KEYS_ONLY): add it',
  ],
  [
    'an index of everything',
    { ...DATA, GlobalSecondaryIndexes: [{ ...INDEX, Projection: { ProjectionType: 'ALL' } }] },
    'has an index flowstate-queue of queueShard S, due N, ALL, not of queueShard S, due N, KEYS_ONLY',
  ],
])('setup refuses a table with %s', async (_, wrong, said) => {
  const client = await emptyDatabase();
  await client.send(new CreateTableCommand(wrong));
  await expect(setup({ client })).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
    message: expect.stringContaining(`table flowstate-runs ${said}`),
  });
});

test('a time to live is refused, and all that is wrong is said at once', async () => {
  const client = await emptyDatabase();
  await setup({ client });
  await check({ client });
  for (const TableName of ['flowstate-runs', 'flowstate-items']) {
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'due' };
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
  await expect(check({ client })).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
    message: expect.stringMatching(/flowstate-runs has a time to live on due.*flowstate-items has a time/),
  });
});
