import { errors, gate, intentOf, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type HttpEvent, requestOf, resultOf } from '../../src/lambda/http-events.js';
import { principalOf } from '../../src/lambda/principal.js';
import { type HttpResult, lambda } from '../../src/lambda.js';
import { balancedRequest, restRequest, type Sent, urlRequest } from './documented-requests.js';
import { type AnyHandler, contextOf, invoked } from './invocation.js';

const SECRET = 'a-secret-of-the-tests';

const FORMATS: Readonly<Record<string, (sent?: Sent) => HttpEvent>> = {
  'a REST API': restRequest,
  'an HTTP API or a function URL': urlRequest,
  'a load balancer': balancedRequest,
  'a load balancer with lists of values': (sent) => balancedRequest(sent, true),
};

test.each(Object.entries(FORMATS))('a request of %s is that of the client', async (format, event) => {
  const request = requestOf(event({ body: { ä: 1 }, headers: { 'idempotency-key': 'k' } }));
  const { pathname, searchParams, protocol, host } = new URL(request.url);
  expect([request.method, protocol]).toEqual(['POST', 'https:']);
  expect(host).toBe(format.includes('balancer') ? 'shop.example' : 'id.execute-api.eu-west-1.amazonaws.com');
  expect(pathname).toBe(format === 'a REST API' ? '/prod/orders/7' : '/orders/7');
  expect([searchParams.getAll('colour').at(-1), searchParams.get('size')]).toEqual(['grün & blau', '2']);
  expect(searchParams.getAll('colour')).toHaveLength(format.includes('API') ? 2 : 1);
  expect(await request.json()).toEqual({ ä: 1 });
  expect(request.headers.get('idempotency-key')).toBe('k');
  expect(request.headers.get('x-tag')?.replace(', ', ',') ?? 'a,b').toBe('a,b');
  expect(request.headers.get('cookie')).toBe(format.includes('URL') ? 'a=1; b=2' : null);
  expect(requestOf(event({ method: 'GET' })).method).toBe('GET');
});

test.each(Object.entries(FORMATS))('an answer to %s has the shape that it takes', async (format, event) => {
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ];
  const result = await resultOf(event(), new Response('{"ä":1}', { status: 202, headers }));
  expect(result).toMatchObject({ statusCode: 202, body: '{"ä":1}', isBase64Encoded: false });
  expect(result.statusDescription).toBe(format.includes('balancer') ? '202 Accepted' : undefined);
  if (format.includes('URL')) {
    expect(result.cookies).toEqual(['a=1', 'b=2']);
    expect(result.headers).toEqual({ 'content-type': 'application/json' });
  } else if (format === 'a load balancer') {
    expect(result.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(result.multiValueHeaders).toBeUndefined();
  } else {
    expect(result.multiValueHeaders).toEqual({
      'content-type': ['application/json'],
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(result.headers).toBeUndefined();
  }
});

test('a function is answered as everywhere, and sees of the event what its options say', async () => {
  const { flow, store } = testFlow();
  const take = flow.function('take', async (ctx, order: unknown) => ({ order, run: ctx.runId }));
  const handler = lambda.http(take, {
    input: (request, body, event) => ({
      body,
      id: event.pathParameters?.id,
      size: new URL(request.url).searchParams.get('size'),
    }),
    output: ({ order }) => order,
  });
  const event = restRequest({ body: { n: 1 }, headers: { 'idempotency-key': 'k' } });
  for (const _ of [1, 2]) {
    const { statusCode, body, multiValueHeaders } = await handler(event, contextOf());
    expect([statusCode, JSON.parse(body)]).toEqual([200, { body: { n: 1 }, id: '7', size: '2' }]);
    expect(multiValueHeaders).toMatchObject({ 'flowstate-run-id': ['k'], 'flowstate-outcome': ['result'] });
  }
  expect(runIds(store)).toEqual(['k']);
  const byEvent = lambda.http(take, { id: (_, __, { pathParameters }) => pathParameters?.id });
  expect((await byEvent(event, contextOf())).statusCode).toBe(200);
  expect(runIds(store)).toEqual(['7', 'k']);
});

test.each<[what: string, change: Record<string, unknown>, status: number]>([
  ['a body that breaks off', { body: '{"n":', isBase64Encoded: false }, 400],
  ['a body that is no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]).toString('base64') }, 400],
  ['a host that is none', { headers: { host: 'a b', 'content-type': 'application/json' } }, 400],
  ['a header name that is none', { headers: { 'a b': 'c' } }, 400],
  ['a header value that is none', { headers: { 'x-a': 'a\nb' } }, 400],
  ['no path', { rawPath: undefined }, 400],
  ['no method', { requestContext: { http: {} } }, 400],
  ['a method that no request has', { requestContext: { http: { method: 'CONNECT' } } }, 400],
  ['a method that is not answered', { requestContext: { http: { method: 'PUT' } } }, 405],
  ['no headers', { headers: null }, 415],
])('an event with %s is refused', async (_, change, status) => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const handler = lambda.http(
    flow.function('f', async () => 1),
    { onError },
  );
  const end = await invoked(handler, { ...urlRequest({ body: 1 }), ...change });
  expect(end).toMatchObject({ payload: { statusCode: status, body: expect.stringContaining('"hint"') } });
  expect([store.rows(), told]).toEqual([[], []]);
});

test('an event that is no request is thrown', async () => {
  const { flow } = testFlow();
  const handler = lambda.http(flow.function('f', async () => 1));
  for (const event of [null, 'text', [], {}, { Records: [] }, { requestContext: {} }, { version: '2.0' }])
    expect(await invoked(handler, event)).toMatchObject({ functionError: { errorType: 'MESSAGE_INVALID' } });
});

test('a run that outlives its wait has been handed over when the 202 is out', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx, n: number) => {
    await ctx.step('wait', () => opened);
    return { doubled: 2 * n };
  });
  const handler = lambda.http(slow, { wait: 300, secret: SECRET, output: ({ doubled }) => doubled });
  const answer = await handler(restRequest({ body: 4, headers: { 'idempotency-key': 'k' } }), contextOf());
  expect(answer).toMatchObject({ statusCode: 202, multiValueHeaders: { 'retry-after': ['1'] } });
  expect(Number(intentOf(store, 'slow', 'k')?.due)).toBeLessThanOrEqual(Date.now());
  const { status } = JSON.parse(answer.body) as { status: string };
  const { origin, pathname, searchParams } = new URL(status);
  expect(origin + pathname).toBe('https://id.execute-api.eu-west-1.amazonaws.com/prod/orders/7');

  open();
  await flow.collect();
  const asked = {
    ...restRequest({ method: 'GET' }),
    multiValueQueryStringParameters: Object.fromEntries(
      [...searchParams].map(([name, value]) => [name, [value]]),
    ),
  };
  await vi.waitFor(async () => {
    const { statusCode, body } = await handler(asked, contextOf());
    expect([statusCode, JSON.parse(body)]).toEqual([200, { state: 'done', result: 8 }]);
  });
});

test('the answer is out before the invocation ends, whatever the wait', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const event = urlRequest({ headers: { 'idempotency-key': 'k' } });
  const answer = lambda.http(slow, { wait: '1h' })(event, contextOf({ remainingMs: 2000 }));
  await vi.advanceTimersByTimeAsync(1999);
  expect(await Promise.race([answer, undefined])).toMatchObject({ statusCode: 202 });
  expect(Number(intentOf(store, 'slow', 'k')?.due)).toBeLessThanOrEqual(Date.now());
  open();
  expect(() => lambda.http(slow, { wait: '10' })).toThrow(TypeError);
});

const context = (authorizer: unknown, identity: unknown = null) => ({
  requestContext: { authorizer, identity },
});

test('the principal is whom the platform has authenticated', () => {
  const claims = { iss: 'https://idp.example', sub: 'ada', 'cognito:username': 'ada' };
  const jwt = principalOf(context({ jwt: { claims, scopes: ['a'] } }));
  expect(jwt).toContain('ada');
  // The user pool authorizer of REST APIs says the same of the same token.
  expect(principalOf(context({ claims }))).toBe(jwt);
  expect(principalOf(context({ jwt: { claims: { ...claims, iss: 'https://other.example' } } }))).not.toBe(
    jwt,
  );

  const role = 'arn:aws:sts::123456789012:assumed-role/Everybody/CognitoIdentityCredentials';
  const pooled = ['ada', 'bob'].map((identityId) =>
    principalOf(context({ iam: { userArn: role, cognitoIdentity: { identityId, identityPoolId: 'p' } } })),
  );
  expect(pooled[0]).not.toBe(pooled[1]);
  expect(principalOf(context({}, { userArn: role, cognitoIdentityId: 'ada' }))).toBe(pooled[0]);
  const iam = principalOf(context({ iam: { userArn: role, cognitoIdentity: null } }));
  // With the session: of a role that people take on it is who it is.
  expect(iam).toContain(role);
  expect(principalOf(context({}, { userArn: role, cognitoIdentityId: null }))).toBe(iam);

  const authorized = principalOf(context({ principalId: 'ada', integrationLatency: 7 }));
  expect(principalOf(context({ lambda: { principalId: 'ada' } }))).toBe(authorized);
  expect(new Set([jwt, pooled[0], pooled[1], iam, authorized]).size).toBe(5);

  for (const nobody of [
    null,
    undefined,
    'text',
    {},
    { jwt: {} },
    { claims: { sub: '' } },
    { principalId: '' },
  ])
    expect(principalOf(context(nobody))).toBeUndefined();
});

test('keys count per principal, else per Authorization', async () => {
  const store = memoryStore();
  const { flow } = testFlow({ store });
  const whose = flow.function('whose', async (_, n: number) => n);
  const ask = async (handler: AnyHandler, n: number, sent: Sent) => {
    const headers = { 'idempotency-key': 'k', ...sent.headers };
    const end = await invoked(handler, urlRequest({ ...sent, body: n, headers }));
    if ('functionError' in end) throw new Error(end.functionError.errorMessage);
    const { statusCode, headers: told } = end.payload as HttpResult;
    expect(statusCode).toBe(200);
    return told?.['flowstate-run-id'];
  };
  const jwt = (sub: string) => ({ authorizer: { jwt: { claims: { iss: 'i', sub } } } });
  const handler = lambda.http(whose);
  const ada = await ask(handler, 1, { context: jwt('ada'), headers: { authorization: 'Bearer 1' } });
  expect(await ask(handler, 1, { context: jwt('ada'), headers: { authorization: 'Bearer 2' } })).toBe(ada);
  const bob = await ask(handler, 2, { context: jwt('bob'), headers: { authorization: 'Bearer 1' } });
  const token = await ask(handler, 3, { headers: { authorization: 'Bearer 1' } });
  const nobody = await ask(handler, 4, {});
  const own = lambda.http(whose, { principal: (request) => request.headers.get('x-user') ?? undefined });
  const user = await ask(own, 5, { context: jwt('ada'), headers: { 'x-user': 'ada' } });
  expect(new Set([ada, bob, token, nobody, user]).size).toBe(5);
  expect(nobody).toBe('k');
});
