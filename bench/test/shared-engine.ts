/** One engine for all tests of a file. */
import { type Engine, type EngineName, engineOrSkip } from '@flowstate/engines';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** Starts it before all tests, and skips them where it is missing. Whoever measures stops what is answered: the engine itself runs on. */
export function sharedEngine(name: EngineName): () => Engine {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await engineOrSkip(name);
  });
  beforeEach((context) => {
    if (engine === undefined) context.skip();
  });
  afterAll(async () => {
    await engine?.stop();
  });
  return () => {
    if (engine === undefined) throw new Error('no engine: the test should have been skipped');
    return { ...engine, stop: async () => {} };
  };
}
