import { createRequire } from 'node:module';
import { brokenStore, errors, gate, intentOf, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { encode, hash } from '@flowstate/core/adapter';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type AzureHttpOptions, azure, azureInvoker } from '../../src/azure-functions.js';
import { easyAuthOf } from './documented-events.js';
import { app, bindingOf, post, registered, serveApp } from './host.js';

const SECRET = 'a-secret-of-the-tests';

async function served(register: () => void): Promise<string> {
  const { url, close } = await serveApp(register);
  onTestFinished(close);
  return url;
}

async function codeOf(answer: Response): Promise<unknown[]> {
  const { error } = (await answer.json()) as { error: { code: string } };
  return [answer.status, error.code];
}

test('a function is answered through the library, from the bytes that were sent, on its route', async () => {
  const { flow, store } = testFlow();
  const take = flow.function('take', async (ctx, order: unknown) => ({ order, run: ctx.runId }));
  const url = await served(() =>
    azure.http(app, take, {
      route: 'shops/{shop}/orders',
      input: (request, body) => [new URL(request.url).pathname, new URL(request.url).search, body],
    }),
  );
  const answer = await post(
    `${url}shops/7/orders?size=2&code=key`,
    { ä: '漢😀' },
    { 'idempotency-key': 'k' },
  );
  expect(answer.headers.get('flowstate-outcome')).toBe('result');
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { order: ['/api/shops/7/orders', '?size=2&code=key', { ä: '漢😀' }], run: 'k' },
  ]);
  expect(runIds(store)).toEqual(['k']);
});

test('any JSON is an input; what is none, or too large, is refused', async () => {
  const { flow, store } = testFlow();
  const echo = flow.function('echo', async (_, input: unknown) => [input]);
  const url = `${await served(() => azure.http(app, echo, { bodyBytesMax: 100 }))}echo`;
  for (const input of ['text', 7, true, null, [1]])
    expect(await (await post(url, JSON.stringify(input))).json()).toEqual([input]);
  const known = runIds(store).length;
  expect(await codeOf(await post(url, '{}', { 'content-type': 'text/plain' }))).toEqual([
    415,
    'HTTP_CONTENT_TYPE',
  ]);
  expect(await codeOf(await post(url, '{"broken":'))).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await codeOf(await post(url, `"${'x'.repeat(100)}"`))).toEqual([413, 'HTTP_BODY_TOO_LARGE']);
  // Nothing but a POST is registered.
  expect((await fetch(url)).status).toBe(404);
  expect(runIds(store)).toHaveLength(known);
});

test('what is registered: a POST behind a key, and with a secret a GET of the status, signed instead', () => {
  const { flow } = testFlow();
  const fn = flow.function('shop.reserve', async () => 1);
  const shown = (options: AzureHttpOptions<unknown, number>) =>
    registered(() => azure.http(app, fn, options)).map((each) => {
      const { methods, route, authLevel } = bindingOf(each, 'httpTrigger')![1];
      return [each.name, methods, route, authLevel];
    });
  expect(shown({})).toEqual([['shop-reserve', ['POST'], 'shop-reserve', 'function']]);
  expect(shown({ secret: SECRET, name: 'take', route: 'orders', authLevel: 'admin' })).toEqual([
    ['take', ['POST'], 'orders', 'admin'],
    ['take-status', ['GET'], 'orders', 'anonymous'],
  ]);
});

test('a run that outlives its wait, or its execution, has been handed over when the 202 is out', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const cases: [id: string, options: AzureHttpOptions<unknown, string>][] = [
    ['wait', { wait: 20 }],
    ['timeout', { timeout: '1s', wait: '1h' }],
  ];
  for (const [id, options] of cases) {
    const url = await served(() => azure.http(app, slow, { ...options, secret: SECRET }));
    const address = `${url}slow?code=the-key`;
    const answer = await post(address, {}, { 'idempotency-key': id });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([202, '1']);
    expect(Number(intentOf(store, 'slow', id)?.due)).toBeLessThanOrEqual(Date.now());
    const { state, status } = (await answer.json()) as { state: string; status: string };
    expect(state).toBe('running');
    // The key is not handed on: the address opens this status, and nothing else.
    expect(status).not.toContain('the-key');
    expect(new URL(answer.headers.get('location') ?? '', address).href).toBe(status);
    expect(await (await fetch(status)).json()).toEqual({ state: 'running' });
    expect((await fetch(`${status}0`)).status).toBe(401);
    expect((await fetch(`${url}slow`)).status).toBe(405);
  }
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    for (const [id] of cases) expect((await slow.run(id).status())?.state).toBe('done');
  }, 10_000);
});

test('errors of the infrastructure are bare, and told', async () => {
  const { flow } = testFlow({ store: brokenStore().store });
  const { onError, told } = errors();
  const fn = flow.function('f', async () => 1);
  const url = await served(() =>
    azure.http(app, fn, {
      onError: (error) => {
        onError(error);
        throw new Error('nobody is to hear of this');
      },
    }),
  );
  const answer = await post(`${url}f`, {});
  expect(answer.headers.get('retry-after')).toBe('2');
  const text = await answer.text();
  expect([answer.status, JSON.parse(text).error.code]).toEqual([503, 'STORE_MISCONFIGURED']);
  expect(text).not.toMatch(/expired key|nobody/);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
});

test('behind easy auth a key counts per provider and user; without a user nothing is begun', async () => {
  const { flow, store } = testFlow();
  const fn = flow.function('f', async (ctx) => ctx.runId);
  const url = `${await served(() => azure.http(app, fn, { access: 'easy-auth' }))}f`;
  const run = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await post(url, {}, { 'idempotency-key': 'k', ...headers });
    return answer.status === 200 ? answer.json() : answer.status;
  };
  const ada = await run(easyAuthOf('ada'));
  expect(ada).toBe(`${hash('principal', '["easy-auth","aad","ada"]')}:k`);
  // A token is renewed, and the user stays.
  expect(await run({ ...easyAuthOf('ada'), authorization: 'Bearer another' })).toBe(ada);
  expect(await run(easyAuthOf('ada', 'google'))).not.toBe(ada);
  expect(await run(easyAuthOf('bob'))).not.toBe(ada);
  const known = runIds(store).length;
  const none = [{}, { 'x-ms-client-principal-id': 'ada' }, { 'x-ms-client-principal-idp': 'aad' }];
  for (const headers of none) expect(await run({ ...headers, 'x-functions-key': 'key' })).toBe(401);
  expect(runIds(store)).toHaveLength(known);
});

test('without access no user is believed, and a key of the function is nobody: a key counts per header', async () => {
  const { flow } = testFlow();
  const fn = flow.function('f', async (ctx) => ctx.runId);
  const key = { 'idempotency-key': 'k' };
  const url = `${await served(() => azure.http(app, fn))}f`;
  const run = async (headers: Record<string, string>) => (await post(url, {}, { ...key, ...headers })).json();
  expect(await run(easyAuthOf('ada'))).toBe('k');
  expect(await run({ 'x-functions-key': 'one' })).toBe('k');
  expect(await run({ authorization: 'Bearer a' })).not.toBe(await run({ authorization: 'Bearer b' }));
  const own = { access: 'easy-auth', principal: () => 'team' } as const;
  const team = `${await served(() => azure.http(app, fn, own))}f`;
  const answer = await post(team, {}, { ...key, ...easyAuthOf('ada') });
  expect(await answer.json()).toBe(`${hash('principal', 'team')}:k`);
});

test('with a secret one function is entry and callee at once; without it takes no message', async () => {
  const { flow } = testFlow();
  const double = flow.function('double', async (_, { n }: { n: number }) => 2 * n);
  const call = { kind: 'call', function: 'double', id: 'd', input: encode({ n: 4 }) } as const;
  const url = `${await served(() => azure.http(app, double, { secret: SECRET, access: 'easy-auth' }))}double`;
  expect(await azureInvoker({ url, secret: SECRET }).call('double', call)).toMatchObject({
    reply: 'result',
    value: encode(8),
  });
  expect(await (await post(url, { n: 3 }, easyAuthOf('ada'))).json()).toBe(6);
  const other = azureInvoker({ url, secret: 'another-secret-than-that' });
  await expect(other.call('double', call)).rejects.toThrow('status 401 (HTTP_UNAUTHORIZED)');
  const closed = `${await served(() => azure.http(app, double))}double`;
  await expect(azureInvoker({ url: closed, secret: SECRET }).call('double', call)).rejects.toMatchObject({
    code: 'RUN_INFRASTRUCTURE',
  });
});

test('an address that is none, or a method that fetch does not know, is refused', async () => {
  // By its name it cannot be imported on Node 20 and 22.
  const { HttpRequest } = createRequire(import.meta.url)(
    '@azure/functions',
  ) as typeof import('@azure/functions');
  const { flow } = testFlow();
  const fn = flow.function('f', async () => 1);
  const [{ callback } = { callback: () => undefined }] = registered(() => azure.http(app, fn));
  const right = new HttpRequest({ method: 'POST', url: 'https://app.azurewebsites.net/api/f' });
  expect(await callback(right)).toMatchObject({ status: 200, headers: { 'flowstate-outcome': 'result' } });
  for (const wrong of [{ url: '/api/f' }, { method: 'TRACE' }]) {
    const { url, headers, body } = right;
    expect(await callback({ method: 'POST', url, headers, body, ...wrong })).toMatchObject({ status: 400 });
  }
});

test('options that cannot be are refused at once', () => {
  const { flow } = testFlow();
  const fn = flow.function('f', async () => 1);
  const wrong: [options: object, says: RegExp][] = [
    [{ timeout: 'soon' }, /timeout/],
    [{ timeout: 0 }, /azure\.http: timeout/],
    [{ wait: 'x' }, /wait/],
    [{ access: 'public' }, /azure\.http: access is 'easy-auth'/],
    [{ authLevel: 'none' }, /azure\.http: authLevel is/],
    [{ route: '' }, /azure\.http: give \{ route \}/],
    [{ route: '/orders' }, /azure\.http: a route begins behind the slash: "orders"/],
    [{ secret: 'short' }, /secret of at least 16/],
    [{ name: '7up' }, /azure\.http: "7up" is no name of a function/],
    [{ name: 'n'.repeat(128), secret: SECRET }, /-status" is no name|is no name/],
  ];
  for (const [options, says] of wrong)
    expect(() => registered(() => azure.http(app, fn, options))).toThrow(says);
  expect(() => azure.http({} as typeof app, fn)).toThrow(/give the app of @azure\/functions/);
  const odd = flow.function('7.up', async () => 1);
  expect(() => azure.http(app, odd)).toThrow(
    /"7-up", which is made of "7\.up", is no name .* give \{ name \}/,
  );
});
