/** SQS event source mappings: batches, partial failures, redelivery, dead letters, and the order of FIFO queues. */
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { LambdaFunction, Queue, QueueOptions } from '../../src/lambda/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { root, startHost } from './lambda-client.js';

interface Run {
  readonly at: number;
  readonly event: { readonly Records: readonly Record<string, unknown>[] };
  readonly records: readonly { readonly n: number; readonly receives: number }[];
}

afterEach(stopAll);

/** Also the function's time-out: long enough for a machine that is busy with something else. */
const VISIBILITY_MS = 1_000;

async function processing(
  options: Partial<QueueOptions> = {},
  { says = 'partial', ...more }: Partial<LambdaFunction> & { says?: 'partial' | 'throws' | 'unknown' } = {},
) {
  const runs = journal<Run>();
  const env = { ...runs.env, SAYS: says };
  const limits = { timeoutMs: VISIBILITY_MS, concurrency: 2, ...more };
  const host = await startHost({
    functions: [{ name: 'consume', handler: 'journal.consume', root, env, ...limits }],
  });
  const defaults = { function: 'consume', visibilityMs: VISIBILITY_MS, reportBatchItemFailures: true };
  const queue = host.queue({ ...defaults, ...options });
  /** Which messages came in each event, and for which time: `2` is the second receipt. */
  const seen = () =>
    runs.entries().map(({ records }) => records.map(({ n, receives }) => `${n}:${receives}`));
  return { host, queue, runs: runs.entries, seen };
}

const put = (queue: Queue, n: number, failures = 0, groupId?: string) =>
  queue.send(JSON.stringify({ n, failures }), groupId === undefined ? {} : { groupId });
const empty = (queue: Queue) => expect.poll(() => queue.size(), SOON).toBe(0);

test('messages come in batches, in the shape of the service, and what succeeded is deleted', async () => {
  const { queue, runs, seen } = await processing({ name: 'orders', batchSize: 2 });
  const body = JSON.stringify({ n: 1 });
  const messageId = queue.send(body, { attributes: { tenant: 'é', weight: 2.5 } });
  put(queue, 2);
  put(queue, 3);
  await empty(queue);
  expect(seen()).toHaveLength(2);
  expect(seen()).toEqual(expect.arrayContaining([['1:1', '2:1'], ['3:1']]));
  const record = runs()
    .flatMap(({ event }) => event.Records)
    .find((candidate) => candidate.messageId === messageId);
  const list = { stringListValues: [], binaryListValues: [] };
  expect(record).toEqual({
    messageId,
    receiptHandle: expect.stringMatching(/./),
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: expect.stringMatching(/./),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    },
    messageAttributes: {
      tenant: { stringValue: 'é', dataType: 'String', ...list },
      weight: { stringValue: '2.5', dataType: 'Number', ...list },
    },
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:orders',
    awsRegion: 'us-east-1',
  });
});

test('only what failed comes back, after the visibility time, under another receipt', async () => {
  const { queue, runs, seen } = await processing();
  put(queue, 1);
  put(queue, 2, 1);
  put(queue, 3);
  await empty(queue);
  expect(seen()).toEqual([['1:1', '2:1', '3:1'], ['2:2']]);
  const [first, second] = runs();
  // Both times are those of a process that was given the batch a moment after its receipt.
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(VISIBILITY_MS / 2);
  const [again] = second?.event.Records ?? [];
  const before = first?.event.Records.find(({ messageId }) => messageId === again?.messageId);
  expect(before).toBeDefined();
  expect(again?.receiptHandle).not.toBe(before?.receiptHandle);
});

test('a function error brings the whole batch back', async () => {
  const { queue, seen } = await processing({}, { says: 'throws' });
  put(queue, 1);
  put(queue, 2, 1);
  await empty(queue);
  expect(seen()).toEqual([
    ['1:1', '2:1'],
    ['1:2', '2:2'],
  ]);
});

test('an answer that names a message which was not in the batch brings the whole batch back', async () => {
  const { queue, seen } = await processing({ maxReceives: 2 }, { says: 'unknown' });
  put(queue, 1);
  await empty(queue);
  expect(seen()).toEqual([['1:1'], ['1:2']]);
});

test('where failures are not reported, every answer is a success', async () => {
  const { queue, seen } = await processing({ reportBatchItemFailures: false });
  put(queue, 1, 9);
  await empty(queue);
  expect(seen()).toEqual([['1:1']]);
});

test('a message that was received too often is dead', async () => {
  const { queue, seen } = await processing({ maxReceives: 3 });
  const id = put(queue, 1, 9);
  await empty(queue);
  expect(seen()).toEqual([['1:1'], ['1:2'], ['1:3']]);
  expect(queue.deadLetters()).toMatchObject([{ id, body: '{"n":1,"failures":9}', receives: 3 }]);
});

test('in a FIFO queue the later messages of a group wait for the failed one, other groups do not', async () => {
  const { queue, runs, seen } = await processing({ name: 'orders', fifo: true, batchSize: 1 });
  put(queue, 1, 1, 'a');
  put(queue, 2, 0, 'a');
  put(queue, 3, 0, 'b');
  await empty(queue);
  const order = seen().flat();
  expect(order.filter((receipt) => /^[12]/.test(receipt))).toEqual(['1:1', '1:2', '2:1']);
  expect(order.indexOf('3:1')).toBeLessThan(order.indexOf('1:2'));
  const records = runs().flatMap(({ event }) => event.Records);
  const eventSourceARN = 'arn:aws:sqs:us-east-1:123456789012:orders.fifo';
  const SequenceNumber = expect.stringMatching(/^\d{20}$/);
  const MessageDeduplicationId = expect.stringMatching(/^[0-9a-f]{64}$/);
  for (const MessageGroupId of ['a', 'b']) {
    const attributes = { SequenceNumber, MessageDeduplicationId, MessageGroupId };
    const expected = { eventSourceARN, attributes: expect.objectContaining(attributes) };
    expect(records).toContainEqual(expect.objectContaining(expected));
  }
  const numbers = records.map(({ attributes }) => (attributes as { SequenceNumber: string }).SequenceNumber);
  expect(new Set(numbers).size).toBe(3);
});

test('a dead message of a group lets the next one through', async () => {
  const { queue, seen } = await processing({ fifo: true, maxReceives: 1 });
  put(queue, 1, 9, 'a');
  await expect.poll(seen, SOON).toEqual([['1:1']]);
  put(queue, 2, 0, 'a');
  await empty(queue);
  expect(seen()).toEqual([['1:1'], ['2:1']]);
  expect(queue.deadLetters()).toMatchObject([{ groupId: 'a', receives: 1 }]);
});

test('a FIFO queue takes a message only once, and only with a group', async () => {
  const { queue, seen } = await processing({ fifo: true });
  const first = put(queue, 1, 0, 'a');
  expect(put(queue, 1, 0, 'a')).toBe(first);
  const other = { groupId: 'a', deduplicationId: 'other' };
  expect(queue.send('{"n":1}', other)).not.toBe(first);
  expect(queue.send('{"n":9}', other)).not.toBe(first);
  await empty(queue);
  expect(seen()).toEqual([['1:1', '1:1']]);
  expect(() => put(queue, 2)).toThrow(/needs a groupId/);
});

test('throttled batches wait, and each message is processed once', async () => {
  const { queue, seen } = await processing({ batchSize: 1, visibilityMs: 10_000 }, { concurrency: 1 });
  for (const n of [1, 2, 3, 4, 5, 6]) put(queue, n);
  await empty(queue);
  expect(seen().flat().sort()).toEqual(['1:1', '2:1', '3:1', '4:1', '5:1', '6:1']);
});

test('options that do not fit together are refused', async () => {
  const { host } = await processing();
  const queue = (options: Partial<QueueOptions>) => () => host.queue({ function: 'consume', ...options });
  expect(queue({ visibilityMs: VISIBILITY_MS - 1 })).toThrow(/visibility time of 999 ms is less than/);
  expect(queue({ fifo: true, batchSize: 11 })).toThrow(/1 to 10 messages/);
  expect(queue({ batchSize: 0 })).toThrow(/1 to 10000 messages/);
  expect(queue({ function: 'nobody' })).toThrow(/Function not found/);
  expect(() => queue({})().send('x'.repeat(1024 * 1024 + 1))).toThrow(/1048576 at most/);
});

test('a stopped queue delivers nothing any more', async () => {
  const { queue, seen } = await processing();
  put(queue, 1, 9);
  await expect.poll(seen, SOON).toEqual([['1:1']]);
  queue.stop();
  put(queue, 2);
  await new Promise((resolve) => setTimeout(resolve, VISIBILITY_MS * 1.5));
  expect(seen()).toEqual([['1:1']]);
  expect(queue.size()).toBe(2);
});
