import { errors, gate, intentOf, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { FlowstateError, type Store, StoreError } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test, vi } from 'vitest';
import { lambda, type SqsRecord } from '../../src/lambda.js';
import { sqsRecord } from './documented-events.js';
import { contextOf, invoked } from './invocation.js';

const batchOf = (...Records: SqsRecord[]) => ({ Records });
const failed = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

/** A flow whose store takes no run with that word in its input, until it recovers. */
function brokenFlow(word: string) {
  const memory = memoryStore();
  let down = true;
  const write: Store['write'] = (request, options) =>
    down && request.write === 'create' && String(request.fields.input).includes(word)
      ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'))
      : memory.write(request, options);
  const { flow } = testFlow({ store: { ...memory, write } });
  const recover = (): void => {
    down = false;
  };
  return { flow, store: memory, recover };
}

test('every message is a run under its own id, and its body the input', async () => {
  const { flow, store } = testFlow();
  const sum = flow.table<number>('sum');
  const add = flow.function('add', (ctx, { n }: { n: number }) =>
    ctx.update(sum, 'all', (all) => (all ?? 0) + n),
  );
  const { onError, told } = errors();
  const handler = lambda.sqs(add, { onError });
  const batch = batchOf(sqsRecord('m1', '{"n":1}'), sqsRecord('m2', '{"n":2}'));
  for (const _ of [1, 2]) expect(await handler(batch, contextOf())).toEqual(failed());
  // Another body under one id: the mapping has changed between two deliveries, and the first counts.
  expect(await handler(batchOf(sqsRecord('m1', '{"n":100}')), contextOf())).toEqual(failed());
  expect(await sum.get('all')).toBe(3);
  expect(told).toEqual([]);
  expect(runIds(store).slice(0, 2)).toEqual(['m1', 'm2']);
});

test('options choose the input and the id', async () => {
  const { flow, store } = testFlow();
  const echo = flow.function('echo', async (_, n: number) => n);
  const { onError, told } = errors();
  const handler = lambda.sqs(echo, {
    onError,
    input: ({ body }) => body.length,
    id: ({ body }) => (body === '' ? undefined : body),
  });
  const batch = batchOf(sqsRecord('m1', 'abc'), sqsRecord('m2', ''));
  expect(await handler(batch, contextOf())).toEqual(failed());
  expect(runIds(store)).toEqual(['abc', 'm2']);
  // A sender who takes his id for something else is told so.
  const other = lambda.sqs(echo, { onError, input: () => 0, id: () => 'abc' });
  expect(await other(batchOf(sqsRecord('m3', 'x')), contextOf())).toEqual(failed());
  expect(told).toMatchObject([
    { code: 'RUN_ID_REUSED', message: expect.stringMatching(/^message m3 is refused/) },
  ]);
});

test('what the infrastructure could not do comes again, and nothing else', async () => {
  const { flow, recover } = brokenFlow('unlucky');
  const { onError, told } = errors();
  const fn = flow.function('f', async (_, word: string) => {
    if (word === 'ill') throw new RangeError('sold out');
    return word;
  });
  const handler = lambda.sqs(fn, { onError });
  const batch = batchOf(
    sqsRecord('m1', '"well"'),
    sqsRecord('m2', '"unlucky"'),
    sqsRecord('m3', '"ill"'),
    sqsRecord('m4', 'malformed'),
    sqsRecord('m5', '"unlucky as well"'),
  );
  expect(await handler(batch, contextOf())).toEqual(failed('m2', 'm5'));
  expect(new Set(told.map(({ message }) => message))).toEqual(
    new Set([
      'message m2 is to be delivered again: expired key',
      'message m3: run m3 of f ended with an error: RangeError: sold out',
      'message m4 is refused: it cannot be read',
      'message m5 is to be delivered again: expired key',
    ]),
  );
  recover();
  expect(await handler(batch, contextOf())).toEqual(failed());
});

test('what is refused comes again where a dead-letter queue is to get it', async () => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const handler = lambda.sqs(
    flow.function('f', async () => 1),
    { onError, refused: 'redeliver' },
  );
  const batch = batchOf(sqsRecord('m1', 'malformed'), sqsRecord('m2', '1'));
  expect(await handler(batch, contextOf())).toEqual(failed('m1'));
  expect(told).toHaveLength(1);
  expect(runIds(store)).toEqual(['m2']);
});

test('of a FIFO queue each group keeps its order, and stops where one comes again', async () => {
  const { flow, store } = brokenFlow('a2');
  const order: string[] = [];
  const fn = flow.function('f', (ctx, word: string) =>
    ctx.step('note', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(word);
    }),
  );
  const words = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'];
  const records = words.map((word) => sqsRecord(word, JSON.stringify(word), word.slice(0, 1)));
  const { onError } = errors();
  expect(await lambda.sqs(fn, { onError })(batchOf(...records), contextOf())).toEqual(failed('a2', 'a3'));
  expect(order.filter((word) => word.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  expect(runIds(store)).toEqual(['a1', 'b1', 'b2', 'b3']);
  // In other queues a group stands for a share of the queue, and for no order.
  const shared = records.map((record) => ({ ...record, eventSourceARN: 'arn:aws:sqs:us-east-2:1:orders' }));
  expect(await lambda.sqs(fn, { onError })(batchOf(...shared), contextOf())).toEqual(failed('a2'));
});

test('no more runs than that are under way at once', async () => {
  const { flow } = testFlow();
  let [now, most] = [0, 0];
  const fn = flow.function('f', (ctx) =>
    ctx.step('work', async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    }),
  );
  const records = Array.from({ length: 40 }, (_, i) => sqsRecord(`m${i}`, '1'));
  expect(await lambda.sqs(fn, { concurrency: 3 })(batchOf(...records), contextOf())).toEqual(failed());
  expect(most).toBe(3);
  for (const concurrency of [0, 1.5, -1]) expect(() => lambda.sqs(fn, { concurrency })).toThrow(TypeError);
});

test('what is not reached in time comes again; what is under way goes on by itself', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  const fn = flow.function('f', async (ctx, word: string) => {
    if (word === 'slow') await ctx.step('wait', () => opened);
    return word;
  });
  const handler = lambda.sqs(fn, { concurrency: 1 });
  const batch = batchOf(sqsRecord('m1', '"slow"'), sqsRecord('m2', '"other"'));
  expect(await handler(batch, contextOf({ remainingMs: 800 }))).toEqual(failed());
  expect(Number(intentOf(store, 'f', 'm1')?.due)).toBeLessThanOrEqual(Date.now());
  // Nothing begins when the time is over.
  const late = batchOf(sqsRecord('m3', '"other"'), sqsRecord('m4', '"other"'));
  // Thrown where all of them are, for whoever has not switched partial answers on.
  await expect(handler(late, contextOf({ remainingMs: 0 }))).rejects.toThrow('could not be carried out');
  expect(runIds(store)).toEqual(['m1', 'm2']);
  open();
  await flow.collect();
  await vi.waitFor(async () => expect(await fn.run('m1').status()).toMatchObject({ state: 'done' }));
});

test('an event of something else is thrown, so that nothing of it is lost', async () => {
  const { flow } = testFlow();
  const handler = lambda.sqs(flow.function('f', async () => 1));
  const { messageId: _, ...nameless } = sqsRecord('m1', '1');
  const others = [null, {}, { Records: [] }, { Records: [null] }, { Records: [{ eventSource: 'aws:sns' }] }];
  for (const event of [...others, { Records: [sqsRecord('m1', '1'), nameless] }])
    expect(await invoked(handler, event)).toMatchObject({ functionError: { errorType: 'MESSAGE_INVALID' } });
});

test('a mistake of the code loses no message: what an option cannot do comes again', async () => {
  const { flow, store } = testFlow();
  const fn = flow.function('f', async (_, word: unknown) => word);
  const { onError, told } = errors();
  const record = sqsRecord('m1', '{"word":"a","number":7}');
  const handlers = [
    lambda.sqs(fn, { onError, input: ({ body }) => JSON.parse(JSON.parse(body).message) }),
    lambda.sqs(fn, { onError, input: () => BigInt('12.5') }),
    lambda.sqs(fn, { onError, input: async () => 1 }),
    lambda.sqs(fn, { onError, id: ({ body }) => JSON.parse(body).number }),
    lambda.sqs(fn, { onError, id: () => '' }),
  ];
  for (const handler of handlers)
    await expect(handler(batchOf(record), contextOf())).rejects.toThrow('could not be carried out');
  expect(runIds(store)).toEqual([]);
  expect(told).toHaveLength(handlers.length);
  // An id that is none is the message's own.
  const absent = lambda.sqs(fn, { onError, id: () => JSON.parse('null') });
  expect(await absent(batchOf(record), contextOf())).toEqual(failed());
  expect(runIds(store)).toEqual(['m1']);
});

test('an option refuses a message for good by saying so', async () => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const input = () => {
    throw new FlowstateError('RUN_INPUT_INVALID', 'an order of yesterday');
  };
  const handler = lambda.sqs(
    flow.function('f', async () => 1),
    { onError, input },
  );
  expect(await handler(batchOf(sqsRecord('m1', '1')), contextOf())).toEqual(failed());
  expect(told.map(({ message }) => message)).toEqual(['message m1 is refused: an order of yesterday']);
  expect(runIds(store)).toEqual([]);
});

test('of a FIFO queue nothing gets ahead of a run that is not done', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  const fn = flow.function('f', async (ctx, word: string) => {
    if (word === 'slow') await ctx.step('wait', () => opened);
    return word;
  });
  const { onError } = errors();
  const batch = batchOf(
    sqsRecord('m1', '"slow"', 'g'),
    sqsRecord('m2', '"next"', 'g'),
    sqsRecord('m3', '"other"', 'h'),
  );
  const answer = await lambda.sqs(fn, { onError })(batch, contextOf({ remainingMs: 800 }));
  expect(answer).toEqual(failed('m1', 'm2'));
  expect(runIds(store)).toEqual(['m1', 'm3']);
  open();
});

test('a run that is stored is left to the collector, where its message might come back under another id', async () => {
  const memory = memoryStore();
  let down = true;
  const write: Store['write'] = (request, options) =>
    down && request.write !== 'create'
      ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'))
      : memory.write(request, options);
  const { flow } = testFlow({ store: { ...memory, write } });
  const fn = flow.function('f', async (_, n: number) => n);
  const { onError, told } = errors();
  expect(await lambda.sqs(fn, { onError })(batchOf(sqsRecord('m1', '1')), contextOf())).toEqual(failed());
  expect(told[0]?.message).toContain('message m1 is left to the collector');
  expect(runIds(memory)).toEqual(['m1']);
  // A chosen id is the same when it comes back, and an order is kept by coming again.
  const chosen = lambda.sqs(fn, { onError, id: () => 'order-1' });
  await expect(chosen(batchOf(sqsRecord('m2', '2')), contextOf())).rejects.toThrow(
    'could not be carried out',
  );
  const ordered = batchOf(sqsRecord('m3', '3', 'g'));
  await expect(lambda.sqs(fn, { onError })(ordered, contextOf())).rejects.toThrow('could not be carried out');
  down = false;
  expect(await chosen(batchOf(sqsRecord('m2', '2')), contextOf())).toEqual(failed());
});

test('a schema that meets an error of its database refuses nothing', async () => {
  const { flow, store } = testFlow();
  const validate = async () => {
    throw new StoreError('STORE_MISCONFIGURED', 'no such table');
  };
  const schema = { '~standard': { version: 1, vendor: 'ours', validate } } as const;
  const fn = flow.function('f', { input: schema }, async () => 1);
  const handler = lambda.sqs(fn, { onError: () => undefined });
  await expect(handler(batchOf(sqsRecord('m1', '1')), contextOf())).rejects.toThrow(
    'could not be carried out',
  );
  expect(runIds(store)).toEqual([]);
});
