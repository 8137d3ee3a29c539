/** Asynchronous invocations: accepted at once, tried again under the same request id, given up at last. */
import { afterEach, expect, test } from 'vitest';
import type { DeadLetter, LambdaFunction, LambdaHost } from '../../src/lambda/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { call, lambda, root, send, startHost } from './lambda-client.js';

interface Run {
  readonly at: number;
  readonly awsRequestId: string;
  readonly event: unknown;
}

afterEach(stopAll);

function recorder(options: Partial<LambdaFunction> = {}) {
  const runs = journal<Run>();
  const { env } = runs;
  const definition = { name: 'record', handler: 'journal.record', root, env, ...options };
  return { definition, runs: runs.entries };
}

const idsOf = (runs: readonly Run[]): string[] => {
  const ids = runs.map(({ awsRequestId }) => awsRequestId);
  return ids.toSorted();
};
const settled = (host: LambdaHost) => expect.poll(() => host.pendingEvents(), SOON).toBe(0);

test('an event is accepted at once and runs once, under the request id of the answer', async () => {
  const { definition, runs } = recorder();
  const host = await startHost({ functions: [definition] });
  const accepted = await call(host, 'record', { n: 1 }, { InvocationType: 'Event' });
  expect(accepted).toMatchObject({ status: 202, payload: undefined, functionError: undefined });
  expect(host.pendingEvents()).toBe(1);
  await settled(host);
  expect(runs()).toMatchObject([{ awsRequestId: accepted.requestId, event: { n: 1 } }]);
  expect(host.deadLetters()).toEqual([]);
});

test('a failed event runs again, after each pause, under the same request id', async () => {
  const { definition, runs } = recorder({ retryDelaysMs: [100, 200] });
  const host = await startHost({ functions: [definition] });
  const id = await send(host, 'record', { failures: 2 });
  await settled(host);
  const all = runs();
  expect(all.map(({ awsRequestId }) => awsRequestId)).toEqual([id, id, id]);
  const [first = 0, second = 0, third = 0] = all.map(({ at }) => at);
  expect(second - first).toBeGreaterThanOrEqual(99);
  expect(third - second).toBeGreaterThanOrEqual(199);
  expect(host.deadLetters()).toEqual([]);
});

test('an event that fails three times is given up, and whoever wants to know hears of it', async () => {
  const heard: DeadLetter[] = [];
  const { definition, runs } = recorder({ deadLetter: (letter) => heard.push(letter) });
  const host = await startHost({ functions: [definition] });
  const requestId = await send(host, 'record', { failures: 9 });
  await settled(host);
  expect(runs()).toHaveLength(3);
  const letter = {
    functionName: 'record',
    requestId,
    payload: '{"failures":9}',
    condition: 'RetriesExhausted',
    attempts: 3,
    error: { errorType: 'Error', errorMessage: 'failure 3', trace: expect.any(Array) },
  };
  expect(heard).toEqual([letter]);
  expect(host.deadLetters()).toEqual([letter]);
});

test('how often it is tried is the function’s own choice', async () => {
  const { definition, runs } = recorder({ retries: 0 });
  const host = await startHost({ functions: [definition] });
  await send(host, 'record', { failures: 1 });
  await settled(host);
  expect(runs()).toHaveLength(1);
  expect(host.deadLetters()).toMatchObject([{ attempts: 1 }]);
});

test('a killed and a late sandbox are failures like any other', async () => {
  const functions = [lambda('hangs', { timeoutMs: 100, retries: 0 }), lambda('exits', { retries: 0 })];
  const host = await startHost({ functions });
  await Promise.all([send(host, 'hangs', {}), send(host, 'exits', { code: 1 })]);
  await settled(host);
  const errors = host.deadLetters().map(({ error }) => error?.errorType);
  expect(errors.sort()).toEqual(['Runtime.ExitError', 'Sandbox.Timedout']);
});

test('events beyond the concurrency wait, and each of them runs', async () => {
  const { definition, runs } = recorder({ concurrency: 1 });
  const host = await startHost({ functions: [definition] });
  const ids = await Promise.all([1, 2, 3, 4, 5].map((n) => send(host, 'record', { n })));
  await settled(host);
  expect(idsOf(runs())).toEqual(ids.toSorted());
  expect(host.sandboxes()).toHaveLength(1);
});

test('an event that is throttled for too long is given up without having run', async () => {
  const { definition, runs } = recorder({ concurrency: 0, maxEventAgeMs: 100 });
  const host = await startHost({ functions: [definition] });
  await send(host, 'record', {});
  await settled(host);
  expect(runs()).toEqual([]);
  expect(host.deadLetters()).toMatchObject([
    { condition: 'EventAgeExceeded', attempts: 0, error: undefined },
  ]);
});

test('an event may be delivered twice although nothing failed: chance decides, and the caller holds it', async () => {
  const { definition, runs } = recorder();
  const chances = [0.49, 0.5];
  const host = await startHost({
    functions: [definition],
    duplicate: 0.5,
    random: () => chances.shift() ?? 1,
  });
  const twice = await send(host, 'record', { n: 1 });
  const once = await send(host, 'record', { n: 2 });
  await settled(host);
  expect(idsOf(runs())).toEqual([twice, twice, once].toSorted());
  await expect(startHost({ duplicate: 0.5 })).rejects.toThrow(/duplicate needs random/);
});

test('a stopped host delivers nothing any more', async () => {
  const { definition, runs } = recorder({ retryDelaysMs: [50] });
  const host = await startHost({ functions: [definition] });
  await send(host, 'record', { failures: 9 });
  await expect.poll(() => runs().length, SOON).toBe(1);
  await host.stop();
  const before = runs().length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(runs()).toHaveLength(before);
  expect({ pending: host.pendingEvents(), letters: host.deadLetters() }).toEqual({ pending: 0, letters: [] });
});

test('a schedule sends its event again and again, until it is stopped', async () => {
  const { definition, runs } = recorder();
  const host = await startHost({ functions: [definition] });
  const schedule = host.schedule({ function: 'record', everyMs: 50, name: 'collect' });
  await expect.poll(() => runs().length, SOON).toBeGreaterThanOrEqual(2);
  schedule.stop();
  await settled(host);
  const [first, second] = runs();
  expect(first?.event).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:123456789012:rule/collect'],
    detail: {},
  });
  expect(second?.awsRequestId).not.toBe(first?.awsRequestId);
  const before = runs().length;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(runs()).toHaveLength(before);
});

test('a schedule may send something else', async () => {
  const { definition, runs } = recorder();
  const host = await startHost({ functions: [definition] });
  const schedule = host.schedule({ function: 'record', everyMs: 30, event: { collect: true } });
  await expect.poll(() => runs().length, SOON).toBeGreaterThanOrEqual(1);
  schedule.stop();
  expect(runs()[0]?.event).toEqual({ collect: true });
  expect(() => host.schedule({ function: 'nobody', everyMs: 30 })).toThrow(/Function not found/);
});
