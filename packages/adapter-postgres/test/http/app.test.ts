import { expect, test, vi } from 'vitest';
import { http } from '../../src/http.js';
import { gate, post, SECRET, served, testFlow } from './served-flow.js';

test('every route of a flow is behind one handler', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow/1', async (ctx, n: number) => {
    await ctx.step('wait', () => opened);
    if (n < 0) throw new RangeError('too few');
    return n;
  });
  flow.function('internal', async () => 'secret');
  const { url } = await served(
    http.app(flow, { secret: SECRET, collectorSecret: 'the-secret-of-cron', functions: [slow], wait: 20 }),
  );
  const codeOf = async (answer: Response) => [
    answer.status,
    ((await answer.json()) as { error: { code: string } }).error.code,
  ];

  const accepted = await post(`${url}/functions/slow%2F1`, 3, { 'idempotency-key': 'a/b' });
  const failing = await post(`${url}/functions/slow%2F1`, -1);
  expect([accepted.status, failing.status]).toEqual([202, 202]);
  const { status } = (await accepted.json()) as { status: string };
  expect(status).toBe(new URL(accepted.headers.get('location') ?? '', accepted.url).href);
  expect(new URL(status).pathname).toBe('/flowstate/runs/slow%2F1/a%2Fb');
  expect(await (await fetch(status)).json()).toEqual({ state: 'running' });
  open();
  await vi.waitFor(async () =>
    expect(await (await fetch(status)).json()).toEqual({ state: 'done', result: 3 }),
  );
  const failed = ((await failing.json()) as { status: string }).status;
  await vi.waitFor(async () => {
    expect(await (await fetch(failed)).json()).toEqual({
      state: 'done',
      error: { name: 'RangeError', message: 'too few' },
    });
  });

  expect(await codeOf(await fetch(status.slice(0, -1)))).toEqual([401, 'HTTP_UNAUTHORIZED']);
  expect(await codeOf(await fetch(status, { method: 'POST' }))).toEqual([405, 'HTTP_METHOD']);
  expect(await codeOf(await post(`${url}/functions/internal`, 1))).toEqual([404, 'FUNCTION_UNKNOWN']);
  expect(await codeOf(await post(`${url}/functions/absent`, 1))).toEqual([404, 'FUNCTION_UNKNOWN']);
  expect(await codeOf(await fetch(`${url}/functions/slow%2F1`))).toEqual([405, 'HTTP_METHOD']);
  expect(await codeOf(await fetch(`${url}/elsewhere`))).toEqual([404, 'HTTP_ROUTE']);
  expect(await codeOf(await fetch(`${url}/functions/%E0%A4%A`, { method: 'POST' }))).toEqual([
    404,
    'FUNCTION_UNKNOWN',
  ]);
  expect(await codeOf(await fetch(`${url}/flowstate/messages`, { method: 'POST' }))).toEqual([
    401,
    'HTTP_UNAUTHORIZED',
  ]);
  expect(await codeOf(await fetch(`${url}/flowstate/collect`, { method: 'POST' }))).toEqual([
    401,
    'HTTP_UNAUTHORIZED',
  ]);
  const collect = (secret: string) =>
    fetch(`${url}/flowstate/collect`, { method: 'POST', headers: { authorization: `Bearer ${secret}` } });
  expect([(await collect(SECRET)).status, (await collect('the-secret-of-cron')).status]).toEqual([401, 200]);
});

test('a function that is not registered cannot be offered', () => {
  const { flow } = testFlow();
  expect(() => http.app(flow, { secret: SECRET, functions: [{ name: 'absent' }] })).toThrow(/absent/);
});
