import {
  brokenStore,
  errors,
  gate,
  intentOf,
  keeping,
  runIds,
  testFlow,
} from '@flowstate/conformance/fixtures';
import { expect, onTestFinished, test } from 'vitest';
import { azure, type QueueOptions } from '../../src/azure-functions.js';
import { type Delivered, queueMessage } from './documented-events.js';
import { app, bindingOf, deliverTo, registered } from './host.js';

const QUEUE = { queueName: 'orders', connection: 'Connection' };
const [FIRST, SECOND] = ['3e8d4a5c-8f0e-4d3a-9a55-0a1c9d0a7b11', '1e5d4a5c-8f0e-4d3a-9a55-0a1c9d0a7b12'];

function sending(
  fn: Parameters<typeof azure.queue>[1],
  options: Partial<QueueOptions<never>> = {},
): (delivered: Delivered) => Promise<void> {
  return ({ input, metadata }) =>
    deliverTo(() => azure.queue(app, fn, { ...QUEUE, ...options }), input, metadata);
}

test('a message is a run under its id, with its JSON, or its text, as the input', async () => {
  const { fn, inputs } = keeping();
  const send = sending(fn);
  await send(queueMessage(FIRST, '{"hotel":"h1"}'));
  await send(queueMessage(FIRST, '{"hotel":"another, and the first counts"}', 2));
  await send(queueMessage(SECOND, 'no JSON'));
  expect(inputs).toEqual({ [FIRST]: { hotel: 'h1' }, [SECOND]: 'no JSON' });
});

test('what is registered', () => {
  const { fn } = keeping();
  const [queue] = registered(() => azure.queue(app, fn, QUEUE));
  expect([queue?.name, bindingOf(queue!, 'queueTrigger')?.[1]]).toMatchObject(['keep-queue', QUEUE]);
});

test.each([['{"id":"order-7","op":1}'], ['{"ID":"order-7"}'], ["{ 'id': 'order-7' }"]])(
  'of the body %s no id of the message is known: it is not lost, and says what to do',
  async (body) => {
    const { fn, store } = keeping();
    const { onError, told } = errors();
    const { input, metadata } = queueMessage(FIRST, body);
    await expect(sending(fn, { onError })({ input, metadata })).rejects.toMatchObject({
      code: 'RUN_INFRASTRUCTURE',
    });
    expect(told[0]?.message).toMatch(
      /a member "id", which hides the id of the message: choose one with the option/,
    );
    expect(runIds(store)).toEqual([]);
    const chosen = sending(fn, { id: ({ body: own }) => (typeof own === 'string' ? 'text' : 'chosen') });
    await chosen({ input, metadata });
    expect(runIds(store)).toHaveLength(1);
  },
);

test('options choose the input and the id, of a body whose type is known', async () => {
  const { flow, store } = testFlow();
  const fn = flow.function('f', async (_, hotel: string) => hotel);
  const register = (): void =>
    azure.queue(app, fn, {
      ...QUEUE,
      input: ({ body }: { readonly body: { readonly hotel: string } }) => body.hotel,
      id: ({ body, metadata }) => `${body.hotel}/${String(metadata.dequeueCount)}`,
    });
  const { input, metadata } = queueMessage(FIRST, '{"hotel":"h1"}');
  await deliverTo(register, input, metadata);
  expect(runIds(store)).toEqual(['h1/1']);
  expect(await fn.run('h1/1').status()).toMatchObject({ state: 'done' });
});

test('an error of the handler is told, and its message done; what can never be run is refused', async () => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const fail = flow.function('fail', async () => {
    throw new RangeError('sold out');
  });
  await sending(fail, { onError })(queueMessage(FIRST, '{}'));
  expect(told.map(({ message }) => message)).toEqual([
    `message ${FIRST}: run ${FIRST} of fail ended with an error: RangeError: sold out`,
  ]);
  const deep = '['.repeat(1000) + ']'.repeat(1000);
  await sending(fail, { onError })(queueMessage(SECOND, deep));
  expect(told[1]).toMatchObject({ code: 'VALUE_NOT_SERIALIZABLE' });
  const poisoned = sending(fail, { onError, refused: 'redeliver' })(queueMessage(SECOND, deep));
  await expect(poisoned).rejects.toThrow(/RUN_INFRASTRUCTURE|could not be carried out/);
  expect(runIds(store)).toEqual([FIRST]);
});

test('what meets an error of the infrastructure comes again, and shows nothing of it', async () => {
  const { store, memory, recover } = brokenStore();
  const { fn } = keeping({ store });
  const { onError, told } = errors();
  const send = sending(fn, {
    onError: (error) => {
      onError(error);
      throw new Error('nobody is to hear of this');
    },
  });
  const thrown = await send(queueMessage(FIRST, '{}')).catch((error: Error) => error);
  expect(String((thrown as Error).stack)).not.toMatch(/expired|nobody|at /);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
  recover();
  await send(queueMessage(FIRST, '{}', 2));
  expect(runIds(memory)).toEqual([FIRST]);
});

test('a run that is not done in time is handed over, and its message done', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  onTestFinished(open);
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  await sending(slow, { timeout: '1s' })(queueMessage(FIRST, '{}'));
  expect(Number(intentOf(store, 'slow', FIRST)?.due)).toBeLessThanOrEqual(Date.now());
});

test('options that cannot be are refused at once', () => {
  const { fn } = keeping();
  const wrong: [options: object, says: RegExp][] = [
    [{ queueName: '' }, /azure\.queue: give \{ queueName \}/],
    [{ connection: undefined }, /azure\.queue: give \{ connection \}/],
    [{ timeout: -1 }, /timeout/],
    [{ refused: 'keep' }, /azure\.queue: refused is/],
  ];
  for (const [options, says] of wrong)
    expect(() => azure.queue(app, fn, { ...QUEUE, ...options })).toThrow(says);
  expect(() => azure.queue(app, fn, undefined as never)).toThrow(/give \{ queueName \}/);
});
