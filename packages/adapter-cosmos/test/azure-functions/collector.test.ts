import { errors, testFlow } from '@flowstate/conformance/fixtures';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test, vi } from 'vitest';
import { type AzureCollectorOptions, azure } from '../../src/azure-functions.js';
import { app, bindingOf, deliver, registered } from './host.js';

type Collected = Parameters<typeof azure.collector>[1];

/** A collector whose passes end as they are told, one after another; after the last, well. */
function passing(...ends: readonly (Error | 'well')[]) {
  let passes = 0;
  const collect = async () => {
    const end = ends[passes++] ?? 'well';
    if (end !== 'well') throw end;
    return { looked: 3, launched: 2, paused: 1, notified: 1 };
  };
  return { flow: { name: 'shop', collect }, passes: () => passes };
}

function timer(flow: Collected, options: AzureCollectorOptions = {}) {
  const [fn] = registered(() => azure.collector(app, flow, options));
  const event = { isPastDue: false, schedule: {}, scheduleStatus: {} };
  return {
    name: fn!.name,
    binding: bindingOf(fn!, 'timerTrigger')?.[1],
    run: () => deliver(fn!, { json: JSON.stringify(event) }),
  };
}

test('each minute it finishes what was left', async () => {
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
  const schedule = timer(flow);
  expect([schedule.name, schedule.binding]).toMatchObject(['shop-collector', { schedule: '0 * * * * *' }]);
  await vi.waitFor(async () => {
    await schedule.run();
    expect((await run.status())?.state).toBe('done');
  }, 10_000);
});

test('with every, passes follow each other until the time is over', async () => {
  const { flow, passes } = passing();
  await timer(flow, { every: 20, timeout: '800ms' }).run();
  expect(passes()).toBeGreaterThan(1);
});

test('a pass that fails is told, and followed by the next; where all fail the invocation fails, by its code', async () => {
  const down = () => new Error('expired key');
  const { onError, told } = errors();
  const some = passing(down(), 'well');
  await timer(some.flow, { onError, every: 5, timeout: '400ms' }).run();
  expect([told.length, some.passes() > 1]).toEqual([1, true]);
  const none = timer(passing(down()).flow, { onError });
  const thrown = await none.run().catch((error: Error) => error);
  expect(String((thrown as Error).stack)).toMatch(/^RUN_INFRASTRUCTURE: (?!.*expired key)/);
  expect(told).toHaveLength(2);
});

test('options that cannot be are refused at once', () => {
  const { flow } = passing();
  const wrong: [options: object, says: RegExp][] = [
    [{ every: 0 }, /azure\.collector: every/],
    [{ timeout: 0 }, /azure\.collector: timeout/],
    [{ schedule: '' }, /azure\.collector: give \{ schedule \}/],
    [{ name: 'each minute' }, /azure\.collector: "each minute" is no name/],
  ];
  for (const [options, says] of wrong)
    expect(() => registered(() => azure.collector(app, flow, options))).toThrow(says);
  expect(timer(flow, { schedule: '%COLLECTOR%', name: 'own' })).toMatchObject({
    name: 'own',
    binding: { schedule: '%COLLECTOR%' },
  });
});
