/** Eventarc's CloudEvents and Cloud Scheduler's jobs. */
import { afterEach, expect, test } from 'vitest';
import type { CloudFunctionsHostOptions } from '../../src/cloud-functions/index.js';
import { journal, SOON, stopAll } from '../open-hosts.js';
import { module, service, startHost } from './host-client.js';

afterEach(stopAll);

interface Entry {
  readonly id: string;
  readonly at: number;
  readonly running: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly event: Readonly<Record<string, unknown>>;
}

async function listening(options: Omit<CloudFunctionsHostOptions, 'services'> = {}) {
  const entries = journal<Entry>();
  const shared = { source: module('journal'), env: entries.env, maxInstances: 1, concurrency: 5 };
  const host = await startHost(
    [service('event', { signature: 'cloudevent', ...shared }), service('job', shared)],
    options,
  );
  return { host, entries: entries.entries };
}

const type = 'test.made';
const source = '//made/here';

test('an event comes with all its attributes', async () => {
  const { host, entries } = await listening();
  const trigger = host.events('event');
  const time = '2026-01-02T03:04:05.678Z';
  const extensions = { tenant: 'blue' };
  trigger.send({ type, source, id: 'e1', subject: 'é "100%"', time, extensions, data: { a: ['é'] } });
  await expect.poll(() => trigger.size(), SOON).toBe(0);
  const [entry, ...others] = entries();
  expect(others).toEqual([]);
  const subject = '%C3%A9%20%22100%25%22';
  expect(entry?.event).toMatchObject({
    specversion: '1.0',
    type,
    source,
    id: 'e1',
    subject,
    time,
    tenant: 'blue',
  });
  expect(entry?.event.data).toEqual({ a: ['é'] });
});

test('an event that fails comes again, as the same one', async () => {
  const { host, entries } = await listening();
  const trigger = host.events('event');
  const id = trigger.send({ type, source, data: { failures: 2 } });
  await expect.poll(() => trigger.size(), SOON).toBe(0);
  const event = `${source} ${id}`;
  expect(entries().map((entry) => entry.id)).toEqual([event, event, event]);
});

test('an event outlives the instance that was given it', async () => {
  const { host, entries } = await listening();
  const trapped = host.killBeforeAnswer('event');
  const trigger = host.events('event');
  trigger.send({ type, source, data: {} });
  expect(await trapped).toBe('event-1');
  await expect.poll(() => trigger.size(), SOON).toBe(0);
  expect(entries()).toHaveLength(2);
});

test('events come twice by chance', async () => {
  const chances = [0.1, 0.9];
  const { host, entries } = await listening({ duplicate: 0, random: () => chances.shift() ?? 1 });
  const trigger = host.events('event', { duplicate: 0.5 });
  for (const id of ['twice', 'once']) trigger.send({ type, source, id, data: {} });
  await expect.poll(() => trigger.size(), SOON).toBe(0);
  const ids = entries().map(({ id }) => id.split(' ').at(-1));
  expect(ids.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['once', 'twice', 'twice']);
  expect(host.duplicates()).toBe(1);
});

test('a job asks again and again, one request at a time, whatever the answer, until it is stopped', async () => {
  const { host, entries } = await listening();
  const job = host.schedule({
    service: 'job',
    everyMs: 5,
    path: '/collect',
    headers: { 'x-secret': 's' },
    oidcToken: { serviceAccountEmail: 'job@local.test' },
  });
  await expect.poll(() => job.answered(), SOON).toBeGreaterThan(3);
  job.stop();
  const { headers } = entries()[0] ?? {};
  expect(headers).toMatchObject({ 'x-cloudscheduler': 'true', 'x-secret': 's' });
  expect(headers?.authorization).toMatch(/^Bearer /);
  expect(entries().every(({ running, path }) => running === 1 && path === '/collect')).toBe(true);
  const { length } = entries();
  const other = host.schedule({ service: 'job', everyMs: 5, path: '/other' });
  await expect.poll(() => other.answered(), SOON).toBeGreaterThan(3);
  // One may have been on its way.
  expect(entries().filter(({ path }) => path === '/collect').length).toBeLessThanOrEqual(length + 1);
});

test('there must be a service', async () => {
  const { host } = await listening();
  expect(() => host.events('nobody')).toThrow(/no service nobody/);
  expect(() => host.schedule({ service: 'nobody', everyMs: 5 })).toThrow(/no service nobody/);
  const topic = host.topic({ name: 't' });
  expect(() => host.subscription({ topic, service: 'nobody' })).toThrow(/no service nobody/);
});
