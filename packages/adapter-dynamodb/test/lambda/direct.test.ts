import { errors, gate, intentOf, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { isFlowstateError } from '@flowstate/core';
import { type Store, StoreError } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type LambdaContext, lambda } from '../../src/lambda.js';
import { type AnyHandler, contextOf, functionErrorOf, invoked } from './invocation.js';

test('the payload is the input, and the answer the result', async () => {
  const { flow, store } = testFlow();
  const double = flow.function('double', async (ctx, n: number) => ({ twice: 2 * n, run: ctx.runId }));
  const handler = lambda(double);
  expect(await handler(4, contextOf({ requestId: 'r1' }))).toEqual({ twice: 8, run: 'r1' });
  expect(runIds(store)).toEqual(['r1']);
});

test('options choose the input, the id and what is shown', async () => {
  const { flow } = testFlow();
  const double = flow.function('double', async (ctx, n: number) => ({ twice: 2 * n, run: ctx.runId }));
  const handler = lambda(double, {
    input: (event: { order: { n: number }; key?: string }, context: LambdaContext) =>
      event.order.n + context.awsRequestId.length,
    id: ({ key }) => key,
    output: ({ twice, run }) => `${twice} by ${run}`,
  });
  const context = contextOf({ requestId: 'r1' });
  expect(await handler({ order: { n: 1 }, key: 'k' }, context)).toBe('6 by k');
  // An id that somebody chose stands for one input; a request id for whatever came first.
  const other = await invoked(handler, { order: { n: 2 }, key: 'k' }, { requestId: 'r1' });
  expect(other).toMatchObject({ functionError: { errorType: 'RUN_ID_REUSED' } });
  expect(await handler({ order: { n: 2 } }, context)).toBe('8 by r1');
  expect(await handler({ order: { n: 7 } }, context)).toBe('8 by r1');
});

test('an error of the handler is thrown by name and message, with nothing else of it', async () => {
  const { flow } = testFlow();
  let begun = 0;
  class SoldOut extends Error {
    override readonly name = 'SoldOut';
    readonly code = 'E_SOLD_OUT';
  }
  const fail = flow.function('fail', async () => {
    begun += 1;
    throw new SoldOut('no rooms', { cause: new Error('inner') });
  });
  const handler = lambda(fail);
  for (const _ of [1, 2]) {
    const error = await handler(null, contextOf({ requestId: 'r1' })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'SoldOut', message: 'no rooms', code: 'E_SOLD_OUT' });
    expect(functionErrorOf(error)).toEqual({
      errorType: 'SoldOut',
      errorMessage: 'no rooms',
      trace: ['SoldOut: no rooms'],
    });
    expect(Object(error).cause).toBeUndefined();
  }
  expect(begun).toBe(1);
});

test('infrastructure is thrown by its code, and says nothing of itself', async () => {
  const store = memoryStore();
  const write: Store['write'] = () =>
    Promise.reject(new StoreError('STORE_MISCONFIGURED', 'no table on db.internal for user flow:pass'));
  const { flow } = testFlow({ store: { ...store, write } });
  const { onError, told } = errors();
  const handler = lambda(
    flow.function('f', async () => 1),
    { onError },
  );
  const error = await handler('secret', contextOf()).catch((thrown: unknown) => thrown);
  expect(isFlowstateError(error, 'STORE_MISCONFIGURED')).toBe(true);
  expect(functionErrorOf(error).errorType).toBe('STORE_MISCONFIGURED');
  expect(JSON.stringify(functionErrorOf(error))).not.toMatch(/internal|pass|secret|at /);
  expect(told).toMatchObject([{ message: expect.stringContaining('db.internal') }]);
});

test('what cannot be an id, an input or an answer is refused by its code', async () => {
  const { flow, store } = testFlow();
  const echo = flow.function('echo', async (_, n: unknown) => n);
  const { onError, told } = errors();
  const kind = async (handler: AnyHandler, event: unknown) => {
    const end = await invoked(handler, event);
    return 'functionError' in end ? end.functionError.errorType : end.payload;
  };
  expect(await kind(lambda(echo, { onError, id: () => '' }), 1)).toBe('RUN_INPUT_INVALID');
  expect(await kind(lambda(echo, { onError, id: () => '\ud800' }), 1)).toBe('RUN_INPUT_INVALID');
  expect(await kind(lambda(echo, { onError, id: () => 'i'.repeat(9000) }), 1)).toBe('VALUE_TOO_LARGE');
  expect(await kind(lambda(echo, { onError, input: () => () => 1 }), 1)).toBe('VALUE_NOT_SERIALIZABLE');
  const unread = { onError, input: ({ order }: { order: { n: number } }) => order.n };
  expect(await kind(lambda(echo, unread), {})).toBe('RUN_INPUT_INVALID');
  expect(told).toMatchObject([{ name: 'TypeError' }]);
  expect(store.rows()).toEqual([]);
  // The run is done all the same.
  expect(await kind(lambda(echo, { onError, input: () => 7n, id: () => 'big' }), 1)).toBe(
    'VALUE_NOT_SERIALIZABLE',
  );
  expect(await kind(lambda(echo, { input: () => 7n, id: () => 'big', output: String }), 1)).toBe('7');
  expect(await kind(lambda(echo, { input: () => undefined }), 1)).toBe(null);
  expect(() => lambda(echo, { wait: '10' })).toThrow(TypeError);
});

test('an execution hands over before the time is over, and the run is accepted', async () => {
  const { flow, store } = testFlow({ handOver: '900ms' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const begun = Date.now();
  const answer = await lambda(slow)(undefined, contextOf({ requestId: 'r1', remainingMs: 2000 }));
  expect(answer).toEqual({ flowstate: 'accepted', run: 'r1', state: 'running' });
  expect(Date.now() - begun).toBeLessThan(2000);
  // Its lease would last for ten minutes.
  expect(Number(intentOf(store, 'slow', 'r1')?.due)).toBeLessThanOrEqual(Date.now());
  open();
  await flow.collect();
  await vi.waitFor(async () => expect(await slow.run('r1').status()).toMatchObject({ state: 'done' }));
  expect(await lambda(slow)(undefined, contextOf({ requestId: 'r1' }))).toBe('done');
});

test('the wait of the option ends an execution as well', async () => {
  const { flow, store } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  for (const wait of [0, 200]) {
    const requestId = `r${wait}`;
    const answer = await lambda(slow, { wait })(undefined, contextOf({ requestId }));
    expect(answer).toEqual({ flowstate: 'accepted', run: requestId, state: 'running' });
    expect(Number(intentOf(store, 'slow', requestId)?.due)).toBeLessThanOrEqual(Date.now());
  }
  open();
});

test('who asks for a run that another invocation carries out gets its result', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  let begun = 0;
  const slow = flow.function('slow', async (ctx) =>
    ctx.step('wait', async () => {
      begun += 1;
      await opened;
      return ctx.runId;
    }),
  );
  const handler = lambda(slow);
  const first = handler(undefined, contextOf({ requestId: 'r1' }));
  await vi.waitFor(() => expect(begun).toBe(1));
  const second = handler(undefined, contextOf({ requestId: 'r1' }));
  open();
  expect(await Promise.all([first, second])).toEqual(['r1', 'r1']);
  expect(begun).toBe(1);
});

test('a run that was set aside is accepted at once, with its reason', async () => {
  const lost = {
    start: async () => undefined,
    call: () => Promise.reject(new Error('none')),
    status: async () => 'unknown' as const,
  };
  const { flow } = testFlow({ invoker: lost, lease: 1, attemptsMax: 1 });
  const stuck = flow.function('stuck', async () => 'never');
  const run = await stuck.start(undefined, { id: 'k' });
  await vi.waitFor(async () => {
    await flow.collect();
    expect(await run.status()).toMatchObject({ state: 'paused' });
  });
  const answer = await lambda(stuck, { id: () => 'k' })(undefined, contextOf());
  expect(answer).toEqual({
    flowstate: 'accepted',
    run: 'k',
    state: 'paused',
    reason: expect.stringContaining('launch'),
  });
});

test('a store that does not answer ends the invocation in time, as infrastructure', async () => {
  const store = memoryStore();
  const silent: Store = { ...store, write: () => new Promise(() => undefined) };
  const { flow } = testFlow({ store: silent });
  const { onError, told } = errors();
  const handler = lambda(
    flow.function('f', async () => 1),
    { onError },
  );
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const end = invoked(handler, 1, { remainingMs: 1000 });
  await vi.advanceTimersByTimeAsync(999);
  expect(await Promise.race([end, undefined])).toMatchObject({
    functionError: { errorType: 'RUN_INFRASTRUCTURE' },
  });
  expect(told).toMatchObject([{ message: 'no answer before the time was over' }]);
});
