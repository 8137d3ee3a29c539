/** Scale-in: real processes of the framework's server get SIGTERM while their requests stand in the middle of a step. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flowstate } from '@flowstate/core';
import { type CloudService, cloudFunctionsHost } from '@flowstate/engines';
import { expect, onTestFinished, test } from 'vitest';
import { firestore } from '../../src/index.js';
import { emptyDatabase, openObject, useEngine } from '../setup/engine.js';
import { post } from './framework.js';

const SECRET = 'a-secret-of-the-tests';
const SOURCE = fileURLToPath(new URL('retired-service.mjs', import.meta.url));
const SOON = { timeout: 45_000, interval: 25 };
const REQUESTS = ['a', 'b', 'c'];

useEngine();

interface Line {
  readonly what: 'begun' | 'done';
  readonly id: string;
}

/** The services on a host of their own, what their functions note, and the gate that they wait at. */
async function deployed() {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-retire-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [journal, gate] = [join(folder, 'journal'), join(folder, 'gate')];
  writeFileSync(journal, '');
  const url = await emptyDatabase();
  const service = (name: string, more: Partial<CloudService> = {}): CloudService => ({
    name,
    target: name,
    source: SOURCE,
    maxInstances: 1,
    concurrency: 10,
    env: ({ service }) => ({
      FIRESTORE_URL: url,
      JOURNAL: journal,
      GATE: gate,
      SECRET,
      API_URL: service('api'),
      NODE_NO_WARNINGS: '1',
    }),
    ...more,
  });
  const host = await cloudFunctionsHost({
    services: [service('api'), service('events', { signature: 'cloudevent' }), service('collector')],
    pendingMs: 30_000,
  });
  onTestFinished(() => host.stop());
  const noted = (what: Line['what']): string[] =>
    readFileSync(journal, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.what === what)
      .map(({ id }) => id)
      .sort();
  return { host, url, noted, open: () => writeFileSync(gate, '') };
}

test('every request of an instance that is told to go is answered, and another one does the rest, once', async () => {
  const { host, url, noted, open } = await deployed();
  const topic = host.topic({ name: 'work' });
  const path = '/projects/p/topics/work';
  // The platform's own deadline, ten seconds, may be over before a busy machine has started an instance.
  const messages = host.subscription({ topic, service: 'events', path, ackDeadlineMs: 50_000 });
  const answers = REQUESTS.map(async (id) => {
    const answer = await post(host.url('api'), {}, { 'idempotency-key': id });
    return [answer.status, answer.headers.get('flowstate-run-id')];
  });
  const ids = [...REQUESTS, ...['{}', '{}'].map((data) => topic.publish({ data }))].sort();
  await expect.poll(() => noted('begun'), SOON).toEqual(ids);

  const busy = host.instances().filter(({ service }) => service !== 'collector');
  expect(busy.map(({ name, busy }) => [name, busy]).sort()).toEqual([
    ['api-1', 3],
    ['events-1', 2],
  ]);
  await Promise.all(busy.map(({ name }) => host.retire(name)));
  expect(await Promise.all(answers)).toEqual(REQUESTS.map((id) => [202, id]));
  await expect.poll(() => messages.size(), SOON).toBe(0);
  expect(noted('begun')).toEqual(ids);
  expect(noted('done')).toEqual([]);

  open();
  const { status } = await fetch(host.url('collector'), {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}` },
  });
  expect(status).toBe(200);
  const looking = flowstate({ name: 'looking', store: firestore({ db: openObject(url) }) });
  const counts = looking.table<number>('counts');
  const ended = () => Promise.all(ids.map((id) => counts.get(`ended-${id}`)));
  await expect.poll(ended, SOON).toEqual(ids.map(() => 1));
  expect(await Promise.all(ids.map((id) => counts.get(`begun-${id}`)))).toEqual(ids.map(() => 1));
  expect(noted('done')).toEqual(ids);
  for (const id of REQUESTS) {
    const again = await post(host.url('api'), {}, { 'idempotency-key': id });
    expect([again.status, await again.json()]).toEqual([200, id]);
  }
  expect(noted('done')).toEqual(ids);
});
