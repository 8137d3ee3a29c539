/** One engine for a test file, and an empty database of it for each test that asks. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Engine, engineOrSkip } from '@flowstate/engines';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

let engine: Engine | undefined;
const clients: DynamoDBClient[] = [];

/** Starts DynamoDB for this file; without an engine every test of the file is skipped. */
export function useEngine(): void {
  beforeAll(async () => {
    engine = await engineOrSkip('dynamodb');
  });
  beforeEach((context) => {
    if (engine === undefined) context.skip();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(async () => {
    await engine?.stop();
  });
}

/** A client of a database without tables. */
export async function emptyDatabase(): Promise<DynamoDBClient> {
  if (engine === undefined) throw new Error('no engine: the test should have been skipped');
  const { username, password, host } = new URL(await engine.database());
  const client = new DynamoDBClient({
    endpoint: `http://${host}`,
    region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
  clients.push(client);
  return client;
}
