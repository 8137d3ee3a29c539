/** HTTP fronts: real requests become the events of API Gateway and of function URLs, and answers become responses. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpFrontOptions, LambdaHost } from '../../src/lambda/index.js';
import { SOON, stopAll } from '../open-hosts.js';
import { root, startHost } from './lambda-client.js';

interface Event {
  readonly requestContext: unknown;
  readonly body?: string | null;
}

let host: LambdaHost;

beforeAll(async () => {
  const names = ['echo', 'echoBody', 'respond', 'fails', 'slow'];
  const functions = names.map((name) => ({ name, handler: `http.${name}`, root }));
  const full = { name: 'full', handler: 'http.echo', root, concurrency: 0 };
  host = await startHost({ functions: [...functions, full] });
});

afterAll(stopAll);

async function front(name: string, payload: 'v1' | 'v2', options: Partial<HttpFrontOptions> = {}) {
  const { url } = await host.httpFront({ function: name, payload, ...options });
  return url;
}

const post = (url: string, body: unknown, type = 'application/json') =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });

/** A request whose headers come as they are given: several of one name, and in their own case. */
function sent(url: string, headers: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: ['Host', 'shop.example', ...headers] }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
    });
    request.once('error', reject).end();
  });
}

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const gatewayTime = expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);

test('v1: the event of a REST API', async () => {
  const url = await front('echoBody', 'v1', {
    authorizer: (headers) => ({ principalId: headers['x-user'] }),
  });
  const headers = ['X-User', 'zoe', 'X-Tag', 'one', 'X-Tag', 'two', 'User-Agent', 'tests'];
  const event = JSON.parse(await sent(`${url}/orders/caf%C3%A9?tag=a%20b&tag=c&n=1`, headers));
  expect(event).toEqual({
    resource: '/{proxy+}',
    path: '/orders/caf%C3%A9',
    httpMethod: 'GET',
    headers: expect.objectContaining({ 'X-User': 'zoe', 'X-Tag': 'two', 'X-Forwarded-Proto': 'http' }),
    multiValueHeaders: expect.objectContaining({ 'X-User': ['zoe'], 'X-Tag': ['one', 'two'] }),
    queryStringParameters: { tag: 'c', n: '1' },
    multiValueQueryStringParameters: { tag: ['a b', 'c'], n: ['1'] },
    pathParameters: { proxy: 'orders/caf%C3%A9' },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      authorizer: { principalId: 'zoe' },
      domainName: 'shop.example',
      domainPrefix: 'shop',
      extendedRequestId: uuid,
      httpMethod: 'GET',
      identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'tests', caller: null }),
      path: '/local/orders/caf%C3%A9',
      protocol: 'HTTP/1.1',
      requestId: uuid,
      requestTime: gatewayTime,
      requestTimeEpoch: expect.any(Number),
      resourceId: 'proxy',
      resourcePath: '/{proxy+}',
      stage: 'local',
    },
    body: null,
    isBase64Encoded: false,
  });
});

test('v1: what is not there is null, and a body is text unless its type was declared as binary', async () => {
  const plain = await front('echoBody', 'v1');
  const atRoot: Event = JSON.parse(await (await fetch(plain)).text());
  expect(atRoot).toMatchObject({
    resource: '/',
    path: '/',
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
  });
  expect(atRoot.requestContext).not.toHaveProperty('authorizer');
  expect(await (await post(plain, { a: 1 })).json()).toMatchObject({
    body: '{"a":1}',
    isBase64Encoded: false,
  });
  const binary = await front('echoBody', 'v1', { binaryTypes: ['image/png'] });
  expect(await (await post(binary, 'é', 'image/png')).json()).toMatchObject({
    body: Buffer.from('"é"').toString('base64'),
    isBase64Encoded: true,
  });
});

test('v2: the event of an HTTP API or a function URL', async () => {
  const url = await front('echo', 'v2', { authorizer: () => ({ jwt: { claims: { sub: 'zoe' } } }) });
  const headers = ['X-Tag', 'one', 'X-Tag', 'two', 'User-Agent', 'tests', 'Cookie', 'a=1; b=2'];
  const event = JSON.parse(await sent(`${url}/orders/caf%C3%A9?tag=a%20b&tag=c&n=1`, headers));
  expect(event).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/orders/caf%C3%A9',
    rawQueryString: 'tag=a%20b&tag=c&n=1',
    cookies: ['a=1', 'b=2'],
    headers: expect.objectContaining({
      'x-tag': 'one,two',
      'user-agent': 'tests',
      'x-forwarded-proto': 'http',
    }),
    queryStringParameters: { tag: 'a b,c', n: '1' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      authorizer: { jwt: { claims: { sub: 'zoe' } } },
      domainName: 'shop.example',
      domainPrefix: 'shop',
      http: {
        method: 'GET',
        path: '/orders/caf%C3%A9',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'tests',
      },
      requestId: uuid,
      routeKey: '$default',
      stage: '$default',
      time: gatewayTime,
      timeEpoch: expect.any(Number),
    },
    isBase64Encoded: false,
  });
  expect(event.headers).not.toHaveProperty('cookie');
});

test.each([
  ['application/json', false],
  ['text/csv; charset=utf-8', false],
  ['application/problem+json', false],
  ['application/x-www-form-urlencoded', true],
  ['image/png', true],
])('v2: a body of type %s comes as base64: %s', async (type, isBase64Encoded) => {
  const url = await front('echo', 'v2');
  const event: Event = JSON.parse(await (await post(url, 'é', type)).text());
  expect(event).toMatchObject({ isBase64Encoded });
  expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()).toBe('"é"');
});

test('v1: status, headers, several values and a binary body become the response', async () => {
  const url = await front('respond', 'v1');
  const response = await post(url, {
    statusCode: 201,
    headers: { 'Content-Type': 'image/png', 'X-One': 1 },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: Buffer.from([0, 255, 1]).toString('base64'),
    isBase64Encoded: true,
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(response.headers.get('x-one')).toBe('1');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('x-amzn-requestid')).toEqual(uuid);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 1]);
});

test.each([
  ['no object', 'text'],
  ['no status code', { body: 'x' }],
  ['a status code that is none', { statusCode: 'ok' }],
  ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
])('v1: %s is a malformed answer', async (_what, answer) => {
  const response = await post(await front('respond', 'v1'), answer);
  expect(response.status).toBe(502);
  expect(await response.json()).toEqual({ message: 'Internal server error' });
});

test('v2: cookies, headers and status become the response', async () => {
  const response = await post(await front('respond', 'v2'), {
    statusCode: 404,
    headers: { 'X-One': 'a' },
    cookies: ['a=1', 'b=2; Secure'],
    body: 'not here',
  });
  expect(response.status).toBe(404);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure']);
  expect(response.headers.get('x-one')).toBe('a');
  expect(await response.text()).toBe('not here');
});

test.each([
  [{ orders: [1] }, '{"orders":[1]}'],
  ['just text', 'just text'],
  [[1, 2], '[1,2]'],
  [null, 'null'],
])('v2: an answer without a status code is the body: %j', async (answer, body) => {
  const response = await post(await front('respond', 'v2'), answer);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.text()).toBe(body);
});

test('v2: a structured answer with a body that is no text is malformed', async () => {
  const response = await post(await front('respond', 'v2'), { statusCode: 200, body: { a: 1 } });
  expect(response.status).toBe(502);
});

test.each(['v1', 'v2'] as const)('%s: a function error is 502 and says nothing of it', async (payload) => {
  const response = await fetch(await front('fails', payload));
  expect(response.status).toBe(502);
  expect(await response.text()).not.toContain('no page');
});

test.each([
  ['v1', 503],
  ['v2', 429],
] as const)('%s: a throttled function is %i', async (payload, status) => {
  expect((await fetch(await front('full', payload))).status).toBe(status);
});

test.each([
  ['v1', 504],
  ['v2', 503],
] as const)(
  '%s: an answer that does not come in time is %i, and the function goes on',
  async (payload, status) => {
    const url = await front('slow', payload, { timeoutMs: 100 });
    expect((await fetch(url)).status).toBe(status);
    const busy = () => host.sandboxes().filter((box) => box.functionName === 'slow' && box.state !== 'idle');
    expect(busy()).toHaveLength(1);
    await expect.poll(busy, SOON).toEqual([]);
    expect((await fetch(await front('slow', payload))).status).toBe(200);
  },
);

test('a request too large for an event is 413', async () => {
  const url = await front('respond', 'v2');
  expect((await post(url, 'x'.repeat(6 * 1024 * 1024))).status).toBe(413);
});

test('a closed front answers no more; there is none for a function that is not there', async () => {
  const open = await host.httpFront({ function: 'echo', payload: 'v2' });
  expect((await fetch(open.url)).status).toBe(200);
  await open.close();
  await expect(fetch(open.url)).rejects.toThrow(TypeError);
  await expect(host.httpFront({ function: 'nobody', payload: 'v2' })).rejects.toThrow(/Function not found/);
});
