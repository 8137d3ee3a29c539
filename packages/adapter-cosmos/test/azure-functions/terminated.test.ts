/** A worker that is told to end while functions are under way. */

import { errors, gate, testFlow } from '@flowstate/conformance/fixtures';
import { encode } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { azure, azureInvoker } from '../../src/azure-functions.js';
import { busMessage, queueMessage } from './documented-events.js';
import { app, deliverTo, post, serveApp, terminateApp } from './host.js';

const SECRET = 'a-secret-of-the-tests';
const ID = '3e8d4a5c-8f0e-4d3a-9a55-0a1c9d0a7b11';

test('everything under way is answered, its run handed over, and then the hook resolves', async () => {
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
  const { url, close } = await serveApp(() => {
    azure.http(app, slow, { secret: SECRET });
    azure.messages(app, flow, { secret: SECRET, route: 'm' });
  });
  onTestFinished(close);
  const { onError } = errors();
  const source = { queueName: 'q', connection: 'c', onError } as const;
  const [queued, ordered] = [queueMessage(ID, '{}'), busMessage('ordered', '{}')];
  const settled: string[] = [];
  const note =
    (what: string) =>
    (end: unknown): unknown => {
      settled.push(what);
      return end instanceof Error ? end.name : end;
    };
  const call = { kind: 'call', function: 'slow', id: 'call', input: encode(1) } as const;
  const answers = [
    post(`${url}slow`, {}, { 'idempotency-key': 'request' })
      .then(({ status }) => status)
      .then(note('request')),
    deliverTo(() => azure.queue(app, slow, source), queued.input, queued.metadata).then(note('queue')),
    deliverTo(
      () => azure.serviceBus(app, slow, { ...source, isSessionsEnabled: true }),
      ordered.input,
      ordered.metadata,
    ).catch(note('session')),
    azureInvoker({ url: `${url}m`, secret: SECRET })
      .call('slow', call)
      .then(({ reply }) => reply)
      .then(note('call')),
  ];
  await azureInvoker({ url: `${url}m`, secret: SECRET }).start('slow', { ...call, id: 'started' });
  await vi.waitFor(() => expect(begun).toBe(5), 10_000);
  await terminateApp();
  expect(await Promise.all(answers)).toEqual([202, undefined, 'RUN_INFRASTRUCTURE', 'pending']);
  expect(settled).toHaveLength(4);

  // Another process goes on with all of them at once.
  open();
  const { flow: next } = testFlow({ store, lease: '10m' });
  const after = next.function('slow', async (ctx) => ctx.step('wait', async () => 'done'));
  await vi.waitFor(async () => {
    await next.collect();
    for (const id of ['request', ID, 'ordered', 'call', 'started'])
      expect(await after.run(id).status()).toMatchObject({ state: 'done' });
  }, 10_000);
});
