import { brokenStore, errors, gate, intentOf, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { encode, hash } from '@flowstate/core/adapter';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type GcfHandler, type GcfHttpOptions, gcf, gcfInvoker } from '../../src/cloud-functions.js';
import { bearerOf, checkedToken } from './documented-events.js';
import { post, serveHttp } from './framework.js';

const SECRET = 'a-secret-of-the-tests';

async function served(handler: GcfHandler): Promise<string> {
  const { url, close } = await serveHttp(handler);
  onTestFinished(close);
  return url;
}

async function codeOf(answer: Response): Promise<unknown[]> {
  const { error } = (await answer.json()) as { error: { code: string } };
  return [answer.status, error.code];
}

test('a function is answered through the framework, which has read the body, at any path', async () => {
  const { flow, store } = testFlow();
  const take = flow.function('take', async (ctx, order: unknown) => ({ order, run: ctx.runId }));
  const url = await served(
    gcf.http(take, {
      input: (request, body) => [new URL(request.url).pathname, new URL(request.url).search, body],
    }),
  );
  const answer = await post(`${url}/orders/7?size=2`, { ä: 1 }, { 'idempotency-key': 'k' });
  expect(answer.headers.get('flowstate-outcome')).toBe('result');
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { order: ['/orders/7', '?size=2', { ä: 1 }], run: 'k' },
  ]);
  expect(runIds(store)).toEqual(['k']);
});

test('texts and numbers come as JSON of their own type; what else the framework parses is refused', async () => {
  const { flow } = testFlow();
  const echo = flow.function('echo', async (_, input: unknown) => [input]);
  const url = await served(gcf.http(echo));
  for (const input of ['text', 7, true, null]) {
    const answer = await post(url, JSON.stringify(input), { 'content-type': 'application/vnd.shop+json' });
    expect([answer.status, await answer.json()]).toEqual([200, [input]]);
  }
  expect(await codeOf(await post(url, '{}', { 'content-type': 'text/plain' }))).toEqual([
    415,
    'HTTP_CONTENT_TYPE',
  ]);
  expect((await fetch(url)).status).toBe(405);
  expect((await post(url, '{"broken":')).status).toBe(400);
});

test('a run that outlives its wait, or its request, has been handed over when the 202 is out', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const cases: [id: string, options: GcfHttpOptions<unknown, string>, goesOn: boolean][] = [
    ['wait', { wait: 20 }, false],
    ['timeout', { timeout: '1s', wait: '1h' }, false],
    ['always', { wait: 20, cpu: 'always' }, true],
  ];
  for (const [id, options, goesOn] of cases) {
    const url = await served(gcf.http(slow, { ...options, secret: SECRET }));
    const answer = await post(url, {}, { 'idempotency-key': id });
    expect(answer.status).toBe(202);
    // Due now, and not only when the lease is over.
    expect(Number(intentOf(store, 'slow', id)?.due) > Date.now() + 60_000).toBe(goesOn);
    const { status } = (await answer.json()) as { status: string };
    expect(await (await fetch(status)).json()).toEqual({ state: 'running' });
  }
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    expect((await slow.run('wait').status())?.state).toBe('done');
  }, 10_000);
});

test('errors of the infrastructure are bare, and told', async () => {
  const { flow } = testFlow({ store: brokenStore().store });
  const { onError, told } = errors();
  const url = await served(
    gcf.http(
      flow.function('f', async () => 1),
      { onError },
    ),
  );
  const answer = await post(url, {});
  expect(answer.headers.get('retry-after')).toBe('2');
  const text = await answer.text();
  expect([answer.status, JSON.parse(text).error.code]).toEqual([503, 'STORE_MISCONFIGURED']);
  expect(text).not.toContain('expired key');
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
});

test('behind IAM a key counts per subject, whatever the token; without one nothing is begun', async () => {
  const { flow, store } = testFlow();
  const fn = flow.function('f', async (ctx) => ctx.runId);
  const url = await served(gcf.http(fn, { access: 'iam' }));
  const run = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await post(url, {}, { 'idempotency-key': 'k', ...headers });
    return answer.status === 200 ? answer.json() : answer.status;
  };
  const ada = await run({ authorization: bearerOf('ada', 1) });
  expect(ada).toBe(`${hash('principal', '["jwt","https://accounts.google.com","ada"]')}:k`);
  expect(await run({ authorization: bearerOf('ada', 2) })).toBe(ada);
  expect(await run({ authorization: bearerOf('bob') })).not.toBe(ada);
  // Where this header is there, the platform has not looked at the other one.
  expect(await run({ authorization: bearerOf('bob'), 'x-serverless-authorization': bearerOf('ada') })).toBe(
    ada,
  );
  const known = runIds(store).length;
  const none = {
    'no token': {},
    'no bearer': { authorization: 'Basic YTpi' },
    'an opaque token': { authorization: 'Bearer ya29.a0AfH6SMC' },
    'no subject': { authorization: `Bearer ${checkedToken({ iss: 'https://accounts.google.com' })}` },
    'no claims': { authorization: `Bearer ${checkedToken({})}` },
    'no JSON': { authorization: 'Bearer e30.x.y' },
    'an unchecked one': { authorization: bearerOf('ada'), 'x-serverless-authorization': 'Bearer x' },
  };
  for (const [what, headers] of Object.entries(none)) expect([what, await run(headers)]).toEqual([what, 401]);
  expect(runIds(store)).toHaveLength(known);
});

test('without access no token is believed: a key counts per header, or per principal', async () => {
  const { flow } = testFlow();
  const fn = flow.function('f', async (ctx) => ctx.runId);
  const key = { 'idempotency-key': 'k' };
  const url = await served(gcf.http(fn));
  const first = await (await post(url, {}, { ...key, authorization: bearerOf('ada', 1) })).json();
  expect(await (await post(url, {}, { ...key, authorization: bearerOf('ada', 2) })).json()).not.toBe(first);
  const own = await served(gcf.http(fn, { access: 'iam', principal: () => 'team' }));
  const ids = [bearerOf('ada'), bearerOf('bob')].map(async (authorization) =>
    (await post(own, {}, { ...key, authorization })).json(),
  );
  const team = `${hash('principal', 'team')}:k`;
  expect(await Promise.all(ids)).toEqual([team, team]);
});

test('with a secret one function is entry and callee at once; without it takes no message', async () => {
  const { flow } = testFlow();
  const double = flow.function('double', async (_, { n }: { n: number }) => 2 * n);
  const call = { kind: 'call', function: 'double', id: 'd', input: encode({ n: 4 }) } as const;
  const url = await served(gcf.http(double, { secret: SECRET, access: 'iam' }));
  expect(await gcfInvoker({ url, secret: SECRET }).call('double', call)).toMatchObject({
    reply: 'result',
    value: encode(8),
  });
  const user = await post(url, { n: 3 }, { authorization: bearerOf('ada') });
  expect(await user.json()).toBe(6);
  const other = gcfInvoker({ url, secret: 'another-secret-than-that' });
  await expect(other.call('double', call)).rejects.toThrow('status 401 (HTTP_UNAUTHORIZED)');
  const closed = gcfInvoker({ url: await served(gcf.http(double)), secret: SECRET });
  await expect(closed.call('double', call)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
});

test('gcf.messages takes messages and nothing else', async () => {
  const { flow } = testFlow();
  flow.function('double', async (_, n: number) => 2 * n);
  const url = await served(gcf.messages(flow, { secret: SECRET, bodyBytesMax: 500 }));
  const call = { kind: 'call', function: 'double', id: 'd', input: encode(4) } as const;
  const invoker = gcfInvoker({ url, secret: SECRET });
  expect(await invoker.call('double', call)).toMatchObject({ reply: 'result', value: encode(8) });
  expect(await codeOf(await post(url, {}))).toEqual([401, 'HTTP_UNAUTHORIZED']);
  await expect(invoker.call('double', { ...call, input: 'x'.repeat(600) })).rejects.toThrow('413');
});

test('who is refused is told what fits: an identity token, or the whole address of a status', async () => {
  const { flow } = testFlow();
  const double = flow.function('double', async (_, n: number) => 2 * n);
  const iam = await served(gcf.http(double, { access: 'iam', secret: SECRET }));
  const hintOf = async (answer: Response): Promise<string> =>
    ((await answer.json()) as { error: { hint: string } }).error.hint;
  expect(await hintOf(await post(iam, '[]'))).toMatch(/identity token.*roles\/run\.invoker/);
  expect(await hintOf(await fetch(`${iam}/?run=r&signature=00`))).toMatch(/address that the 202 gave/);
  const collector = await served(gcf.collector(flow, { access: 'iam' }));
  expect(await hintOf(await post(collector, {}))).toMatch(/identity token/);
});

test('options that cannot be are refused at once', () => {
  const { flow } = testFlow();
  const fn = flow.function('f', async () => 1);
  const wrong: [options: object, says: RegExp][] = [
    [{ timeout: 'soon' }, /timeout/],
    [{ timeout: 0 }, /gcf\.http: timeout/],
    [{ wait: 'x' }, /wait/],
    [{ cpu: 'never' }, /gcf\.http: cpu is 'request' or 'always'/],
    [{ access: 'public' }, /gcf\.http: access is 'iam'/],
    [{ secret: 'short' }, /secret of at least 16/],
  ];
  for (const [options, says] of wrong) expect(() => gcf.http(fn, options)).toThrow(says);
  for (const options of [
    {},
    { secret: 'short' },
    { secret: SECRET, cpu: 1 },
    { secret: SECRET, timeout: -1 },
  ])
    expect(() => gcf.messages(flow, options as { secret: string })).toThrow(TypeError);
});
