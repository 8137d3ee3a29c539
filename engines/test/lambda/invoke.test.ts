/** The invoke API, driven by the SDK's own client. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LambdaHost } from '../../src/lambda/index.js';
import { SOON, stopAll } from '../open-hosts.js';
import { call, lambda, root, startHost } from './lambda-client.js';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:whoami';
const MB = 1024 * 1024;
let host: LambdaHost;

beforeAll(async () => {
  const names = ['whoami', 'environment', 'fails', 'exits', 'throwsLate', 'callback', 'large'];
  const broken = { name: 'broken', handler: 'broken.handler', root };
  const hangs = [lambda('hangs', { timeoutMs: 300 }), lambda('spins', { timeoutMs: 300 })];
  const caller = { name: 'caller', handler: 'caller.mjs.handler', root };
  host = await startHost({ functions: [...names.map((name) => lambda(name)), ...hangs, broken, caller] });
});

afterAll(stopAll);

test('a call is answered; the function sees its event, its identity and the request id of the answer', async () => {
  const context = { ClientContext: Buffer.from('{"custom":{"user":"Zoë 🙂"}}').toString('base64') };
  const { status, requestId, functionError, version, payload } = await call(
    host,
    'whoami',
    { a: 'ä' },
    context,
  );
  expect({ status, functionError, version }).toEqual({
    status: 200,
    functionError: undefined,
    version: '$LATEST',
  });
  expect(payload).toMatchObject({
    event: { a: 'ä' },
    awsRequestId: requestId,
    functionName: 'whoami',
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    clientContext: { custom: { user: 'Zoë 🙂' } },
  });
});

test('a call without a payload is one with an empty event', async () => {
  const { payload } = await call(host, 'whoami', {}, { Payload: '' });
  expect(payload).toMatchObject({ event: {} });
});

test.each([arn, `${arn}:$LATEST`, '123456789012:function:whoami', 'whoami:$LATEST'])(
  '%s is the function',
  async (name) => {
    expect(await call(host, name)).toMatchObject({ status: 200, payload: { functionName: 'whoami' } });
  },
);

test.each(['nobody', `${arn}:other`, arn.replace('us-east-1', 'eu-west-1'), arn.replace('1234', '9999')])(
  '%s is no function',
  async (name) => {
    await expect(call(host, name)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  },
);

test('the environment is that of the service, with what was declared, and nothing of our own', async () => {
  host.deploy(lambda('environment', { env: { TABLE: 'orders' } }));
  const { payload } = await call(host, 'environment');
  expect(payload).toMatchObject({
    TABLE: 'orders',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'environment',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    LAMBDA_TASK_ROOT: root,
    _HANDLER: 'basic.environment',
  });
  expect(payload).not.toHaveProperty('VITEST');
});

test('a client that was told nothing finds the service from inside', async () => {
  expect(await call(host, 'caller')).toMatchObject({ payload: { heard: 'called back' } });
});

test('a handler with a callback answers when nothing is left to do', async () => {
  expect(await call(host, 'callback')).toMatchObject({ payload: 'called back', functionError: undefined });
});

test('an error that the function throws has type, message and trace', async () => {
  const { status, functionError, payload } = await call(host, 'fails');
  expect({ status, functionError }).toEqual({ status: 200, functionError: 'Unhandled' });
  const trace = expect.arrayContaining([expect.stringContaining('basic.mjs')]);
  expect(payload).toEqual({ errorType: 'RangeError', errorMessage: 'out of stock', trace });
});

test('an error outside of the promise is reported too, and ends the sandbox', async () => {
  const { functionError, payload } = await call(host, 'throwsLate');
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'too late' });
  await expect
    .poll(() => host.sandboxes().filter(({ functionName }) => functionName === 'throwsLate'), SOON)
    .toEqual([]);
});

test.each([
  [3, 'exited with error: exit status 3'],
  [0, 'exited without providing a reason'],
])('a handler that exits with %i', async (code, reason) => {
  const { requestId, functionError, payload } = await call(host, 'exits', { code });
  expect(functionError).toBe('Unhandled');
  const errorMessage = `RequestId: ${requestId} Error: Runtime ${reason}`;
  expect(payload).toEqual({ errorType: 'Runtime.ExitError', errorMessage });
});

test('a module that cannot be loaded is an error of the function, and its sandbox is discarded', async () => {
  const { functionError, payload } = await call(host, 'broken');
  expect(functionError).toBe('Unhandled');
  expect(payload).toMatchObject({ errorType: 'URIError', errorMessage: 'this module is broken' });
  expect(host.sandboxes().filter(({ functionName }) => functionName === 'broken')).toEqual([]);
});

test.each(['hangs', 'spins'])('a function that %s is killed when its time is over', async (name) => {
  const began = Date.now();
  const { requestId, functionError, payload } = await call(host, name);
  expect(functionError).toBe('Unhandled');
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after 0.30 seconds`;
  expect(payload).toEqual({ errorType: 'Sandbox.Timedout', errorMessage });
  expect(Date.now() - began).toBeGreaterThanOrEqual(300);
  expect(host.sandboxes().filter(({ functionName }) => functionName === name)).toEqual([]);
});

test('3 seconds are the time-out where none was given, and the handler knows what is left of it', async () => {
  const { payload } = await call(host, 'whoami');
  const { remaining } = payload as { remaining: number };
  expect(remaining).toBeLessThanOrEqual(3_000);
  expect(remaining).toBeGreaterThan(1_000);
});

test('a dry run runs nothing', async () => {
  const before = host.sandboxes().length;
  expect(await call(host, 'whoami', {}, { InvocationType: 'DryRun' })).toMatchObject({ status: 204 });
  await expect(call(host, 'nobody', {}, { InvocationType: 'DryRun' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  expect(host.sandboxes()).toHaveLength(before);
});

test.each(['RequestResponse', 'Event'] as const)('%s: a payload must be JSON', async (InvocationType) => {
  const invalid = call(host, 'whoami', {}, { InvocationType, Payload: '{"a":' });
  await expect(invalid).rejects.toMatchObject({
    name: 'InvalidRequestContentException',
    $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
});

test.each([
  ['RequestResponse', 6 * MB],
  ['Event', MB],
] as const)('%s: a payload may have %i bytes and no more', async (InvocationType, bytes) => {
  const payload = (size: number) => ({ InvocationType, Payload: `"${'x'.repeat(size - 2)}"` });
  await expect(call(host, 'callback', {}, payload(bytes + 1))).rejects.toMatchObject({
    name: 'RequestTooLargeException',
    $metadata: { httpStatusCode: 413 },
  });
  const { status } = await call(host, 'callback', {}, payload(bytes));
  expect(status).toBe(InvocationType === 'Event' ? 202 : 200);
});

test('a response may have 6 MB and 100 bytes; above it is an error, and the sandbox goes on', async () => {
  const most = 6 * MB + 100;
  const { payload, functionError } = await call(host, 'large', { bytes: most });
  expect({ functionError, length: String(payload).length }).toEqual({
    functionError: undefined,
    length: most - 2,
  });
  const above = await call(host, 'large', { bytes: most + 1 });
  expect(above).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorType: 'Function.ResponseSizeTooLarge' },
  });
  expect(await call(host, 'large', { bytes: 5 })).toMatchObject({ payload: 'xxx' });
  expect(host.sandboxes().filter(({ functionName }) => functionName === 'large')).toHaveLength(1);
});

test.each([
  [{ name: 'two words' }, /no function name/],
  [{ handler: 'basic' }, /<module>.<export>/],
  [{ handler: '../basic.whoami' }, /without "\.\."/],
  [{ handler: 'my.basic.mjs.whoami' }, /no module .*functions\/my with/],
  [{ root: `${root}/nowhere` }, /no folder/],
  [{ concurrency: -1 }, /concurrency/],
  [{ timeoutMs: 0 }, /time-out/],
])('%j cannot be deployed', async (wrong, message) => {
  expect(() => host.deploy(lambda('whoami', wrong))).toThrow(message);
});
