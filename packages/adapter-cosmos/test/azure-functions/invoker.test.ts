import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gate, testFlow } from '@flowstate/conformance/fixtures';
import { type Flow, flowstate } from '@flowstate/core';
import { encode, type Invoker, isFlowstateError, type Message } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type AzureInvokerOptions, azure, azureInvoker } from '../../src/azure-functions.js';
import { app, bindingOf, post, registered, serveApp } from './host.js';

const SECRET = 'a-secret-of-the-tests';
const CALL: Message = { kind: 'call', function: 'f', id: 'i', input: encode(1) };

async function served(register: () => void): Promise<string> {
  const { url, close } = await serveApp(register);
  onTestFinished(close);
  return url;
}

async function reasonOf(invoker: Invoker): Promise<string> {
  const error = await invoker.call('f', CALL).catch((thrown: unknown) => thrown);
  expect(isFlowstateError(error, 'RUN_INFRASTRUCTURE')).toBe(true);
  return (error as Error).message;
}

/** A server that notes the keys it gets, and answers each request so. */
async function noting(status = 200, body = '{"reply":"status"}', type = 'application/json') {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers['x-functions-key']);
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('functions of two apps call each other, synchronously and asynchronously', async () => {
  const store = memoryStore();
  const addresses = new Map<string, string>();
  const invoker = azureInvoker({
    secret: SECRET,
    url: (target) => addresses.get(target) ?? 'http://127.0.0.1:9/',
  });
  const [caller, callee] = ['caller', 'callee'].map((name) => flowstate({ name, store, invoker })) as [
    Flow,
    Flow,
  ];
  let audited = 0;
  const price = callee.function('price', async (_, hotel: string) => hotel.length);
  const audit = callee.function('audit', (ctx, n: number) =>
    ctx.step('audit', async () => {
      audited += n;
    }),
  );
  const reserve = caller.function('reserve', async (ctx, { hotel }: { hotel: string }) => {
    const cost = await ctx.syncInvoke(price, hotel);
    await ctx.asyncInvoke(audit, cost);
    return { cost };
  });
  addresses.set('price', `${await served(() => azure.http(app, price, { secret: SECRET }))}price`);
  addresses.set(
    'audit',
    `${await served(() => azure.messages(app, callee, { secret: SECRET }))}callee-messages`,
  );
  const url = await served(() => azure.http(app, reserve));
  const answer = await post(`${url}reserve`, { hotel: 'h123' }, { 'idempotency-key': 'r1' });
  expect([answer.status, await answer.json()]).toEqual([200, { cost: 4 }]);
  await vi.waitFor(() => expect(audited).toBe(4), 10_000);
});

test('a start does not wait for its run, though its request is answered when the run has ended', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  onTestFinished(open);
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const url = await served(() => azure.messages(app, flow, { secret: SECRET, route: 'm' }));
  const statuses: number[] = [];
  const invoker = azureInvoker({
    url: `${url}m`,
    secret: SECRET,
    fetch: async (input, init) => {
      const answer = await fetch(input, init);
      statuses.push(answer.status);
      return answer;
    },
  });
  const message: Message = { kind: 'call', function: 'slow', id: 's', input: encode(undefined) };
  await invoker.start('slow', message);
  expect(statuses).toEqual([]);
  await vi.waitFor(
    async () => expect(await slow.run('s').status()).toMatchObject({ state: 'running' }),
    10_000,
  );
  expect(await invoker.call('slow', message)).toMatchObject({ reply: 'pending', state: 'running' });
  open();
  await vi.waitFor(() => expect(statuses).toEqual([200, 202]), 10_000);
  expect(await slow.run('s').status()).toMatchObject({ state: 'done' });
});

test('a start that is refused at once is thrown', async () => {
  const { url } = await noting(500);
  const started = azureInvoker({ url, secret: SECRET }).start('f', CALL);
  await expect(started).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
});

test('where the app streams its answers, a start is answered at once, and the process kept until its end', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  onTestFinished(open);
  flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  const [messages] = registered(() => azure.messages(app, flow, { secret: SECRET }));
  const sent = vi.fn(async (input: unknown, init: RequestInit | undefined) => {
    const { method, url, headers, body } = new Request(String(input), init);
    const answer = (await messages!.callback({ method, url, headers, body })) as {
      status: number;
      headers: Record<string, string>;
      body: ReadableStream<Uint8Array>;
    };
    return new Response(answer.body, answer);
  });
  const invoker = azureInvoker({ url: 'https://app/api/m', secret: SECRET, fetch: sent as typeof fetch });
  await invoker.start('slow', { kind: 'call', function: 'slow', id: 's', input: encode(undefined) });
  expect((await sent.mock.results[0]!.value).status).toBe(202);
});

test('a key of the function goes along, for each target or for all', async () => {
  const { url, seen } = await noting();
  const status = (functionKey?: AzureInvokerOptions['functionKey']) =>
    azureInvoker({ url, secret: SECRET, ...(functionKey && { functionKey }) }).status('f', '0'.repeat(32));
  expect(await status()).toBe('unknown');
  await status('key');
  await status((target) => `key-of-${target}`);
  expect(seen).toEqual([undefined, 'key', 'key-of-f']);
});

test('what the platform refuses says what to do; no secret is shown', async () => {
  const { url } = await noting(401, '', 'text/plain');
  const reason = await reasonOf(azureInvoker({ url, secret: SECRET, functionKey: 'the-key' }));
  expect(reason).toMatch(/refused a message with status 401: give azureInvoker \{ functionKey \}/);
  expect(reason).not.toMatch(/the-key|a-secret/);
  const own = await noting(401, '{"error":{"code":"HTTP_UNAUTHORIZED"}}');
  expect(await reasonOf(azureInvoker({ url: own.url, secret: SECRET }))).toMatch(/401 \(HTTP_UNAUTHORIZED\)/);
});

test('azure.messages takes messages and nothing else', async () => {
  const { flow } = testFlow();
  flow.function('double', async (_, n: number) => 2 * n);
  const register = () => azure.messages(app, flow, { secret: SECRET, bodyBytesMax: 500 });
  const [fn, ...others] = registered(register);
  expect(others).toEqual([]);
  expect([fn?.name, bindingOf(fn!, 'httpTrigger')?.[1]]).toMatchObject([
    'shop-messages',
    { methods: ['POST'], route: 'shop-messages', authLevel: 'function' },
  ]);
  const url = `${await served(register)}shop-messages`;
  const invoker = azureInvoker({ url, secret: SECRET });
  const call = { kind: 'call', function: 'double', id: 'd', input: encode(4) } as const;
  expect(await invoker.call('double', call)).toMatchObject({ reply: 'result', value: encode(8) });
  expect((await post(url, {})).status).toBe(401);
  await expect(invoker.call('double', { ...call, input: 'x'.repeat(600) })).rejects.toThrow('413');
});

test('options that cannot be are refused at once', () => {
  const { flow } = testFlow();
  const right = { url: 'https://app/api/m', secret: SECRET };
  const wrong: object[] = [
    { url: 'nowhere' },
    { secret: 'short' },
    { timeout: 'soon' },
    { functionKey: '' },
    { functionKey: 7 },
    { queue: {} },
    { queueEncoding: 'hex' },
  ];
  for (const options of wrong) expect(() => azureInvoker({ ...right, ...options })).toThrow(TypeError);
  const messages: object[] = [
    {},
    { secret: 'short' },
    { secret: SECRET, timeout: -1 },
    { secret: SECRET, route: '' },
    { secret: SECRET, authLevel: 'none' },
    { secret: SECRET, name: 'a b' },
    { secret: SECRET, queueName: 'q' },
    { secret: SECRET, connection: 'c' },
  ];
  for (const options of messages)
    expect(() => registered(() => azure.messages(app, flow, options as { secret: string }))).toThrow(
      TypeError,
    );
});
