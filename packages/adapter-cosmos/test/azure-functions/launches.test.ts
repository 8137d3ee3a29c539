import { brokenStore, errors, testFlow } from '@flowstate/conformance/fixtures';
import { flowstate } from '@flowstate/core';
import { encode, type Message, runKey } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test, vi } from 'vitest';
import { azure, azureInvoker, type LaunchQueue } from '../../src/azure-functions.js';
import { queueMessage } from './documented-events.js';
import { app, bindingOf, deliver, registered } from './host.js';

const SECRET = 'a-secret-of-the-tests';
const URL = 'http://127.0.0.1:9/';
const ID = '3e8d4a5c-8f0e-4d3a-9a55-0a1c9d0a7b11';
const LAUNCH: Message = { kind: 'launch', function: 'f', run: runKey('f', 'i'), epoch: 0, events: 0 };

/** A queue that keeps what is put into it. */
function queue() {
  const texts: string[] = [];
  const client: LaunchQueue = { sendMessage: async (text) => texts.push(text) };
  return { client, texts };
}

/** The function of launches of a flow. */
function launchesOf(flow: Parameters<typeof azure.messages>[1], onError?: (error: unknown) => void) {
  const both = registered(() =>
    azure.messages(app, flow, {
      secret: SECRET,
      queueName: 'launches',
      connection: 'c',
      ...(onError && { onError }),
    }),
  );
  const launches = both.find((fn) => bindingOf(fn, 'queueTrigger') !== undefined)!;
  return {
    name: launches.name,
    binding: bindingOf(launches, 'queueTrigger')?.[1],
    take(text: string) {
      const { input, metadata } = queueMessage(ID, text);
      return deliver(launches, input, metadata);
    },
  };
}

function decoded(text: string | undefined): string {
  return Buffer.from(text ?? '', 'base64').toString();
}

test('a launch goes through the queue, and is carried out by its function', async () => {
  const { client, texts } = queue();
  const store = memoryStore();
  const invoker = azureInvoker({ url: URL, secret: SECRET, queue: client });
  const entry = flowstate({ name: 'shop', store, invoker });
  const here = flowstate({ name: 'shop', store });
  const done = here.function('f', async () => 'done');
  await entry.function('f', async () => 'never here').start(undefined, { id: 'i' });
  await vi.waitFor(() => expect(texts).toHaveLength(1), 10_000);
  const launches = launchesOf(here);
  expect([launches.name, launches.binding]).toMatchObject([
    'shop-messages-launches',
    { queueName: 'launches', connection: 'c' },
  ]);
  await launches.take(decoded(texts[0]));
  expect(await done.run('i').status()).toMatchObject({ state: 'done', outcome: expect.anything() });
  // Delivered once more, it is the same run.
  await launches.take(decoded(texts[0]));
});

test('only launches go through the queue; the queue of each target, as text where the host expects it', async () => {
  const { client, texts } = queue();
  const asked: string[] = [];
  const invoker = azureInvoker({
    url: URL,
    secret: SECRET,
    queueEncoding: 'none',
    queue: (target) => {
      asked.push(target);
      return client;
    },
  });
  await invoker.start('f', LAUNCH);
  const call: Message = { kind: 'call', function: 'f', id: 'i', input: encode(1) };
  await expect(invoker.start('f', call)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  expect([asked, texts.map((text) => Object.keys(JSON.parse(text)))]).toEqual([['f'], [['headers', 'body']]]);
  expect(texts[0]).not.toContain(SECRET);
});

test.each([
  [{ statusCode: 404 }, /there is no such queue: create it/],
  [{ statusCode: 403 }, /Storage Queue Data Message Sender/],
  [{}, /the queue is down/],
])('a queue that fails with %j is told as an error of the infrastructure', async (more, says) => {
  const failing = { sendMessage: () => Promise.reject(Object.assign(new Error('the queue is down'), more)) };
  const invoker = azureInvoker({ url: URL, secret: SECRET, queue: failing });
  await expect(invoker.start('f', LAUNCH)).rejects.toMatchObject({
    code: 'RUN_INFRASTRUCTURE',
    message: expect.stringMatching(says),
  });
});

test('a queue that does not answer is not waited for longer than the timeout', async () => {
  const silent = { sendMessage: () => new Promise<never>(() => undefined) };
  const invoker = azureInvoker({ url: URL, secret: SECRET, queue: silent, timeout: 50 });
  await expect(invoker.start('f', LAUNCH)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
});

test('what is not authentic, or no launch, is told and becomes poison; nothing is begun', async () => {
  const { flow, store } = testFlow();
  flow.function('f', async () => 1);
  const { onError, told } = errors();
  const launches = launchesOf(flow, onError);
  const { client, texts } = queue();
  const send = (secret: string, message: Message) =>
    azureInvoker({ url: URL, secret, queue: client, queueEncoding: 'none' }).start('f', message);
  await send(SECRET, LAUNCH);
  const right = texts.pop() ?? '';
  await send('a-secret-that-nobody-was-told', LAUNCH);
  await send(SECRET, { ...LAUNCH, function: 'unknown' });
  const changed = right.replace('\\"epoch\\":0', '\\"epoch\\":1');
  expect(changed).not.toBe(right);
  for (const text of [
    ...texts,
    changed,
    'text',
    '{}',
    '7',
    '{"headers":{},"body":"{}"}',
    '{"headers":{"a b":"c"},"body":""}',
  ])
    await expect(launches.take(text)).rejects.toMatchObject({ name: 'MESSAGE_INVALID' });
  expect(told.map(({ message }) => message)).toEqual(
    Array.from({ length: 8 }, () =>
      expect.stringMatching(/^a message of the queue of launches is refused: /),
    ),
  );
  expect(store.rows()).toEqual([]);
});

test('a launch that meets an error of the infrastructure comes again, and shows nothing of it', async () => {
  const { store, memory, recover } = brokenStore();
  const entry = flowstate({ name: 'shop', store: memory });
  const { client, texts } = queue();
  const lost = flowstate({
    name: 'shop',
    store: memory,
    invoker: azureInvoker({ url: URL, secret: SECRET, queue: client, queueEncoding: 'none' }),
  });
  await lost.function('f', async () => 1).start(undefined, { id: 'i' });
  await vi.waitFor(() => expect(texts).toHaveLength(1), 10_000);
  const { onError, told } = errors();
  const flow = flowstate({ name: 'shop', store });
  flow.function('f', async () => 1);
  const launches = launchesOf(flow, onError);
  const thrown = await launches.take(texts[0] ?? '').catch((error: Error) => error);
  expect(String((thrown as Error).stack)).not.toMatch(/expired|at /);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
  recover();
  await launches.take(texts[0] ?? '');
  expect(
    await entry
      .function('f', async () => 1)
      .run('i')
      .status(),
  ).toMatchObject({ state: 'done' });
});
