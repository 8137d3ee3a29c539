import { brokenStore, errors, gate, keeping, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { expect, onTestFinished, test, vi } from 'vitest';
import { azure, type ServiceBusOptions } from '../../src/azure-functions.js';
import { busBatch, busMessage, type Delivered } from './documented-events.js';
import { app, bindingOf, deliverTo, registered } from './host.js';

const QUEUE = { queueName: 'orders', connection: 'Connection' };

function sending(
  fn: Parameters<typeof azure.serviceBus>[1],
  options: Partial<ServiceBusOptions<never>> = {},
): (delivered: Delivered) => Promise<void> {
  const all = { ...QUEUE, ...options } as ServiceBusOptions<never>;
  return ({ input, metadata }) => deliverTo(() => azure.serviceBus(app, fn, all), input, metadata);
}

test('a message is a run under its message id, alone or in a batch', async () => {
  const { fn, inputs } = keeping();
  await sending(fn)(busMessage('m1', '{"hotel":"h1"}'));
  const many = sending(fn, { cardinality: 'many' });
  await many(
    busBatch([
      { messageId: 'm1', body: '{"hotel":"another, and the first counts"}', deliveryCount: 2 },
      { messageId: 'm2', body: 'text' },
      { messageId: '3', body: '{"messageId":"that of a batch is not hidden"}' },
    ]),
  );
  expect(inputs).toEqual({
    m1: { hotel: 'h1' },
    m2: 'text',
    3: { messageId: 'that of a batch is not hidden' },
  });
});

test('what is registered: a queue, or a subscription', () => {
  const { fn } = keeping();
  const topic = { topicName: 't', subscriptionName: 's', connection: 'c' };
  const [one] = registered(() => azure.serviceBus(app, fn, QUEUE));
  const [many] = registered(() =>
    azure.serviceBus(app, fn, { ...topic, cardinality: 'many', isSessionsEnabled: true, name: 'own' }),
  );
  const shown = [one!, many!].map((each) => [each.name, bindingOf(each, 'serviceBusTrigger')?.[1]]);
  expect(shown).toMatchObject([
    ['keep-service-bus', { ...QUEUE, cardinality: 'one', isSessionsEnabled: false }],
    ['own', { ...topic, cardinality: 'many', isSessionsEnabled: true }],
  ]);
});

test('a message id that the library has read as JSON counts where it is a whole number only', async () => {
  const { fn, store } = keeping();
  const { onError, told } = errors();
  const send = sending(fn, { onError });
  await send(busMessage('42', '{}'));
  await send(busMessage('007', '{}'));
  expect(runIds(store)).toEqual(['007', '42']);
  for (const id of ['12345678901234567890', '1.5', 'true', 'null', '{"a":1}', null])
    await expect(send(busMessage(id, '{}'))).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  expect(runIds(store)).toEqual(['007', '42']);
  expect(told.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      /its id is JSON, and its text is not known \(number\): choose one with the option id/,
    ),
  );
  expect(told.at(-1)?.message).toMatch(/it has no id: choose one with the option id/);
});

test('a body that hides the message id is not lost: it comes again until an option names it', async () => {
  const { fn, store } = keeping();
  const { onError, told } = errors();
  const hidden = busMessage('m1', '{"MessageId":"m2"}');
  await expect(sending(fn, { onError })(hidden)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  expect(told[0]?.message).toMatch(/hides the id of the message/);
  expect(runIds(store)).toEqual([]);
  await sending(fn, { id: ({ metadata }) => `own-${String(metadata.sequenceNumber)}` })(hidden);
  expect(runIds(store)).toEqual(['own-17']);
});

test('options read a message of a batch as they read one alone', async () => {
  const { flow, store } = testFlow();
  const fn = flow.function('f', async (_, hotel: string) => hotel);
  const register = (cardinality: 'one' | 'many') => () =>
    azure.serviceBus(app, fn, {
      ...QUEUE,
      cardinality,
      input: ({ body }: { readonly body: { readonly hotel: string } }) => body.hotel,
      id: ({ body, metadata }) =>
        `${body.hotel}/${String(metadata.messageId)}/${String(metadata.deliveryCount)}`,
    });
  const one = busMessage('m1', '{"hotel":"h1"}');
  await deliverTo(register('one'), one.input, one.metadata);
  const many = busBatch([{ messageId: 'm2', body: '{"hotel":"h2"}', deliveryCount: 3 }]);
  await deliverTo(register('many'), many.input, many.metadata);
  expect(runIds(store)).toEqual(['h1/m1/1', 'h2/m2/3']);
});

test('of a batch the whole comes again where one must, and what was done is done', async () => {
  const { store, memory, recover } = brokenStore();
  const { flow } = testFlow({ store });
  let runs = 0;
  const count = flow.function('count', (ctx) =>
    ctx.step('count', async () => {
      runs += 1;
    }),
  );
  const { onError } = errors();
  const send = sending(count, { cardinality: 'many', onError });
  const batch = busBatch(['m1', 'm2', 'm3'].map((messageId) => ({ messageId, body: '{}' })));
  await expect(send(batch)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  recover();
  await send(batch);
  await send(batch);
  expect([runIds(memory), runs]).toEqual([['m1', 'm2', 'm3'], 3]);
});

test('in a session a message is done only when its run has ended, and those behind it wait', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const order: string[] = [];
  const slow = flow.function('slow', async (ctx) =>
    ctx.step('wait', async () => {
      order.push(ctx.runId);
      await opened;
    }),
  );
  const { onError } = errors();
  const session = { isSessionsEnabled: true, timeout: '1s', onError } as const;
  await expect(sending(slow, session)(busMessage('m1', '{}'))).rejects.toThrow();
  const many = sending(slow, { ...session, cardinality: 'many' });
  const batch = busBatch(['m1', 'm2'].map((messageId) => ({ messageId, body: '{}' })));
  await expect(many(batch)).rejects.toThrow();
  expect(runIds(store)).toEqual(['m1']);
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    expect(await slow.run('m1').status()).toMatchObject({ state: 'done' });
  }, 10_000);
  await sending(slow, { ...session, cardinality: 'many', timeout: '30s' })(batch);
  expect(order.at(-1)).toBe('m2');
});

test('in a session the end of a run that goes on elsewhere is waited for: it does not come again at once', async () => {
  const { flow } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  onTestFinished(open);
  const slow = flow.function('slow', async (ctx, _: unknown) => ctx.step('wait', () => opened));
  const elsewhere = slow.invoke({}, { id: 'm1' });
  await vi.waitFor(
    async () => expect(await slow.run('m1').status()).toMatchObject({ state: 'running' }),
    10_000,
  );
  const asked: unknown[] = [];
  const watched = {
    ...slow,
    flow: {
      name: flow.name,
      functions: () => slow.flow.functions(),
      receive(...[message, delivery]: Parameters<typeof slow.flow.receive>) {
        asked.push((message as { kind: string }).kind);
        return slow.flow.receive(message, delivery);
      },
    },
  };
  const delivered = sending(watched, { isSessionsEnabled: true })(busMessage('m1', '{}'));
  await vi.waitFor(() => expect(asked.slice(0, 3)).toEqual(['call', 'status', 'status']), 10_000);
  open();
  await Promise.all([delivered, elsewhere]);
});

test('a batch that is none is thrown', async () => {
  const { fn, store } = keeping();
  const many = sending(fn, { cardinality: 'many' });
  for (const json of ['{}', '[]', '7'])
    await expect(many({ input: { json }, metadata: {} })).rejects.toThrow(/azure\.serviceBus takes no other/);
  expect(runIds(store)).toEqual([]);
});

test('options that cannot be are refused at once', () => {
  const { fn } = keeping();
  const wrong: [options: object, says: RegExp][] = [
    [{ connection: 'c' }, /azure\.serviceBus: give either/],
    [{ ...QUEUE, topicName: 't', subscriptionName: 's' }, /azure\.serviceBus: give either/],
    [{ connection: 'c', topicName: 't' }, /azure\.serviceBus: give \{ subscriptionName \}/],
    [{ queueName: 'q' }, /azure\.serviceBus: give \{ connection \}/],
    [{ ...QUEUE, cardinality: 'some' }, /azure\.serviceBus: cardinality is/],
    [{ ...QUEUE, isSessionsEnabled: 'yes' }, /azure\.serviceBus: isSessionsEnabled is/],
    [{ ...QUEUE, concurrency: 0 }, /azure\.serviceBus: concurrency/],
  ];
  for (const [options, says] of wrong)
    expect(() => azure.serviceBus(app, fn, options as typeof QUEUE)).toThrow(says);
});
