import { errors, testFlow } from '@flowstate/conformance/fixtures';
import type { Flow } from '@flowstate/core';
import { FlowstateError } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test, vi } from 'vitest';
import { lambda } from '../../src/lambda.js';
import { contextOf, invoked } from './invocation.js';

/** What a schedule delivers. */
const SCHEDULED = { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/** A flow whose passes end as they are told, one after another; after the last, well. */
function passing(...ends: readonly (Error | 'well')[]) {
  const { flow } = testFlow();
  let passes = 0;
  const collect = async () => {
    const end = ends[passes++] ?? 'well';
    if (end !== 'well') throw end;
    return { looked: 3, launched: 2, paused: 1, notified: 1 };
  };
  const collecting: Flow = Object.assign(Object.create(flow) as Flow, { collect });
  return { flow: collecting, passes: () => passes };
}

test('one invocation is one pass, and finishes what was left', async () => {
  const store = memoryStore();
  const lost = {
    start: async () => undefined,
    call: () => Promise.reject(new Error('none')),
    status: async () => 'unknown' as const,
  };
  const before = testFlow({ store, invoker: lost, lease: 1 }).flow;
  const run = await before.function('f', async () => 'done').start(undefined, { id: 'k' });
  const { flow } = testFlow({ store, lease: 1 });
  flow.function('f', async () => 'done');
  await vi.waitFor(async () => {
    const counts = await lambda.collector(flow)(SCHEDULED, contextOf());
    expect(counts).toMatchObject({ passes: 1, paused: 0 });
    expect((await run.status())?.state).toBe('done');
  });
  expect(await lambda.collector(flow)(SCHEDULED, contextOf())).toEqual({
    passes: 1,
    looked: 0,
    launched: 0,
    paused: 0,
    notified: 0,
  });
});

test('with every, passes follow each other until the time is over', async () => {
  vi.useFakeTimers();
  try {
    const { flow, passes } = passing();
    const handler = lambda.collector(flow, { every: '5s' });
    const whole = handler(SCHEDULED, contextOf());
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await whole).toEqual({ passes: 12, looked: 36, launched: 24, paused: 12, notified: 12 });
    const cut = handler(SCHEDULED, contextOf({ remainingMs: 12_000 }));
    await vi.advanceTimersByTimeAsync(12_000);
    expect(await cut).toMatchObject({ passes: 3 });
    expect(passes()).toBe(15);
  } finally {
    vi.useRealTimers();
  }
});

test('a pass that fails is told, and followed by the next; none that is done is thrown', async () => {
  const down = new FlowstateError('STORE_UNAVAILABLE', 'no table at db.internal');
  const some = errors();
  const { flow } = passing(down, 'well', down);
  const handler = lambda.collector(flow, { every: 50, onError: some.onError });
  const counts = await handler(SCHEDULED, contextOf({ remainingMs: 400 }));
  expect(counts.passes).toBeGreaterThanOrEqual(1);
  expect(some.told[0]).toBe(down);

  const all = errors();
  const failing = lambda.collector(passing(down).flow, { onError: all.onError });
  const end = await invoked(failing, SCHEDULED);
  expect(end).toMatchObject({ functionError: { errorType: 'STORE_UNAVAILABLE' } });
  expect(JSON.stringify(end)).not.toContain('internal');
  expect(all.told).toEqual([down]);
});

test('a time between passes that is none is refused', () => {
  const { flow } = testFlow();
  expect(() => lambda.collector(flow, { every: 0 })).toThrow(TypeError);
  expect(() => lambda.collector(flow, { every: '10' })).toThrow(TypeError);
});
