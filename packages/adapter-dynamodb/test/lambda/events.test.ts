import { errors, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { hash, type Store, StoreError } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test } from 'vitest';
import { s3Id } from '../../src/lambda/s3.js';
import { lambda } from '../../src/lambda.js';
import { busEvent, s3Record, snsRecord, sqsRecord, streamRecord } from './documented-events.js';
import { contextOf, invoked } from './invocation.js';

/** A function that keeps its inputs by run. */
function keeping(store = memoryStore(), write: Store['write'] = store.write) {
  const inputs: Record<string, unknown> = {};
  const { flow } = testFlow({ store: { ...store, write } });
  const fn = flow.function('keep', (ctx, input: unknown) =>
    ctx.step('keep', async () => {
      inputs[ctx.runId] = input;
    }),
  );
  return { fn, flow, inputs, store };
}

test('an event of a bus is a run under its source and id, and its detail the input', async () => {
  const { fn, inputs } = keeping();
  const handler = lambda.events(fn);
  const event = busEvent('53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa', { order: 7 });
  for (const _ of [1, 2]) expect(await handler(event, contextOf())).toBeUndefined();
  await handler({ ...event, source: 'shop.returns', detail: null }, contextOf());
  expect(inputs).toEqual({
    'shop.orders/53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa': { order: 7 },
    'shop.returns/53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa': null,
  });
});

test('a notification is a run under the id of its message, JSON or text', async () => {
  const { fn, inputs } = keeping();
  const Records = [snsRecord('95df01b4', '{"order":7}'), snsRecord('95df01b5', 'Hello from SNS!')];
  expect(await lambda.events(fn)({ Records }, contextOf())).toBeUndefined();
  expect(inputs).toEqual({ '95df01b4': { order: 7 }, '95df01b5': 'Hello from SNS!' });
});

test('a change of a bucket is a run under what was changed', async () => {
  const { fn, inputs, store } = keeping();
  const handler = lambda.events(fn);
  const key = 'b21b84d6/Happy+Face%2B%C3%A4.jpg';
  const records = [s3Record(key), s3Record(key, { sequencer: '0C0F6F405D6ED209E2' }), s3Record('other')];
  for (const _ of [1, 2]) expect(await handler({ Records: records }, contextOf())).toBeUndefined();
  const first = `s3/${hash('DOC-EXAMPLE-BUCKET', key, '', 'b21b84d653bb07b05b1e6b33684dc11b', '0C0F6F405D6ED209E1', 'ObjectCreated:Put')}`;
  expect(inputs[first]).toEqual({
    eventName: 'ObjectCreated:Put',
    bucket: 'DOC-EXAMPLE-BUCKET',
    key: 'b21b84d6/Happy Face+ä.jpg',
    size: 1305107,
    eTag: 'b21b84d653bb07b05b1e6b33684dc11b',
    sequencer: '0C0F6F405D6ED209E1',
  });
  expect(runIds(store)).toHaveLength(3);
  // Every part of what was changed tells it from others.
  const changes = [{ versionId: '2' }, { eTag: 'e' }, { size: 7 }].map((object) => s3Record(key, object));
  await handler(
    { Records: [...changes, { ...s3Record(key), eventName: 'ObjectRemoved:Delete' }] },
    contextOf(),
  );
  expect(runIds(store)).toHaveLength(6);
});

test('a change of a table is a run under the id of its event, and the record the input', async () => {
  const { fn, inputs } = keeping();
  const records = [streamRecord('c4ca4238', '101', '111'), streamRecord('c81e728d', '102', '222')];
  expect(await lambda.events(fn)({ Records: records }, contextOf())).toEqual({ batchItemFailures: [] });
  expect(inputs).toEqual({ c4ca4238: records[0], c81e728d: records[1] });
});

test('of a stream the first that failed comes again, and all behind it', async () => {
  const memory = memoryStore();
  const unlucky: Store['write'] = (request, options) =>
    request.write === 'create' && /"e[24]"/.test(String(request.fields.runId))
      ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'))
      : memory.write(request, options);
  const { fn, store } = keeping(memory, unlucky);
  const { onError, told } = errors();
  // The second and the fourth are changes of one item: the fourth must not get ahead.
  const records = ['1', '2', '3', '2', '4'].map((item, i) => streamRecord(`e${i + 1}`, item, `${100 + i}`));
  const answer = await lambda.events(fn, { onError })({ Records: records }, contextOf());
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '101' }] });
  expect(runIds(store)).toEqual(['e1', 'e3', 'e5']);
  expect(told.map(({ message }) => message)).toEqual(['event e2 is to be delivered again: expired key']);
});

test('elsewhere a delivery comes again as a whole', async () => {
  const memory = memoryStore();
  const down: Store['write'] = () => Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'));
  const { fn } = keeping(memory, down);
  const { onError, told } = errors();
  const end = await invoked(lambda.events(fn, { onError }), busEvent('e1', {}));
  expect(end).toMatchObject({ functionError: { errorType: 'RUN_INFRASTRUCTURE' } });
  expect(JSON.stringify(end)).not.toContain('expired key');
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
});

test('options choose the input and the id, knowing the kind of the event', async () => {
  const { fn, inputs } = keeping();
  const handler = lambda.events(fn, {
    input: (event) => (event.kind === 'sns' ? event.record.Sns.Subject : event.kind),
    id: (event) => (event.kind === 'dynamodb' ? event.record.dynamodb?.Keys?.Id?.N : undefined),
  });
  await handler({ Records: [snsRecord('m1', 'text')] }, contextOf());
  await handler({ Records: [streamRecord('e1', '101', '111')] }, contextOf());
  expect(inputs).toEqual({ m1: 'TestInvoke', '101': 'dynamodb' });
});

test('an error of the handler is told, and its event comes no more; so is what can never be run', async () => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const fail = flow.function('fail', async () => {
    throw new RangeError('sold out');
  });
  expect(await invoked(lambda.events(fail, { onError }), busEvent('e1', {}))).toEqual({ payload: null });
  const bad = { Records: [s3Record('%E0%A4%A')] };
  expect(await invoked(lambda.events(fail, { onError }), bad)).toEqual({ payload: null });
  expect(runIds(store)).toEqual(['shop.orders/e1']);
  expect(told.map(({ message }) => message)).toEqual([
    'event shop.orders/e1: run shop.orders/e1 of fail ended with an error: RangeError: sold out',
    expect.stringMatching(/^event s3\/[0-9a-f]{32} is refused: it cannot be read$/),
  ]);
  const again = await invoked(lambda.events(fail, { onError, refused: 'redeliver' }), bad);
  expect(again).toMatchObject({ functionError: { errorType: 'RUN_INFRASTRUCTURE' } });
});

test('what is no such event is thrown, so that nothing of it is lost', async () => {
  const { fn } = keeping();
  const handler = lambda.events(fn);
  const kinesis = { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'SGVsbG8=' } }] };
  const mixed = { Records: [snsRecord('m1', '1'), s3Record('key')] };
  const nameless = { ...busEvent('e1', {}), id: undefined };
  const others = [null, [], 'text', {}, { Records: [] }, { Records: [null] }, kinesis, mixed, nameless];
  for (const event of [...others, { Records: [sqsRecord('m1', '1')] }]) {
    expect(await invoked(handler, event)).toMatchObject({
      functionError: {
        errorType: 'MESSAGE_INVALID',
        errorMessage: expect.stringContaining('takes no other'),
      },
    });
  }
});

test('changes of an object without a sequencer are told apart by time and request', () => {
  const tagged = (eventTime: string, request: string) => {
    const record = s3Record('orders/a');
    const { sequencer: _, ...object } = record.s3.object;
    const responseElements = { 'x-amz-request-id': request };
    return s3Id({
      ...record,
      eventName: 'ObjectTagging:Put',
      eventTime,
      responseElements,
      s3: { ...record.s3, object },
    });
  };
  const ids = [tagged('2026-01-01', 'r1'), tagged('2026-02-01', 'r1'), tagged('2026-01-01', 'r2')];
  expect(new Set(ids).size).toBe(3);
  expect(tagged('2026-01-01', 'r1')).toBe(ids[0]);
});

test('without messages, what a stranger wrote as the whole payload calls nothing', async () => {
  const { fn, store } = keeping();
  const message = { kind: 'call', function: fn.name, id: 'forged', input: '[1]' };
  const closed = lambda.events(fn, { messages: false });
  expect(await invoked(closed, { flowstate: 1, message })).toMatchObject({
    functionError: { errorType: 'MESSAGE_INVALID' },
  });
  expect(runIds(store)).toEqual([]);
});
