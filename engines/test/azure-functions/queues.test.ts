/** Storage queues: what a function is told of a message, how often it comes, and what functions put out. */
import { afterEach, expect, test } from 'vitest';
import type { AzureFunctionsHostOptions } from '../../src/azure-functions/index.js';
import { get, journal, SOON, stopAll } from '../open-hosts.js';
import { module, startHost } from './host-client.js';

afterEach(stopAll);

interface Entry {
  readonly id: string;
  readonly kind?: string;
  readonly pid: number;
  readonly input: unknown;
  readonly type: string;
  readonly metadata: Record<string, unknown>;
}

async function started(options: Partial<AzureFunctionsHostOptions> = {}) {
  const seen = journal<Entry>();
  const env = { ...seen.env, PLACE: 'place' };
  const host = await startHost({ source: module('journal.mjs'), env, ...options });
  const of = (id: string) => seen.entries().filter((entry) => entry.id === `queue ${id}` && !entry.kind);
  const done = (id: string) => seen.entries().filter((entry) => entry.id === `queue ${id}` && entry.kind);
  return { host, queue: host.queue('in-place'), of, done };
}

test('a message comes with its metadata, parsed where it is JSON', async () => {
  const { queue, of } = await started();
  const sent = Date.now();
  const id = queue.send({ order: 17 });
  await expect.poll(() => of(id).length, SOON).toBe(1);
  const [entry] = of(id);
  expect(entry?.input).toEqual({ order: 17 });
  expect(entry?.metadata).toMatchObject({
    id,
    dequeueCount: 1,
    queueTrigger: { order: 17 },
    popReceipt: expect.stringMatching(/./),
    sys: { methodName: 'queued', randGuid: expect.stringMatching(/-/) },
  });
  const time = (name: string) => Date.parse(String(entry?.metadata[name]));
  expect(Math.abs(time('insertionTime') - sent)).toBeLessThan(60_000);
  expect(time('expirationTime') - time('insertionTime')).toBe(7 * 24 * 3_600_000);
  expect(time('nextVisibleTime')).toBeGreaterThan(sent);

  expect(queue.send('just words', { id: 'words' })).toBe('words');
  await expect.poll(() => of('words')[0]?.input, SOON).toBe('just words');
  expect(of('words')[0]?.metadata).toMatchObject({ id: 'words', queueTrigger: 'just words' });
  await expect.poll(() => queue.size(), SOON).toBe(0);
});

test('a message comes again until it is done, after a throw and after the end of a worker', async () => {
  const { queue, of, done } = await started({ workers: 2 });
  queue.send({ failures: 2 }, { id: 'throws' });
  queue.send({ exits: 2 }, { id: 'exits' });
  for (const id of ['throws', 'exits']) {
    await expect.poll(() => done(id).length, SOON).toBe(1);
    // The end of a worker takes others with it that were at work there.
    expect(of(id).length).toBeGreaterThanOrEqual(3);
  }
  expect(
    of('exits')
      .map(({ metadata }) => metadata.dequeueCount)
      .slice(0, 3),
  ).toEqual([1, 2, 3]);
  await expect.poll(() => queue.size(), SOON).toBe(0);
  expect(new Set(of('exits').map(({ pid }) => pid)).size).toBe(3);
});

test('what fails too often goes to the poison queue, under another id', async () => {
  const { host, queue, of } = await started();
  queue.send({ failures: 99 }, { id: 'bad' });
  const poison = host.queue('in-place-poison');
  await expect.poll(() => poison.size(), SOON).toBe(1);
  expect(of('bad')).toHaveLength(5);
  expect(queue.messages()).toEqual([]);
  const [message] = poison.messages();
  expect(message).toMatchObject({ text: '{"failures":99}', dequeueCount: 0 });
  expect(message?.id).not.toBe('bad');
});

test('how often, how soon and how many at once are options', async () => {
  const { host, queue, of } = await started({ queues: { maxDequeueCount: 2, batchSize: 1 } });
  queue.send({ failures: 9 }, { id: 'bad' });
  queue.send({}, { id: 'good' });
  await expect.poll(() => host.queue('in-place-poison').size(), SOON).toBe(1);
  await expect.poll(() => queue.size(), SOON).toBe(0);
  expect(of('bad')).toHaveLength(2);
  const away = await started({ queues: { visibilityTimeoutMs: 3_600_000 } });
  away.queue.send({ failures: 1 }, { id: 'once' });
  await expect.poll(() => away.host.output(), SOON).toContain('(Failed): Error: failure 1');
  away.queue.send({}, { id: 'after' });
  await expect.poll(() => away.done('after').length, SOON).toBe(1);
  expect(away.queue.messages()).toMatchObject([{ id: 'once', dequeueCount: 1 }]);
});

test('a message whose lock is lost comes again while it is still at work', async () => {
  const { queue, of, done } = await started({ queues: { lockMs: 200, maxDequeueCount: 100 } });
  queue.send({ ms: 700 }, { id: 'slow' });
  await expect.poll(() => of('slow').length, SOON).toBeGreaterThan(1);
  await expect.poll(() => done('slow').length, SOON).toBeGreaterThan(1);
});

test('a message may come twice although nothing failed', async () => {
  const { host, queue, done } = await started({ duplicate: 0.5, random: () => 0.4 });
  queue.send({}, { id: 'twice' });
  await expect.poll(() => done('twice').length, SOON).toBe(2);
  expect(host.duplicates()).toBe(1);
});

test('what functions put out is in the queues, where they succeed', async () => {
  const { host } = await started();
  const out = host.queue('out');
  expect(await get(`${host.urlOf('puts')}?fails`)).toMatchObject({ status: 500 });
  expect(out.size()).toBe(0);
  expect(await get(host.urlOf('puts'))).toEqual({ status: 200, text: 'put' });
  expect(out.messages().map(({ text }) => text)).toEqual(['{"n":1}', 'two']);
  expect(host.serviceBus('out-bus').size()).toBe(1);
  host.queue('pass').send('me');
  await expect.poll(() => out.messages()[2]?.text, SOON).toBe('{"passed":"me"}');
});

test('clients put messages over HTTP, in base64 or not', async () => {
  const { host, of } = await started();
  const put = (queue: string, text: string) =>
    fetch(`${host.queuesUrl}/${queue}/messages`, {
      method: 'POST',
      body: `<?xml version="1.0"?><QueueMessage><MessageText>${text}</MessageText></QueueMessage>`,
    });
  const response = await put('in-place', Buffer.from('{"say":"é"}').toString('base64'));
  expect(response.status).toBe(201);
  const [, id = ''] = /<MessageId>(.*?)<\/MessageId>/.exec(await response.text()) ?? [];
  await expect.poll(() => of(id)[0]?.input, SOON).toEqual({ say: 'é' });
  await put('elsewhere', '&lt;a&gt; &amp;amp;');
  expect(host.queue('elsewhere').messages()).toMatchObject([{ text: '<a> &amp;' }]);
  expect((await fetch(`${host.queuesUrl}/in-place`)).status).toBe(404);
  expect(() => host.queue('No')).toThrow(/is no queue name/);
});
