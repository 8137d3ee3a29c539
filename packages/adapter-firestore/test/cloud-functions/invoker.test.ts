import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gate, testFlow } from '@flowstate/conformance/fixtures';
import { type Flow, flowstate } from '@flowstate/core';
import { encode, type Invoker, isFlowstateError, type Message } from '@flowstate/core/adapter';
import { httpInvoker } from '@flowstate/core/http';
import { memoryStore } from '@flowstate/core/testing';
import { Compute, GoogleAuth } from 'google-auth-library';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type GcfHandler, type GcfInvokerOptions, gcf, gcfInvoker } from '../../src/cloud-functions.js';
import { checkedToken } from './documented-events.js';
import { post, serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';
const CALL: Message = { kind: 'call', function: 'f', id: 'i', input: encode(1) };

async function served(handler: GcfHandler): Promise<string> {
  const { url, close } = await serveHttp(handler);
  onTestFinished(close);
  return url;
}

async function reasonOf(invoker: Invoker): Promise<string> {
  const error = await invoker.call('f', CALL).catch((thrown: unknown) => thrown);
  expect(isFlowstateError(error, 'RUN_INFRASTRUCTURE')).toBe(true);
  return (error as Error).message;
}

/** A server that notes the headers it gets, and answers each request so. */
async function noting(status = 200, body = '{"reply":"status"}', type = 'application/json') {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('functions of two services call each other, synchronously and asynchronously', async () => {
  const store = memoryStore();
  const addresses = new Map<string, string>();
  const invoker = gcfInvoker({
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
  addresses.set('price', await served(gcf.http(price, { secret: SECRET })));
  addresses.set('audit', await served(gcf.messages(callee, { secret: SECRET })));
  const url = await served(gcf.http(reserve));
  const answer = await post(url, { hotel: 'h123' }, { 'idempotency-key': 'r1' });
  expect([answer.status, await answer.json()]).toEqual([200, { cost: 4 }]);
  await vi.waitFor(() => expect(audited).toBe(4), 10_000);
});

test('a start does not wait for its run, whose request lasts as long as the run', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  let underWay = 0;
  const messages = gcf.messages(flow, { secret: SECRET });
  const url = await served(async (request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    await messages(request, response);
  });
  const message: Message = { kind: 'call', function: 'slow', id: 's', input: encode(undefined) };
  await gcfInvoker({ url, secret: SECRET, timeout: '10s' }).start('slow', message);
  await vi.waitFor(
    async () => expect(await slow.run('s').status()).toMatchObject({ state: 'running' }),
    10_000,
  );
  expect(underWay).toBe(1);
  open();
  await vi.waitFor(() => expect(underWay).toBe(0), 10_000);
  expect(await slow.run('s').status()).toMatchObject({ state: 'done' });
});

test('with an auth each message carries the identity token of the metadata server, minted once', async () => {
  const asked: string[] = [];
  const metadata = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://metadata');
    response.setHeader('metadata-flavor', 'Google');
    if (!pathname.endsWith('/identity')) return void response.writeHead(404).end();
    asked.push(searchParams.get('audience') ?? '');
    const exp = Math.floor(Date.now() / 1000) + 3600;
    response.end(checkedToken({ aud: searchParams.get('audience'), exp }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => metadata.once('listening', resolve));
  vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${(metadata.address() as AddressInfo).port}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    metadata.closeAllConnections();
    metadata.close();
  });
  const { url, seen } = await noting();
  const auth = new GoogleAuth({ authClient: new Compute() });
  const invoker = gcfInvoker({ url: `${url}/messages?a=b`, secret: SECRET, auth });
  for (const _ of [1, 2]) expect(await invoker.status('f', '0'.repeat(32))).toBe('unknown');
  expect(asked).toEqual([url]);
  expect(seen).toEqual([expect.stringMatching(/^Bearer ey/), seen[0]]);
  const named = gcfInvoker({ url, secret: SECRET, auth, audience: (target) => `https://${target}.run.app` });
  await named.status('f', '0'.repeat(32));
  expect(asked[1]).toBe('https://f.run.app');
});

test('an auth of the version before answers an object; a token that cannot be minted is told, and asked for again', async () => {
  const { url, seen } = await noting();
  let minted = 0;
  const getRequestHeaders = async () => (++minted === 1 ? {} : { Authorization: `Bearer token-${minted}` });
  const auth = { getIdTokenClient: async () => ({ getRequestHeaders }) };
  const invoker = gcfInvoker({ url, secret: SECRET, auth });
  expect(await reasonOf(invoker)).toMatch(/no identity token for http.*service account/);
  expect(await invoker.status('f', '0'.repeat(32))).toBe('unknown');
  expect(seen).toEqual(['Bearer token-2']);
  const refusing = { getIdTokenClient: () => Promise.reject(new Error('no credentials')) };
  expect(await reasonOf(gcfInvoker({ url, secret: SECRET, auth: refusing }))).toContain('no credentials');
});

test('where the platform refuses a message, the error says what to do', async () => {
  const page = await noting(403, '<html>Your client does not have permission</html>', 'text/html');
  expect(await reasonOf(gcfInvoker({ url: page.url, secret: SECRET }))).toMatch(
    /refused a message with status 403: give gcfInvoker \{ auth \}.*roles\/run\.invoker/,
  );
  const { flow } = testFlow();
  const own = await served(gcf.messages(flow, { secret: 'another-secret-than-that' }));
  expect(await reasonOf(gcfInvoker({ url: own, secret: SECRET }))).toBe(
    `"f" at ${own} answered with status 401 (HTTP_UNAUTHORIZED): the secrets differ, or the clocks`,
  );
});

test('a message to a wrong place names it, and asks what it is', async () => {
  const { flow } = testFlow();
  const failing = flow.function('failing', async () => Promise.reject(new Error('no hotel')));
  const url = await served(gcf.http(failing));
  const launch: Message = { kind: 'launch', function: 'f', run: '0'.repeat(32), epoch: 1, events: 0 };
  await expect(gcfInvoker({ url: `${url}/path`, secret: SECRET }).start('f', launch)).rejects.toThrow(
    `"f" at ${url} answered with status 500: is it a handler of messages?`,
  );
  const busy = await noting(503, '{"error":{"code":"STORE_UNAVAILABLE"}}');
  expect(await reasonOf(gcfInvoker({ url: busy.url, secret: SECRET }))).toMatch(/503 \(STORE_UNAVAILABLE\)$/);
  const other = await noting(200, '[]');
  expect(await reasonOf(gcfInvoker({ url: other.url, secret: SECRET }))).toMatch(
    /no reply: is it a handler of messages\?$/,
  );
});

test('what is no address is told as such, at once or by each message that it is for', async () => {
  for (const url of ['', 'shop', 'shop:8080', 'ftp://shop'])
    expect(() => gcfInvoker({ url, secret: SECRET })).toThrow(
      new TypeError(`gcfInvoker: '${url}' is no address: give https://…`),
    );
  expect(() => httpInvoker({ url: '', secret: SECRET })).toThrow(
    new TypeError("httpInvoker: '' is no address: give https://…"),
  );
  const createTask = vi.fn(async () => []);
  const tasks = { client: { createTask }, queue: 'projects/p/locations/l/queues/q' };
  const auth = { getIdTokenClient: () => Promise.reject(new Error('not to be asked')) };
  const invoker = gcfInvoker({ url: () => '', secret: SECRET, auth, tasks });
  const reason = `"f": gcfInvoker: '' is no address: give https://…`;
  expect(await reasonOf(invoker)).toBe(reason);
  const launch: Message = { kind: 'launch', function: 'f', run: '0'.repeat(32), epoch: 1, events: 0 };
  await expect(invoker.start('f', launch)).rejects.toMatchObject({
    code: 'RUN_INFRASTRUCTURE',
    message: reason,
  });
  expect(createTask).not.toHaveBeenCalled();
  expect(await reasonOf(httpInvoker({ url: () => 'shop', secret: SECRET }))).toBe(
    `"f": httpInvoker: 'shop' is no address: give https://…`,
  );
});

test('options that cannot be are refused at once', () => {
  const url = 'https://shop.run.app';
  const wrong: object[] = [
    { url },
    { url: 'shop', secret: SECRET },
    { url, secret: 'short' },
    { url, secret: SECRET, timeout: 'soon' },
    { url, secret: SECRET, auth: {} },
    { url, secret: SECRET, tasks: { queue: 'projects/p/locations/l/queues/q' } },
    { url, secret: SECRET, tasks: { client: { createTask: async () => [] }, queue: 'q' } },
    {
      url,
      secret: SECRET,
      tasks: {
        client: { createTask: async () => [] },
        queue: 'projects/p/locations/l/queues/q',
        serviceAccountEmail: '',
      },
    },
  ];
  for (const options of wrong) {
    expect(() => gcfInvoker(options as GcfInvokerOptions)).toThrow(TypeError);
    expect(() => gcfInvoker(options as GcfInvokerOptions)).not.toThrow(/httpInvoker|Invalid URL/);
  }
  expect(() => gcfInvoker({ url } as GcfInvokerOptions)).toThrow(/^gcfInvoker: give a secret/);
});
