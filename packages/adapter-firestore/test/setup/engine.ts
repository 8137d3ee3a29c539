/** One engine for a test file, and an empty database of it for each test that asks. */
import { type Engine, engineOrSkip } from '@flowstate/engines';
import type { Firestore } from '@google-cloud/firestore';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { objectOf } from '../conformance/on-engine.js';
import { type Wire, wireTo } from '../wire.js';

let engine: Engine | undefined;
const ends: (() => Promise<void>)[] = [];

/** Starts Firestore for this file; without an engine every test of the file is skipped. */
export function useEngine(): void {
  beforeAll(async () => {
    engine = await engineOrSkip('firestore');
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

/** The URL of a database without documents. */
export async function emptyDatabase(): Promise<string> {
  if (engine === undefined) throw new Error('no engine: the test should have been skipped');
  return engine.database();
}

/** A Firestore object, until the test ends. */
export function openObject(url: string): Firestore {
  const db = objectOf(url);
  ends.push(() => db.terminate());
  return db;
}

/** A Firestore object whose requests are seen, until the test ends. */
export async function openWire(url?: string): Promise<Wire> {
  const wire = await wireTo(url ?? (await emptyDatabase()));
  ends.push(() => wire.close());
  return wire;
}
