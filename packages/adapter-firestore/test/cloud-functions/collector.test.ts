import { errors, testFlow } from '@flowstate/conformance/fixtures';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type GcfCollectorOptions, gcf } from '../../src/cloud-functions.js';
import { bearerOf } from './documented-events.js';
import { serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';

/** A collector whose passes end as they are told, one after another; after the last, well. */
function passing(...ends: readonly (Error | 'well')[]) {
  let passes = 0;
  const collect = async () => {
    const end = ends[passes++] ?? 'well';
    if (end !== 'well') throw end;
    return { looked: 3, launched: 2, paused: 1, notified: 1 };
  };
  return { collect, passes: () => passes };
}

async function served(flow: Parameters<typeof gcf.collector>[0], options: GcfCollectorOptions) {
  const { url, close } = await serveHttp(gcf.collector(flow, options));
  onTestFinished(close);
  return (authorization?: string, method = 'POST') =>
    fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
}

test('a job of the scheduler finishes what was left', async () => {
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
  const schedule = await served(flow, { secret: SECRET });
  await vi.waitFor(async () => {
    const answer = await schedule(`Bearer ${SECRET}`);
    expect([answer.status, await answer.json()]).toMatchObject([200, { passes: 1 }]);
    expect((await run.status())?.state).toBe('done');
  });
});

test('nobody has it work without the secret, or without an identity', async () => {
  const { passes, ...flow } = passing();
  const secret = await served(flow, { secret: [SECRET, 'the-secret-of-last-year'] });
  const iam = await served(flow, { access: 'iam' });
  for (const [schedule, authorization] of [
    [secret, undefined],
    [secret, 'Bearer another-secret-than-that'],
    [secret, bearerOf('scheduler')],
    [iam, undefined],
    [iam, `Bearer ${SECRET}`],
  ] as const)
    expect((await schedule(authorization)).status).toBe(401);
  expect((await iam(bearerOf('scheduler'), 'PUT')).status).toBe(405);
  expect(passes()).toBe(0);
  for (const answer of [
    await secret(`Bearer ${SECRET}`, 'GET'),
    await secret('Bearer the-secret-of-last-year'),
    await iam(bearerOf('scheduler')),
  ])
    expect(await answer.json()).toEqual({ passes: 1, looked: 3, launched: 2, paused: 1, notified: 1 });
});

test('with every, passes follow each other until the time is over', async () => {
  const { passes, ...flow } = passing();
  const schedule = await served(flow, { secret: SECRET, every: 20, timeout: '800ms' });
  const answer = await schedule(`Bearer ${SECRET}`);
  const counts = (await answer.json()) as { passes: number };
  expect(counts.passes).toBeGreaterThan(1);
  expect(counts.passes).toBe(passes());
});

test.each([{ secret: SECRET }, { access: 'iam' } as const])(
  'a pass that fails is told, and followed by the next; where all fail it answers 503: %j',
  async (access) => {
    const down = () => new Error('expired key');
    const { onError, told } = errors();
    const authorization = 'secret' in access ? `Bearer ${SECRET}` : bearerOf('scheduler');
    const one = await served(passing(down(), 'well'), { ...access, onError, every: 5, timeout: '400ms' });
    expect(await (await one(authorization)).json()).toMatchObject({ looked: expect.any(Number) });
    expect(told).toHaveLength(1);
    const none = await served(passing(down()), { ...access, onError });
    const answer = await none(authorization);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('expired key');
    expect(told).toHaveLength(2);
  },
);

test('options that cannot be are refused at once, and told what to do', () => {
  const { passes: _, ...flow } = passing();
  const refused = (options: object) => () => gcf.collector(flow, options as GcfCollectorOptions);
  expect(refused({})).toThrow(/give \{ secret \}.*access: 'iam'/);
  expect(refused({ secret: SECRET, access: 'iam' })).toThrow(TypeError);
  expect(refused({ access: 'public' })).toThrow(/access is 'iam'/);
  expect(refused({ secret: 'short' })).toThrow(/16 characters/);
  expect(refused({ secret: SECRET, every: 0 })).toThrow(/gcf\.collector: every/);
  expect(refused({ secret: SECRET, timeout: 0 })).toThrow(/gcf\.collector: timeout/);
});
