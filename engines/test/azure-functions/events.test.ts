/** Event Grid and timers. */
import { afterEach, expect, test } from 'vitest';
import type { AzureFunctionsHostOptions } from '../../src/azure-functions/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { module, startHost } from './host-client.js';

afterEach(stopAll);

interface Entry {
  readonly id: string;
  readonly kind?: string;
  readonly pid: number;
  readonly input: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly timer: Record<string, unknown>;
  readonly retry?: Record<string, unknown>;
}

async function started(options: Partial<AzureFunctionsHostOptions> = {}) {
  const seen = journal<Entry>();
  const env = { ...seen.env, PLACE: 'place' };
  const host = await startHost({ source: module('journal.mjs'), env, ...options });
  const of = (id: string) => seen.entries().filter((entry) => entry.id === id && entry.kind === undefined);
  const done = (id: string) => seen.entries().filter((entry) => entry.id === id && entry.kind === 'done');
  return { host, seen, of, done };
}

test("events come in Event Grid's own schema and as CloudEvents", async () => {
  const { host, of } = await started();
  const events = host.events('event');
  const id = events.send({ eventType: 'made', subject: '/orders/1', data: { n: 1 } });
  await expect.poll(() => of(`event ${id}`).length, SOON).toBe(1);
  expect(of(`event ${id}`)[0]).toMatchObject({
    input: {
      id,
      eventType: 'made',
      subject: '/orders/1',
      data: { n: 1 },
      topic: expect.stringMatching(/^\/subscriptions\//),
      eventTime: expect.stringMatching(/^\d{4}-/),
      dataVersion: '1.0',
      metadataVersion: '1',
    },
    metadata: { data: { n: 1 } },
  });
  const extensions = { traceparent: '00-1-2-01' };
  const cloud = { type: 'made', source: '/orders', id: 'c-1', data: 'text', extensions };
  expect(events.send(cloud)).toBe('c-1');
  await expect.poll(() => of('event c-1').length, SOON).toBe(1);
  expect(of('event c-1')[0]?.input).toEqual({
    specversion: '1.0',
    type: 'made',
    source: '/orders',
    id: 'c-1',
    data: 'text',
    time: expect.stringMatching(/Z$/),
    traceparent: '00-1-2-01',
  });
  await expect.poll(() => events.size(), SOON).toBe(0);
  expect(() => host.events('queued')).toThrow(/no function queued with an Event Grid trigger/);
});

test('an event comes again until it is taken, also where workers die', async () => {
  const { host, of, done } = await started({ restartMs: 1 });
  const events = host.events('event');
  // The functions look at the data of a message itself: here that is the whole event.
  events.send({ type: 't', source: 's', id: 'again', extensions: { failures: '2' } });
  await expect.poll(() => done('event again').length, SOON).toBe(1);
  expect(of('event again')).toHaveLength(3);
  events.send({ type: 't', source: 's', id: 'exits', extensions: { exits: '2' } });
  await expect.poll(() => done('event exits').length, SOON).toBe(1);
  expect(new Set(of('event exits').map(({ pid }) => pid)).size).toBe(3);
  expect(events.deadLetters()).toEqual([]);
});

test('an event that is never taken is given up; one may come twice although nothing failed', async () => {
  const { host, of, done } = await started({ random: () => 0.4 });
  const events = host.events('event', { maxDeliveryAttempts: 2 });
  events.send({ type: 't', source: 's', id: 'bad', extensions: { failures: '99' } });
  await expect.poll(() => events.deadLetters(), SOON).toMatchObject([{ id: 'bad', type: 't' }]);
  expect(of('event bad')).toHaveLength(2);
  host.events('event', { duplicate: 0.5 }).send({ type: 't', source: 's', id: 'twice' });
  await expect.poll(() => done('event twice').length, SOON).toBe(2);
  expect(host.duplicates()).toBe(1);
});

test('a timer runs every so often, one run at a time over all workers, whatever becomes of the runs', async () => {
  const { host, seen } = await started({ workers: 2, timerMs: { tick: 10 } });
  const timer = host.timer('tick');
  await expect.poll(() => timer.runs() > 2 && timer.failures() > 2, SOON).toBe(true);
  const ticks = seen.entries().filter(({ id }) => id.startsWith('tick'));
  for (const [i, { id }] of ticks.entries()) expect(id).toBe(i % 2 === 0 ? 'tick begins' : 'tick ends');
  expect(new Set(ticks.map(({ pid }) => pid)).size).toBe(2);
  const [first, , second] = ticks.map(({ timer }) => timer);
  expect(first).toMatchObject({
    isPastDue: false,
    schedule: { adjustForDST: true },
    scheduleStatus: { last: '0001-01-01T00:00:00+00:00' },
  });
  // A run takes longer than the pause: the next one is late.
  expect(second).toMatchObject({ isPastDue: true });
  const times = Object(second?.scheduleStatus);
  expect(Date.parse(times.next)).toBeGreaterThan(Date.parse(times.last));
  expect(host.output()).toContain("Executed 'tick' (Failed): Error: every other one");
  expect(() => host.timer('queued')).toThrow(/no function queued with a timer trigger/);
});

test('a timer whose worker dies, or stands still for too long, goes on', async () => {
  const { host } = await started({ workers: 2, timerMs: 10, functionTimeoutMs: 1_000 });
  const timer = host.timer('tick');
  const atWork = () => host.workers().find(({ busy, state }) => busy > 0 && state === 'running')?.name;
  for (const disturb of [(name?: string) => host.kill(name), async (name?: string) => host.freeze(name)]) {
    await expect.poll(atWork, SOON).toBeDefined();
    await disturb(atWork());
    const before = timer.runs() + timer.failures();
    await expect.poll(() => timer.runs() + timer.failures(), SOON).toBeGreaterThan(before + 2);
  }
});

test('a failed run is repeated where the function has a policy for it', async () => {
  const { host, seen } = await started({ source: module('timers.mjs'), timerMs: { repeated: 10 } });
  await expect.poll(() => host.timer('repeated').runs(), SOON).toBeGreaterThan(0);
  const runs = seen.entries().filter(({ id }) => id === 'repeated');
  expect(runs[0]?.retry ?? null).toBeNull();
  expect(runs[1]?.retry).toMatchObject({
    retryCount: 1,
    maxRetryCount: 2,
    exception: { message: expect.stringContaining('not yet 1') },
  });
  expect(runs[2]?.retry).toMatchObject({
    retryCount: 2,
    exception: { message: expect.stringContaining('not yet 2') },
  });
  expect(host.timer('repeated').failures()).toBe(0);
  // By its own schedule, and at the start.
  await expect.poll(() => host.timer('scheduled').runs(), SOON).toBeGreaterThan(0);
  expect(seen.entries().filter(({ id }) => id === 'started')).toHaveLength(1);
});
