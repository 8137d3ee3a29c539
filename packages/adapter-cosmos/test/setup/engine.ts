/** One engine for a test file, and an empty database of it for each test that asks. */
import type { CosmosClient, Database } from '@azure/cosmos';
import { type Engine, engineOrSkip } from '@flowstate/engines';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { setup } from '../../src/setup.js';
import { clientOf } from '../conformance/on-engine.js';
import { type Wire, wireTo } from '../wire.js';

let engine: Engine | undefined;
const ends: (() => Promise<void>)[] = [];

/** Starts Cosmos DB for this file; without an engine every test of the file is skipped. */
export function useEngine(): void {
  beforeAll(async () => {
    engine = await engineOrSkip('cosmos');
  });
  beforeEach((context) => {
    if (engine === undefined) context.skip();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  afterAll(async () => {
    await engine?.stop();
  });
}

/** A database without containers, and its URL, until the test ends. */
export async function emptyDatabase(): Promise<{ readonly url: string; readonly database: Database }> {
  if (engine === undefined) throw new Error('no engine: the test should have been skipped');
  const url = await engine.database();
  const client: CosmosClient = clientOf(url);
  const { database } = await client.databases.create({ id: new URL(url).pathname.slice(1) });
  ends.push(async () => {
    await database.delete();
    client.dispose();
  });
  return { url, database };
}

/** A stand-in before a database with both containers, until the test ends. */
export async function openWire(): Promise<Wire> {
  const { url, database } = await emptyDatabase();
  await setup({ database });
  const wire = await wireTo(url);
  ends.push(() => wire.close());
  return wire;
}
