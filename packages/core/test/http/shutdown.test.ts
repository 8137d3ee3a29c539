/** Requests and messages of a process that is told to end. */
import { expect, test, vi } from 'vitest';
import { encode } from '../../src/codec.js';
import { entry, messages } from '../../src/http/index.js';
import { gate, post, SECRET, send, testFlow } from './http-flow.js';

test('a request is answered 202 when its run has been handed over', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const begun = gate();
  const slow = flow.function('slow', async (ctx) =>
    ctx.step('wait', async () => {
      begun.open();
      await opened;
      return 'done';
    }),
  );
  const shutdown = new AbortController();
  const answer = post(entry(slow, { wait: '1h', shutdown: shutdown.signal }), {}, { 'idempotency-key': 'k' });
  await begun.opened;
  shutdown.abort();
  expect((await answer).status).toBe(202);
  expect(await slow.run('k').status()).toMatchObject({ state: 'running' });
  open();
  // It is due at once, though its lease is long.
  await flow.collect();
  await vi.waitFor(async () => expect(await slow.run('k').status()).toMatchObject({ state: 'done' }));
});

test('a request that looks for the outcome of another execution goes on looking only until then', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const begun = gate();
  const slow = flow.function('slow', async () => {
    begun.open();
    await opened;
    return 'done';
  });
  const key = { 'idempotency-key': 'k' };
  const first = post(entry(slow), {}, key);
  await begun.opened;
  const shutdown = new AbortController();
  const ending = entry(slow, { wait: '1h', shutdown: shutdown.signal });
  const second = post(ending, {}, key);
  await vi.waitFor(async () => expect(await slow.run('k').status()).toMatchObject({ state: 'running' }));
  shutdown.abort();
  expect((await second).status).toBe(202);
  expect((await post(ending, {}, key)).status).toBe(202);
  open();
  expect([(await first).status, await (await post(ending, {}, key)).json()]).toEqual([200, 'done']);
});

test('a call is answered "pending", and its run has been handed over', async () => {
  const { flow } = testFlow();
  flow.function('slow', async (ctx) => ctx.step('wait', () => new Promise(() => undefined)));
  const shutdown = new AbortController();
  const handler = messages(flow, { secret: SECRET, shutdown: shutdown.signal });
  const answer = send(handler, 'call', { kind: 'call', function: 'slow', id: 'k', input: encode(null) });
  shutdown.abort();
  expect(await (await answer).json()).toMatchObject({ reply: 'pending' });
});
