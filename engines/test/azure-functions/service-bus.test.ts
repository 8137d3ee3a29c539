/** Service Bus: what a function is told of a message or a batch, sessions, topics and dead letters. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AzureFunctionsHost } from '../../src/azure-functions/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { module, startHost } from './host-client.js';

interface Entry {
  readonly id: string;
  readonly kind?: string;
  readonly input: unknown;
  readonly items?: unknown[];
  readonly ids?: unknown[];
  readonly metadata: Record<string, unknown>;
}

let host: AzureFunctionsHost;
let seen: ReturnType<typeof journal<Entry>>;
const of = (id: string) => seen.entries().filter((entry) => entry.id === id && entry.kind === undefined);
const done = (id: string) => seen.entries().filter((entry) => entry.id === id && entry.kind === 'done');

beforeAll(async () => {
  seen = journal<Entry>();
  host = await startHost({
    source: module('journal.mjs'),
    env: { ...seen.env, PLACE: 'place' },
    serviceBus: { maxDeliveryCount: 3 },
  });
});
afterAll(stopAll);

test('a message comes with its metadata, under the names that the platform has', async () => {
  const queue = host.serviceBus('bus');
  const applicationProperties = { Kind: 'order', n: 1 };
  const options = { messageId: 'm-1', correlationId: 'c-1', subject: 's', contentType: 'application/json' };
  expect(queue.send({ say: 'é' }, { ...options, applicationProperties })).toBe('m-1');
  await expect.poll(() => done('bus m-1').length, SOON).toBe(1);
  const [entry] = of('bus m-1');
  expect(entry?.input).toEqual({ say: 'é' });
  expect(entry?.metadata).toMatchObject({
    ...options,
    deliveryCount: 1,
    label: 's',
    sequenceNumber: expect.any(Number),
    lockToken: expect.stringMatching(/-/),
    enqueuedTimeUtc: expect.stringMatching(/Z$/),
    // The library writes the first letter of every name small.
    applicationProperties: { kind: 'order', n: 1 },
    userProperties: { kind: 'order', n: 1 },
  });
  expect(entry?.metadata).not.toHaveProperty('sessionId');
  await expect.poll(() => queue.size(), SOON).toBe(0);
});

test('a message comes again until it is done, or is dead', async () => {
  const queue = host.serviceBus('bus');
  queue.send({ failures: 2 }, { messageId: 'again' });
  queue.send({ failures: 9 }, { messageId: 'dead' });
  await expect.poll(() => queue.deadLetters().length, SOON).toBe(1);
  await expect.poll(() => done('bus again').length, SOON).toBe(1);
  expect(of('bus again').map(({ metadata }) => metadata.deliveryCount)).toEqual([1, 2, 3]);
  expect(of('bus dead').map(({ metadata }) => metadata.deliveryCount)).toEqual([1, 2, 3]);
  expect(queue.deadLetters()).toMatchObject([{ messageId: 'dead', body: '{"failures":9}' }]);
  await expect.poll(() => queue.size(), SOON).toBe(0);
});

test('a batch comes as a list, and all of it again where it fails', async () => {
  const queue = host.serviceBus('batches');
  // Whatever comes first may be a batch of its own.
  queue.send({ ms: 200 }, { messageId: 'first' });
  for (const n of [1, 2, 3]) queue.send({ failures: n === 1 ? 1 : 0, n }, { messageId: `b-${n}` });
  const batches = () => seen.entries().filter(({ id, items }) => id === 'all' && items !== undefined);
  await expect.poll(() => batches().flatMap(({ ids }) => ids).length, SOON).toBe(4);
  expect(batches().at(-1)?.ids).toEqual(['b-1', 'b-2', 'b-3']);
  expect(batches().at(-1)?.items).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }]);
  const [failed, again] = of('batch b-1,b-2,b-3');
  expect(failed?.metadata.deliveryCountArray).toEqual([1, 1, 1]);
  expect(again?.metadata.deliveryCountArray).toEqual([2, 2, 2]);
  expect(again?.metadata).toMatchObject({
    messageIdArray: ['b-1', 'b-2', 'b-3'],
    sessionIdArray: [null, null, null],
  });
});

test('the messages of a session come one after another', async () => {
  const queue = host.serviceBus('sessions');
  expect(() => queue.send({})).toThrow(/needs a sessionId/);
  for (const n of [1, 2, 3, 4]) queue.send({ n, ms: 30, failures: 1 }, { sessionId: 'a' });
  queue.send({ n: 5, ms: 30 }, { sessionId: 'b' });
  await expect.poll(() => queue.size(), SOON).toBe(0);
  const order = seen.entries().filter(({ id }) => id === 'session a');
  // The first failed and came before the others; no one begins before the one before is done.
  expect(order.map(({ kind, input }) => kind ?? Object(input).n)).toEqual([
    1,
    1,
    'done',
    2,
    'done',
    3,
    'done',
    4,
    'done',
  ]);
  expect(of('session a')[0]?.metadata.sessionId).toBe('a');
  expect(done('session b')).toHaveLength(1);
});

test('a topic reaches its subscriptions', async () => {
  const topic = host.serviceBusTopic('news');
  topic.send({ say: 'news' }, { messageId: 'n-1' });
  topic.send({ failures: 9 }, { messageId: 'n-2' });
  await expect.poll(() => done('topic n-1').length, SOON).toBe(1);
  await expect.poll(() => topic.subscription('one').deadLetters().length, SOON).toBe(1);
  expect(() => topic.subscription('nobody')).toThrow(/no function has the subscription news\/nobody/);
});
