/** Topics and push subscriptions: the envelope, acknowledgement, redelivery, order, dead letters and duplicates. */
import { afterEach, expect, test } from 'vitest';
import type {
  CloudFunctionsHostOptions,
  CloudService,
  PublishOptions,
  SubscriptionOptions,
} from '../../src/cloud-functions/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { module, service, startHost } from './host-client.js';

afterEach(stopAll);

interface Delivery {
  readonly id: string;
  readonly n: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly message: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
  readonly event: Readonly<Record<string, unknown>>;
}

interface Given {
  readonly subscription?: Partial<SubscriptionOptions>;
  readonly host?: Omit<CloudFunctionsHostOptions, 'services'>;
  readonly service?: Partial<CloudService>;
}

async function pushing(given: Given = {}) {
  const deliveries = journal<Delivery>();
  const shared = { source: module('journal'), env: deliveries.env, maxInstances: 1, concurrency: 5 };
  const host = await startHost([service('push', { ...shared, ...given.service })], given.host);
  const topic = host.topic({ name: 'orders' });
  const subscription = host.subscription({ topic, service: 'push', ...given.subscription });
  const publish = (n: number, fails: object = {}, more: Partial<PublishOptions> = {}) =>
    topic.publish({ data: JSON.stringify({ n, ...fails }), ...more });
  const done = () => expect.poll(() => subscription.size(), SOON).toBe(0);
  const seen = () => deliveries.entries().map(({ n }) => n);
  return { host, topic, subscription, publish, done, seen, deliveries: deliveries.entries };
}

test('a message comes in the envelope of the documentation, and once where it is acknowledged', async () => {
  const { topic, subscription, publish, done, deliveries } = await pushing({
    subscription: { path: '/in/here?x=1', oidcToken: { serviceAccountEmail: 'push@local.test' } },
  });
  const messageId = publish(1, {}, { attributes: { tenant: 'é' }, orderingKey: 'k' });
  await done();
  const [delivery, ...others] = deliveries();
  expect(others).toEqual([]);
  expect(topic.name).toBe('projects/local/topics/orders');
  expect(subscription.name).toBe('projects/local/subscriptions/push');
  const { publishTime } = delivery?.body.message ?? {};
  expect(publishTime).toEqual(expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/));
  expect(delivery?.body).toEqual({
    message: {
      attributes: { tenant: 'é' },
      data: Buffer.from('{"n":1}').toString('base64'),
      messageId,
      message_id: messageId,
      publishTime,
      publish_time: publishTime,
      orderingKey: 'k',
    },
    subscription: 'projects/local/subscriptions/push',
  });
  expect(delivery).toMatchObject({ path: '/in/here', headers: { 'content-type': 'application/json' } });
  expect(delivery?.headers.authorization).toMatch(/^Bearer [^.]+\.[^.]+\.[^.]+$/);
});

test.each([201, 202])('status %i acknowledges', async (says) => {
  const { publish, done, seen } = await pushing({ subscription: { path: `/?says=${says}` } });
  publish(1);
  await done();
  expect(seen()).toEqual([1]);
});

test.each([
  ['404', { status: 404 }],
  ['503', { status: 503 }],
  // A success for HTTP, but not for Pub/Sub.
  ['206', { status: 206 }],
])('status %s brings a message again', async (_name, says) => {
  const { publish, done, seen, deliveries } = await pushing();
  const id = publish(1, { failures: 2, ...says });
  await done();
  expect(seen()).toEqual([1, 1, 1]);
  expect(deliveries().map((delivery) => delivery.id)).toEqual([id, id, id]);
});

test('so does no answer within the acknowledgement deadline', async () => {
  const { publish, done, seen } = await pushing({ subscription: { ackDeadlineMs: 1_000 } });
  publish(1, { failures: 1, silent: true });
  await done();
  expect(seen()).toEqual([1, 1]);
});

test('with ordering on the next message of a key waits for the one before, other keys do not', async () => {
  const { publish, done, seen } = await pushing({ subscription: { ordering: true, minBackoffMs: 100 } });
  publish(1, { failures: 2 }, { orderingKey: 'a' });
  publish(2, {}, { orderingKey: 'a' });
  publish(3, {}, { orderingKey: 'b' });
  publish(4);
  await done();
  expect(seen().filter((n) => n < 3)).toEqual([1, 1, 1, 2]);
  expect(seen().indexOf(3)).toBeLessThan(seen().lastIndexOf(1));
  expect(seen().indexOf(4)).toBeLessThan(seen().lastIndexOf(1));
});

test('without ordering a later message of the key does not wait', async () => {
  const { publish, done, seen } = await pushing({ subscription: { minBackoffMs: 500 } });
  publish(1, { failures: 1 }, { orderingKey: 'a' });
  publish(2, {}, { orderingKey: 'a' });
  await done();
  expect(seen().filter((n) => n === 1)).toHaveLength(2);
  expect(seen().indexOf(2)).toBeLessThan(seen().lastIndexOf(1));
});

test('after its last attempt a message is dead, and the next of its key comes', async () => {
  const { subscription, publish, done, seen, deliveries } = await pushing({
    subscription: { maxDeliveryAttempts: 3, ordering: true },
  });
  const messageId = publish(1, { failures: 9 }, { orderingKey: 'a' });
  publish(2, {}, { orderingKey: 'a' });
  await done();
  expect(seen()).toEqual([1, 1, 1, 2]);
  expect(deliveries().map(({ body }) => body.deliveryAttempt)).toEqual([1, 2, 3, 1]);
  expect(subscription.deadLetters()).toMatchObject([{ messageId, orderingKey: 'a' }]);
});

test('messages come twice by chance, in their order where there is one', async () => {
  const chances = [0.1, 0.9, 0.1];
  const { host, publish, done, seen } = await pushing({
    subscription: { ordering: true },
    host: { duplicate: 0.5, random: () => chances.shift() ?? 1 },
  });
  for (const n of [1, 2, 3]) publish(n, {}, { orderingKey: 'a' });
  await done();
  expect(seen()).toEqual([1, 1, 2, 3, 3]);
  expect(host.duplicates()).toBe(2);
});

test('a function with the signature of CloudEvents takes both formats', async () => {
  const { host, topic, publish, done, deliveries } = await pushing({
    service: { name: 'push', target: 'event', signature: 'cloudevent' },
    subscription: { path: '/projects/local/topics/orders' },
  });
  const eventarc = host.subscription({ topic, service: 'push', name: 'by-eventarc', format: 'cloudevent' });
  const messageId = publish(1, {}, { attributes: { a: 'b' } });
  await done();
  await expect.poll(() => eventarc.size(), SOON).toBe(0);
  const type = 'google.cloud.pubsub.topic.v1.messagePublished';
  const source = '//pubsub.googleapis.com/projects/local/topics/orders';
  const events = deliveries().map(({ event }) => event);
  expect(events).toHaveLength(2);
  for (const event of events) {
    const message = { data: 'eyJuIjoxfQ==', attributes: { a: 'b' } };
    expect(event).toMatchObject({ id: messageId, type, source, data: { message } });
  }
});

test('a stopped subscription delivers nothing any more', async () => {
  const { subscription, publish, done, seen, topic } = await pushing();
  publish(1, { failures: 1_000 });
  await expect.poll(() => seen().length, SOON).toBeGreaterThan(1);
  subscription.stop();
  await done();
  publish(2);
  expect(subscription.size()).toBe(0);
  expect(seen()).not.toContain(2);
  expect(() => topic.publish({ data: '' })).toThrow(/data or at least one attribute/);
});
