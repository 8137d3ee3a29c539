import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Flow, flowstate } from '@flowstate/core';
import { encode, hash } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { collectorLoop, http, httpInvoker, serve } from '../../src/http.js';
import { errors, gate, post, SECRET, served, testFlow } from './served-flow.js';

const MESSAGES = '/flowstate/messages';

/** Two processes' flows, each behind its own server, on one store. */
async function twoFlows(define: (caller: Flow, callee: Flow) => void) {
  const store = memoryStore();
  const addresses = new Map<string, string>();
  const invoker = httpInvoker({
    secret: SECRET,
    url: (target) => addresses.get(target) ?? 'http://127.0.0.1:9/',
  });
  const flows = ['caller', 'callee'].map((name) => flowstate({ name, store, invoker, lease: '300ms' }));
  const [caller, callee] = flows as [Flow, Flow];
  define(caller, callee);
  const { onError } = errors();
  const urls: string[] = [];
  for (const flow of flows) {
    const own = flow.functions().filter((name) => !name.startsWith('flowstate.'));
    const { url } = await served(
      http.app(flow, { secret: SECRET, onError, functions: own.map((name) => ({ name })) }),
    );
    for (const name of own) addresses.set(name, url + MESSAGES);
    urls.push(url);
    const loop = collectorLoop(flow, { every: 100 });
    onTestFinished(() => loop.stop());
  }
  return { store, url: urls[0] ?? '', addresses };
}

test('functions of two servers call each other, synchronously and asynchronously', async () => {
  let audits = 0;
  const { url } = await twoFlows((caller, callee) => {
    const log = callee.table<number>('log');
    callee.function('price', async (_, hotel: string) => {
      if (hotel === 'closed') throw new RangeError('closed');
      return hotel.length;
    });
    callee.function('audit', async (ctx, n: number) => {
      audits += 1;
      await ctx.update(log, 'sum', (sum) => (sum ?? 0) + n);
    });
    const price = caller.remote<string, number>('price');
    const audit = caller.remote<number, void>('audit');
    caller.function('reserve', async (ctx, hotel: string) => {
      const cost = await ctx.syncInvoke(price, hotel);
      await ctx.asyncInvoke(audit, cost);
      return { cost };
    });
  });
  const answer = await post(`${url}/functions/reserve`, 'h123', { 'idempotency-key': 'r1' });
  expect([answer.status, await answer.json()]).toEqual([200, { cost: 4 }]);
  await vi.waitFor(() => expect(audits).toBe(1));
  const failed = await post(`${url}/functions/reserve`, 'closed');
  expect([failed.status, await failed.json()]).toEqual([
    500,
    { outcome: 'error', error: { name: 'RangeError', message: 'closed' } },
  ]);
});

/** A process that passes one message on, and dies before the reply is out. */
async function dyingInFrontOf(alive: string, died: () => void): Promise<string> {
  const dying = createServer(async (request) => {
    const body = await text(request);
    const { 'content-type': type = '', 'flowstate-signature': signature = '' } = request.headers;
    await fetch(alive, {
      method: 'POST',
      headers: { 'content-type': type, 'flowstate-signature': String(signature) },
      body,
    });
    died();
    request.socket.destroy();
  });
  await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void dying.close());
  return `http://127.0.0.1:${(dying.address() as AddressInfo).port}/`;
}

test('a callee that dies in the middle of a call has run once', async () => {
  let deaths = 0;
  let charges = 0;
  const { url, addresses } = await twoFlows((caller, callee) => {
    const balance = callee.table<number>('balance');
    callee.function('charge', async (ctx, n: number) => {
      charges += 1;
      return ctx.update(balance, 'ada', (had) => (had ?? 0) + n, { returns: (has) => has });
    });
    const charge = caller.remote<number, number>('charge');
    caller.function('buy', async (ctx, n: number) => ctx.syncInvoke(charge, n));
  });
  const alive = addresses.get('charge') ?? '';
  const dying = await dyingInFrontOf(alive, () => {
    deaths += 1;
    addresses.set('charge', alive);
  });
  addresses.set('charge', dying);
  const send = () => post(`${url}/functions/buy`, 21, { 'idempotency-key': 'b1' });
  const first = await send();
  expect([first.status, await first.json()]).toMatchObject([503, { error: { code: 'RUN_INFRASTRUCTURE' } }]);
  const second = await send();
  expect([second.status, await second.json()]).toEqual([200, 21]);
  expect([deaths, charges]).toEqual([1, 1]);
});

const call = { kind: 'call', function: 'f', id: 'i', input: encode(1) } as const;

/** A receiver that answers as it is told, and an invoker that asks it. */
async function answering(status: number, body: string, timeout: '60s' | '50ms' = '60s') {
  const { url } = await served(async () => {
    if (timeout === '50ms') await gate().opened;
    return new Response(body, { status, headers: { location: 'http://127.0.0.1:9/' } });
  });
  return httpInvoker({ url, secret: SECRET, timeout });
}

test('whatever is no reply is an infrastructure error', async () => {
  const infrastructure = (message: string) =>
    expect.objectContaining({ code: 'RUN_INFRASTRUCTURE', message: expect.stringContaining(message) });
  for (const [status, body, message] of [
    [200, 'not json', 'SyntaxError'],
    [200, '{"reply":"other"}', 'no reply'],
    [202, '{"reply":"status"}', 'status 202'],
    [401, '{"error":{"code":"HTTP_UNAUTHORIZED"}}', '401 (HTTP_UNAUTHORIZED)'],
    [502, 'a page with a secret', 'status 502'],
    [307, '', 'status 307'],
  ] as const) {
    const invoker = await answering(status, body);
    await expect(invoker.call('f', call)).rejects.toEqual(infrastructure(message));
    await expect(invoker.call('f', call)).rejects.not.toThrow('a page');
  }
  await expect((await answering(200, '{}', '50ms')).call('f', call)).rejects.toEqual(
    infrastructure('the time is over'),
  );
  await expect((await answering(503, '{}')).start('f', call)).rejects.toEqual(infrastructure('status 503'));
  await expect(httpInvoker({ url: 'http://127.0.0.1:9', secret: SECRET }).call('f', call)).rejects.toEqual(
    infrastructure('did not reply'),
  );
  expect(() => httpInvoker({ url: 'nowhere', secret: SECRET })).toThrow(TypeError);
  expect(() => httpInvoker({ url: 'http://127.0.0.1:9', secret: '' })).toThrow(TypeError);
});

test('a status is asked of the other side', async () => {
  const { flow } = testFlow();
  const f = flow.function('f', async () => 'done');
  await f.invoke(undefined, { id: 'i' });
  const { url } = await served(http.messages(flow, { secret: SECRET }));
  const invoker = httpInvoker({ url, secret: [SECRET, 'the-secret-of-last-year'] });
  expect(await invoker.status('f', hash('f', 'i'))).toMatchObject({ id: 'i', state: 'done' });
  expect(await invoker.status('f', hash('f', 'absent'))).toBe('unknown');
});

test('messages share a connection, and a receiver with another secret is an infrastructure error', async () => {
  const { flow } = testFlow();
  const serving = await serve(http.messages(flow, { secret: SECRET, onError: errors().onError }));
  onTestFinished(() => serving.close(0));
  let connections = 0;
  serving.server.on('connection', () => {
    connections += 1;
  });
  const invoker = httpInvoker({ url: serving.url, secret: SECRET });
  for (let i = 0; i < 5; i++) await invoker.status('f', hash('f', 'i'));
  expect(connections).toBe(1);
  await expect(
    httpInvoker({ url: serving.url, secret: 'another-secret-than-that' }).status('f', hash('f', 'i')),
  ).rejects.toMatchObject({
    code: 'RUN_INFRASTRUCTURE',
  });
});
