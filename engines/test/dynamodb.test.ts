import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { type Engine, EngineMissing, engineOrSkip, type Source, start, startChild } from '../src/index.js';

let engine: Engine | undefined;
const clients: DynamoDBClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await engine?.stop();
  engine = undefined;
});

function clientOf(url: string): DynamoDBClient {
  const { host, username, password } = new URL(url);
  const client = new DynamoDBClient({
    endpoint: `http://${host}`,
    region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password },
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
}

async function withTable(url: string): Promise<DynamoDBClient> {
  const client = clientOf(url);
  await client.send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  return client;
}

const put = (client: DynamoDBClient, id: string) =>
  client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id } } }));
const get = async (client: DynamoDBClient, id: string) =>
  (await client.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: id } } }))).Item?.id?.S;

/** The processes that were started with that port. */
function serversOn(port: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(port);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

describe.each<Source>(['embedded', 'substitute'])('DynamoDB, %s', (source) => {
  test('on files, a kill -9 and a restart keep the data and the URL', async (context) => {
    engine = await engineOrSkip('dynamodb', { source, durable: true });
    if (!engine) return context.skip();
    const client = await withTable(await engine.database());
    for (const id of ['a', 'b']) {
      await put(client, id);
      await engine.kill();
      await expect(get(client, id)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|EPIPE|hang up/);
      await engine.restart();
      expect(await get(client, id)).toBe(id);
    }
  });

  test('in memory it is not killed by mistake, and stop ends it', async (context) => {
    engine = await engineOrSkip('dynamodb', { source });
    if (!engine) return context.skip();
    await expect(engine.kill()).rejects.toThrow('only one that is durable');
    const { port } = new URL(engine.url);
    expect(serversOn(port)).toHaveLength(1);
    await engine.stop();
    await engine.stop();
    expect(serversOn(port)).toEqual([]);
  });

  test('SIGKILL to the parent leaves no server behind', async (context) => {
    engine = await engineOrSkip('dynamodb', { source });
    if (!engine) return context.skip();
    const script = fileURLToPath(new URL('programs/dynamodb-holder.mjs', import.meta.url));
    const parent = await startChild({ script, args: [source] });
    const [, url] = await parent.line(/ready (.*)/, 60_000);
    const { port } = new URL(url ?? '');
    expect(serversOn(port)).toHaveLength(1);
    process.kill(parent.pid, 'SIGKILL');
    await expect.poll(() => serversOn(port), { timeout: 10_000 }).toEqual([]);
  });
});

test('every database of DynamoDB Local has its own tables', async (context) => {
  engine = await engineOrSkip('dynamodb', { source: 'embedded' });
  if (!engine) return context.skip();
  const [one, other] = [await engine.database(), await engine.database()];
  await withTable(one);
  expect((await clientOf(other).send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

test('a source that is not there is named with its reason', async () => {
  await expect(start('dynamodb', { source: 'url' })).rejects.toThrow(EngineMissing);
  await expect(start('dynamodb', { source: 'url' })).rejects.toThrow(
    'FLOWSTATE_TEST_DYNAMODB_URL is not set',
  );
});
