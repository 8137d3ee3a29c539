/** A process that is told to end while the framework's server has requests under way. */

import { gate, testFlow } from '@flowstate/conformance/fixtures';
import { encode } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { gcf, gcfInvoker } from '../../src/cloud-functions.js';
import { eventarcRequest, type Sent } from './documented-events.js';
import { post, type ServedFunction, serveEvents, serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';

async function served(serving: Promise<ServedFunction>): Promise<string> {
  const { url, close } = await serving;
  onTestFinished(close);
  return url;
}

async function sent(url: string, { path, headers, body }: Sent): Promise<number> {
  return (await fetch(`${url}${path}`, { method: 'POST', headers, body })).status;
}

test('every request under way is answered, its run handed over, and then the process may end', async () => {
  // Who else listens in this process is none of the test's.
  const others = process.rawListeners('SIGTERM') as NodeJS.SignalsListener[];
  for (const other of others) process.off('SIGTERM', other);
  onTestFinished(() => {
    for (const other of others) process.on('SIGTERM', other);
  });
  const framework = vi.fn();
  process.on('SIGTERM', framework);
  onTestFinished(() => void process.off('SIGTERM', framework));

  const store = memoryStore();
  const { flow } = testFlow({ store, lease: '10m' });
  const { opened, open } = gate();
  let begun = 0;
  const slow = flow.function('slow', async (ctx) =>
    ctx.step('wait', async () => {
      begun += 1;
      await opened;
      return 'done';
    }),
  );
  const entry = await served(serveHttp(gcf.http(slow, { secret: SECRET })));
  const events = await served(serveEvents(gcf.pubsub(slow)));
  const messages = await served(serveHttp(gcf.messages(flow, { secret: SECRET })));
  const invoker = gcfInvoker({ url: messages, secret: SECRET });
  const answers = [
    post(entry, {}, { 'idempotency-key': 'request' }).then(({ status }) => status),
    sent(events, eventarcRequest({ messageId: '1', data: '{}' })),
    sent(events, eventarcRequest({ messageId: '2', data: '{}', orderingKey: 'k' })),
    invoker
      .call('slow', { kind: 'call', function: 'slow', id: 'call', input: encode(1) })
      .then(({ reply }) => reply),
  ];
  await invoker.start('slow', { kind: 'call', function: 'slow', id: 'started', input: encode(1) });
  await vi.waitFor(() => expect(begun).toBe(5), 10_000);
  process.emit('SIGTERM', 'SIGTERM');
  expect(framework).not.toHaveBeenCalled();
  expect(await Promise.all(answers)).toEqual([202, 204, 500, 'pending']);
  await vi.waitFor(() => expect(framework).toHaveBeenCalledOnce(), 10_000);

  // Another process goes on with all of them at once.
  open();
  const { flow: next } = testFlow({ store, lease: '10m' });
  const after = next.function('slow', async (ctx) => ctx.step('wait', async () => 'done'));
  await vi.waitFor(async () => {
    await next.collect();
    for (const id of ['request', '1', '2', 'call', 'started'])
      expect(await after.run(id).status()).toMatchObject({ state: 'done' });
  }, 10_000);
});
