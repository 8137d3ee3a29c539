/** Runs that were begun a moment ago, where reads may be old. */
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { encode } from '../src/codec.js';
import { processPlatform } from '../src/default-platform.js';
import { statusOf } from '../src/http/index.js';
import { flowstate } from '../src/index.js';
import type { Invoker } from '../src/platform/invoker.js';
import type { Message } from '../src/platform/message.js';
import type { RowKey, Store } from '../src/platform/store.js';
import { memoryStore } from '../src/testing/index.js';

const STALE_MS = 200;

/** Its reads of intents say for a while that there is none, as a replica that lags behind does. */
function laggingAt(lag: { until: number }): Store {
  const store = memoryStore();
  const isHidden = ({ sort }: RowKey): boolean => sort === 'intent' && Date.now() < lag.until;
  return {
    ...store,
    traits: { ...store.traits, reads: 'bounded', staleMs: STALE_MS },
    read: async (key) => (isHidden(key) ? undefined : store.read(key)),
    async query(query) {
      const page = await store.query(query);
      return { ...page, rows: page.rows.filter(({ key }) => !isHidden(key)) };
    },
  };
}

test('a run that was begun a moment ago is not taken for none', async () => {
  const lag = { until: 0 };
  const flow = flowstate({ name: 'f', store: laggingAt(lag) });
  const answer = flow.function('answer', async () => 42);
  await answer.invoke(null, { id: 'r' });
  for (const ask of [
    () => answer.run('r').result(),
    async () => (await answer.run('r').status())?.state,
    // As entries and other processes ask.
    () => statusOf({ flow, name: 'answer', id: 'r' }),
  ]) {
    lag.until = Date.now() + STALE_MS / 2;
    expect([42, 'done', expect.objectContaining({ state: 'done' })]).toContainEqual(await ask());
  }
});

test('nor by a second look that is just as old as reads may be', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const lag = { until: 0 };
  const flow = flowstate({ name: 'f', store: laggingAt(lag) });
  const answer = flow.function('answer', async () => 42);
  await answer.invoke(null, { id: 'r' });
  // What was written now is seen by reads that come after STALE_MS, not by one that comes just then.
  lag.until = Date.now() + STALE_MS + 1;
  const status = answer.run('r').status();
  await vi.advanceTimersByTimeAsync(2 * STALE_MS);
  expect(await status).toMatchObject({ state: 'done' });
});

test('a launch that comes before its run can be seen is not for nothing', async () => {
  const lag = { until: 0 };
  const launches: Message[] = [];
  const invoker: Invoker = {
    call: () => Promise.reject(new Error('nobody calls')),
    start: async (_, message) => void launches.push(message),
    status: async () => 'unknown',
  };
  const flow = flowstate({ name: 'f', store: laggingAt(lag), invoker });
  const answer = flow.function('answer', async () => 42);
  await answer.start(null, { id: 'r' });
  lag.until = Date.now() + STALE_MS / 2;
  await expect(Promise.all(launches.map((launch) => flow.receive(launch)))).resolves.toMatchObject([
    { reply: 'result' },
  ]);
});

test('who sends what does not fit is not kept waiting until no read can be old', async () => {
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  const store = laggingAt({ until: 0 });
  const flow = flowstate({ name: 'f', store, platform: { ...processPlatform, wait } });
  flow.function('answer', { input: v.number() }, async () => 42);
  const call = { kind: 'call', function: 'answer', id: 'r', input: encode('no number') } as const;
  expect([await flow.receive(call), waits]).toMatchObject([{ reply: 'refused' }, []]);
});

test('one that is not there is none as soon as no read can be that old', async () => {
  const flow = flowstate({ name: 'f', store: laggingAt({ until: Number.POSITIVE_INFINITY }) });
  const { run } = flow.function('answer', async () => 42);
  expect(await run('r').status()).toBeUndefined();
  await expect(run('r').result()).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
});
