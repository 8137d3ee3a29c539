import { LambdaClient } from '@aws-sdk/client-lambda';
import { errors, gate, testFlow } from '@flowstate/conformance/fixtures';
import { faultyDoor } from '@flowstate/conformance/platform';
import { flowstate } from '@flowstate/core';
import { encode, type Invoker, isFlowstateError, type Message, runKey } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lambda, lambdaInvoker } from '../../src/lambda.js';
import { busEvent, sqsRecord } from './documented-events.js';
import { urlRequest } from './documented-requests.js';
import { type AnyHandler, contextOf, functionErrorOf, invoked } from './invocation.js';
import { answering, type InvokeServer, invokeServer, serviceError } from './invoke-server.js';

function clientOf(url: string, { maxAttempts = 1 } = {}): LambdaClient {
  const client = new LambdaClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts,
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function serving(handler: AnyHandler): Promise<InvokeServer> {
  const server = await invokeServer(handler);
  onTestFinished(() => server.close());
  return server;
}

const CALL: Message = { kind: 'call', function: 'f', id: 'i', input: encode(1) };

async function reasonOf(invoker: Invoker): Promise<string> {
  const error = await invoker.call('f', CALL).catch((thrown: unknown) => thrown);
  expect(isFlowstateError(error, 'RUN_INFRASTRUCTURE')).toBe(true);
  return functionErrorOf(error).errorMessage;
}

test('functions of two Lambda functions call each other, synchronously and asynchronously', async () => {
  const store = memoryStore();
  let callees: AnyHandler = async () => undefined;
  const { url, invocations } = await serving((event, context) => callees(event, context));
  const functionName = (target: string) => `shop-${target}`;
  const invoker = lambdaInvoker({ client: clientOf(url), functionName });
  const caller = flowstate({ name: 'caller', store, invoker });
  const callee = flowstate({ name: 'callee', store, invoker });
  let audited = 0;
  const price = callee.function('price', async (_, hotel: string) => {
    if (hotel === 'closed') throw new RangeError('closed');
    return hotel.length;
  });
  callee.function('audit', (ctx, n: number) =>
    ctx.step('audit', async () => {
      audited += n;
    }),
  );
  const reserve = caller.function('reserve', async (ctx, hotel: string) => {
    const cost = await ctx.syncInvoke<string, number>({ name: 'price' }, hotel);
    await ctx.asyncInvoke<number, void>({ name: 'audit' }, cost);
    return { cost };
  });
  callees = lambda(price);

  expect(await lambda(reserve)('h123', contextOf())).toEqual({ cost: 4 });
  await vi.waitFor(() => expect(audited).toBe(4));
  expect(invocations).toEqual(['shop-price', 'shop-audit']);
  const failed = await invoked(lambda(reserve), 'closed');
  expect(failed).toMatchObject({ functionError: { errorType: 'RangeError', errorMessage: 'closed' } });
});

test('the name and the qualifier say what is invoked', async () => {
  const { flow } = testFlow();
  flow.function('f', async (_, n: number) => n + 1);
  const { url, invocations } = await serving(lambda.messages(flow));
  const client = clientOf(url);
  const functionName = (target: string) => `shop-${target}`;
  const invoker = lambdaInvoker({ client, functionName, qualifier: 'live' });
  expect(await invoker.call('f', CALL)).toMatchObject({ reply: 'result', value: encode(2) });
  expect(await invoker.status('f', runKey('f', 'i'))).toMatchObject({ state: 'done', id: 'i' });
  expect(await invoker.status('f', runKey('f', 'other'))).toBe('unknown');
  expect(invocations).toEqual(['shop-f:live', 'shop-f:live', 'shop-f:live']);
});

test('every handler takes messages', async () => {
  const { flow } = testFlow();
  const fn = flow.function('f', async (_, n: number) => n + 1);
  const handlers = [
    lambda(fn),
    lambda(fn, { input: () => 7, id: () => 'other' }),
    lambda.http(fn),
    lambda.sqs(fn),
    lambda.events(fn),
    lambda.collector(flow),
    lambda.messages(flow),
  ];
  for (const handler of handlers) {
    const { url } = await serving(handler);
    const invoker = lambdaInvoker({ client: clientOf(url), functionName: 'shop' });
    expect(await invoker.call('f', CALL)).toMatchObject({ reply: 'result', value: encode(2) });
  }
});

test('nobody forges a message through HTTP, a queue or a bus', async () => {
  const { flow, store } = testFlow();
  const { onError } = errors();
  const fn = flow.function('f', async (_, input: unknown) => input);
  const forged = { flowstate: 1, message: CALL };
  const events: readonly (readonly [handler: AnyHandler, event: unknown])[] = [
    [lambda.http(fn, { onError }), urlRequest({ body: forged, headers: { 'idempotency-key': 'http' } })],
    [lambda.sqs(fn, { onError }), { Records: [sqsRecord('sqs', JSON.stringify(forged))] }],
    [lambda.events(fn, { onError }), busEvent('bus', forged)],
  ];
  for (const [handler, event] of events)
    expect(await invoked(handler, event)).not.toHaveProperty('functionError');
  const ids = store.rows().flatMap(({ key, fields }) => (key.sort === 'intent' ? [fields.runId] : []));
  expect(ids.map((id) => JSON.parse(String(id))).sort()).toEqual(['http', 'shop.orders/bus', 'sqs']);
});

test('an execution that was started hands over before its invocation ends', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  const message = { kind: 'call', function: 'slow', id: 'i', input: encode(undefined) };
  const answer = await lambda.messages(flow)({ flowstate: 1, message }, contextOf({ remainingMs: 800 }));
  expect(answer).toMatchObject({ flowstate: 1, reply: { reply: 'pending', state: 'running' } });
  const intent = store.rows().find(({ key }) => key.sort === 'intent');
  expect(Number(intent?.fields.due)).toBeLessThanOrEqual(Date.now());
  open();
});

test('a launch of a function that is not here is told to its operator', async () => {
  const { flow } = testFlow();
  const { onError, told } = errors();
  const message = { kind: 'launch', function: 'gone', run: '0'.repeat(32), epoch: 1, events: 0 };
  await lambda.messages(flow, { onError })({ flowstate: 1, message }, contextOf());
  expect(told).toMatchObject([{ code: 'FUNCTION_UNKNOWN' }]);
});

test('what is no message is thrown', async () => {
  const { flow } = testFlow();
  const { onError } = errors();
  const handler = lambda.messages(flow, { onError });
  const others = [{}, null, { flowstate: 1, message: {} }, { flowstate: 1, message: { gzip: 'x' } }];
  for (const event of [...others, { flowstate: 1, message: { ...CALL, more: 1 } }])
    expect(await invoked(handler, event)).toMatchObject({ functionError: { errorType: 'MESSAGE_INVALID' } });
});

test.each<[name: string, status: number, advice: RegExp]>([
  ['AccessDeniedException', 403, /allow lambda:InvokeFunction on shop$/],
  ['ResourceNotFoundException', 404, /there is no Lambda function shop: check functionName/],
  ['TooManyRequestsException', 429, /throttled: raise its reserved concurrency/],
  ['RequestTooLargeException', 413, /larger than Lambda takes/],
  ['ExpiredTokenException', 403, /credentials of the client are not accepted/],
  ['ServiceException', 500, /ServiceException: told \(status 500\)/],
])('of %s the error says what to do', async (name, status, advice) => {
  const server = await answering(serviceError(status, name, 'told'));
  onTestFinished(() => server.close());
  const invoker = lambdaInvoker({ client: clientOf(server.url), functionName: 'shop' });
  expect(await reasonOf(invoker)).toMatch(advice);
});

test.each<[what: string, body: string, functionError: boolean, reason: RegExp]>([
  [
    'a crash',
    '{"errorType":"Runtime.ExitError","errorMessage":"exit status 3"}',
    true,
    /Runtime.ExitError: exit/,
  ],
  [
    'a time-out',
    '{"errorMessage":"Task timed out after 3.00 seconds"}',
    true,
    /timed out after 3.00 seconds; its/,
  ],
  ['a failure that is garbage', '<html>', true, /function shop failed; its log says more/],
  ['an answer that is no JSON', '<html>', false, /its answer is not JSON/],
  ['an answer of another handler', '{"statusCode":200}', false, /handler is none of Flowstate/],
  [
    'a reply that is none',
    '{"flowstate":1,"reply":{"reply":"perhaps"}}',
    false,
    /something that is no reply/,
  ],
  ['an empty answer', '', false, /its answer is not JSON/],
])('%s is no reply', async (_, body, functionError, reason) => {
  const headers = functionError ? { 'x-amz-function-error': 'Unhandled' } : {};
  const server = await answering({ status: 200, headers, body });
  onTestFinished(() => server.close());
  const invoker = lambdaInvoker({ client: clientOf(server.url), functionName: 'shop' });
  expect(await reasonOf(invoker)).toMatch(reason);
});

test('a callee that nobody reaches, or that does not answer in time, is no reply', async () => {
  const unreached = lambdaInvoker({ client: clientOf('http://127.0.0.1:9'), functionName: 'shop' });
  expect(await reasonOf(unreached)).toMatch(/ECONNREFUSED/);
  const { flow } = testFlow();
  const { opened, open } = gate();
  flow.function('f', async (ctx) => ctx.step('wait', () => opened));
  const { url } = await serving(lambda.messages(flow));
  const impatient = lambdaInvoker({ client: clientOf(url), functionName: 'shop', timeout: 100 });
  expect(await reasonOf(impatient)).toMatch(/"f" did not reply: no answer for 100 ms/);
  open();
});

test('requests that the client repeats are one call', async () => {
  const { flow } = testFlow();
  let begun = 0;
  flow.function('f', (ctx, n: number) =>
    ctx.step('count', async () => {
      begun += 1;
      return n;
    }),
  );
  const handler = lambda.messages(flow);
  let open = (): void => undefined;
  const { url, invocations } = await serving((event, context) => {
    open();
    return handler(event, context);
  });
  const door = await faultyDoor(url);
  onTestFinished(() => door.close());
  // The answer of the first invocation is lost, and no other.
  door.meet('crash-after');
  open = () => door.meet(undefined);
  const client = clientOf(door.url, { maxAttempts: 3 });
  const invoker = lambdaInvoker({ client, functionName: 'shop' });
  expect(await invoker.call('f', CALL)).toMatchObject({ reply: 'result', value: encode(1) });
  expect([begun, invocations.length]).toEqual([1, 2]);
});

test('options that cannot be are refused', () => {
  const client = clientOf('http://127.0.0.1:9');
  expect(() => lambdaInvoker({ client, functionName: '' })).toThrow(TypeError);
  expect(() => lambdaInvoker({ client, functionName: 'shop', timeout: '10' })).toThrow(TypeError);
  expect(() => lambdaInvoker({ client: {} as LambdaClient, functionName: 'shop' })).toThrow(TypeError);
});
