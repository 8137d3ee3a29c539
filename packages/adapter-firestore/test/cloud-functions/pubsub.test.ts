import { errors, gate, keeping, runIds, testFlow } from '@flowstate/conformance/fixtures';
import { expect, onTestFinished, test, vi } from 'vitest';
import { gcf, type PubsubDelivery, type PubsubHandler } from '../../src/cloud-functions.js';
import {
  backgroundRequest,
  eventarcRequest,
  type Published,
  pushRequest,
  type Sent,
  SUBSCRIPTION,
} from './documented-events.js';
import { serveEvents } from './framework.js';

async function served(handler: PubsubHandler): Promise<(sent: Sent) => Promise<number>> {
  const { url, close } = await serveEvents(handler);
  onTestFinished(close);
  return async ({ path, headers, body }) =>
    (await fetch(`${url}${path}`, { method: 'POST', headers, body })).status;
}

const WAYS: Readonly<Record<string, (published: Published) => Sent>> = {
  Eventarc: eventarcRequest,
  'a push subscription': (published) => pushRequest(published),
  'a push subscription to another path': (published) => ({ ...pushRequest(published), path: '/' }),
  'a background event': backgroundRequest,
};

test.each(Object.entries(WAYS))(
  'by %s a message is a run under its id, and its JSON the input',
  async (_, by) => {
    const quiet = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    onTestFinished(() => quiet.mockRestore());
    const { fn, inputs } = keeping();
    const send = await served(gcf.pubsub(fn));
    expect(await send(by({ messageId: '2070443601311540', data: '{"ä":1}' }))).toBe(204);
    expect(await send(by({ messageId: '2070443601311540', data: '{"another":"mapping"}' }))).toBe(204);
    expect(inputs).toEqual({ '2070443601311540': { ä: 1 } });
  },
);

test.each(Object.entries(WAYS))('by %s the options see the message', async (way, by) => {
  const quiet = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  onTestFinished(() => quiet.mockRestore());
  const { fn, inputs } = keeping();
  const seen: PubsubDelivery[] = [];
  const send = await served(
    gcf.pubsub(fn, {
      input: (delivery) => {
        seen.push(delivery);
        return delivery.message.data.toString();
      },
      id: ({ message }) => message.attributes.order,
    }),
  );
  expect(await send(by({ messageId: '17', data: 'no JSON', attributes: { order: 'o-1' } }))).toBe(204);
  expect(inputs).toEqual({ 'o-1': 'no JSON' });
  expect(seen[0]).toMatchObject({
    message: { messageId: '17', attributes: { order: 'o-1' }, publishTime: '2021-02-26T19:13:55.749Z' },
    ...(way === 'Eventarc' ? { subscription: SUBSCRIPTION } : {}),
  });
  expect(() => seen[0]?.message.json()).toThrow(expect.objectContaining({ code: 'RUN_INPUT_INVALID' }));
});

test.each([
  ['Eventarc', eventarcRequest],
  ['push', (published: Published) => pushRequest(published)],
])('by %s a message may have attributes only', async (_, by) => {
  const { fn, inputs } = keeping();
  const send = await served(
    gcf.pubsub(fn, {
      input: ({ message, subscription }) => [message.data.length, message.attributes, subscription],
    }),
  );
  expect(await send(by({ messageId: '18', attributes: { a: 'b' } }))).toBe(204);
  expect(inputs).toEqual({ '18': [0, { a: 'b' }, SUBSCRIPTION] });
});

test('the older names of the fields do as well', async () => {
  const { fn, inputs } = keeping();
  const handler = gcf.pubsub(fn, { input: ({ message }) => [message.publishTime, message.orderingKey] });
  const message = { message_id: '19', publish_time: '2021-02-26T19:13:55.749Z', ordering_key: 'k', data: '' };
  await handler({ id: 'e', source: 's', type: 't', specversion: '1.0', data: { message } });
  expect(inputs).toEqual({ '19': ['2021-02-26T19:13:55.749Z', 'k'] });
});

test('data that is no JSON is refused: dropped, or delivered again to a dead-letter topic', async () => {
  const { fn, store } = keeping();
  const { onError, told } = errors();
  const dropping = await served(gcf.pubsub(fn, { onError }));
  const redelivering = await served(gcf.pubsub(fn, { onError, refused: 'redeliver' }));
  for (const data of ['', '{"broken":', '\ufffe'])
    for (const [send, status] of [
      [dropping, 204],
      [redelivering, 500],
    ] as const)
      expect(await send(eventarcRequest({ messageId: '20', data }))).toBe(status);
  expect(told.map(({ message }) => message)).toEqual(
    Array.from({ length: 6 }, () => expect.stringMatching(/^message 20 is refused: /)),
  );
  expect(runIds(store)).toEqual([]);
});

test.each([
  ['Eventarc, with its key', eventarcRequest, {}],
  ['push, by the option', (published: Published) => pushRequest(published), { ordered: true }],
])('an ordered message by %s is done only when its run has ended', async (_, by, options) => {
  const { flow } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const send = await served(gcf.pubsub(slow, { timeout: '1s', ...options }));
  const message = by({ messageId: '21', data: '{}', orderingKey: 'orders' });
  expect(await send(message)).toBe(500);
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    expect(await send(message)).toBe(204);
  }, 10_000);
  expect(await slow.run('21').status()).toMatchObject({ state: 'done' });
});

test('a message without a key is acknowledged when its run goes on by itself', async () => {
  const { flow } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  const send = await served(gcf.pubsub(slow, { timeout: '1s' }));
  expect(await send(eventarcRequest({ messageId: '22', data: '{}' }))).toBe(204);
  open();
});

test('what is no message in its wrapper is thrown', async () => {
  const { fn, store } = keeping();
  const send = await served(gcf.pubsub(fn));
  const headers = { 'content-type': 'application/json' };
  for (const body of ['{}', '{"n":1}', '{"message":{}}', '{"message":{"messageId":"m","data":7}}', '[]'])
    expect(await send({ path: '/', headers, body })).toBe(500);
  expect(runIds(store)).toEqual([]);
});
