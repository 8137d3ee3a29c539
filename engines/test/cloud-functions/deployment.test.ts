/** Services as a deployment that clients call and chaos visits. */
import { afterEach, expect, test } from 'vitest';
import { type CloudFunctionsApp, deployOnCloudFunctions } from '../../src/cloud-functions/index.js';
import { journal, SOON, stopAll, stopLater } from '../open-hosts.js';
import { module, service } from './host-client.js';

afterEach(stopAll);

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
  readonly secret: string;
}

async function deployed(options: Partial<CloudFunctionsApp> = {}) {
  const entries = journal<Entry>();
  const shared = { source: module('called'), env: entries.env };
  const deployment = stopLater(
    await deployOnCloudFunctions({
      services: [service('entry', { maxInstances: 2, ...shared }), service('collector', shared)],
      entries: ['entry'],
      entryOf: () => 'entry',
      collector: { service: 'collector', everyMs: 20, headers: { 'x-secret': 's' } },
      ...options,
    }),
  );
  const of = (id: string) => entries.entries().filter((entry) => entry.id === id);
  return { deployment, of };
}

test('a call is answered by the service that is meant, and the collector is asked all the time', async () => {
  const { deployment, of } = await deployed();
  const answer = await deployment.call('reserve', { say: 'é' }, { id: 'run-1' });
  expect(answer).toEqual({ value: { id: 'run-1', name: 'reserve', said: 'é' }, sent: 1 });
  await expect.poll(() => of('collected').length, SOON).toBeGreaterThan(2);
  expect(of('collected')[0]).toMatchObject({ secret: 's' });
});

test('a call outlives instances that are killed, also just before they answer', async () => {
  const { deployment, of } = await deployed();
  const trapped = deployment.killBeforeAnswer('reserve');
  const first = await deployment.call('reserve', {}, { id: 'run-1' });
  expect(first.sent).toBeGreaterThan(1);
  expect(await trapped).toMatch(/^entry-\d$/);
  expect(of('run-1').length).toBeGreaterThan(1);

  const slow = deployment.call('reserve', { ms: 1_000 }, { id: 'run-2' });
  await expect.poll(() => of('run-2').length, SOON).toBe(1);
  const [victim] = deployment.workers().filter(({ name }) => name.startsWith('entry-'));
  expect(victim).toMatchObject({ state: 'running', busy: 1, pid: of('run-2')[0]?.pid });
  await deployment.kill(victim?.name);
  expect((await slow).sent).toBeGreaterThan(1);
  expect(of('run-2').length).toBeGreaterThan(1);
});

test('a trap waits for the function that it is for', async () => {
  const { deployment } = await deployed();
  const off = new AbortController();
  const trapped = deployment.killBeforeAnswer('cancel', off.signal);
  expect(await deployment.call('reserve', {}, { id: 'run-1' })).toMatchObject({ sent: 1 });
  const lost = expect(trapped).rejects.toThrow('enough');
  off.abort(new Error('enough'));
  await lost;
});

test('a frozen worker is seen, and answers when it is thawed', async () => {
  const { deployment, of } = await deployed();
  const call = deployment.call('reserve', { ms: 300 }, { id: 'run-1' });
  await expect.poll(() => of('run-1').length, SOON).toBe(1);
  const name = deployment.workers().find(({ name }) => name.startsWith('entry-'))?.name ?? '';
  expect(deployment.freeze(name)).toBe(name);
  expect(deployment.workers()).toContainEqual(expect.objectContaining({ name, state: 'frozen', busy: 1 }));
  deployment.thaw(name);
  expect(await call).toMatchObject({ sent: 1 });
});

test('a worker is killed as soon as there is one', async () => {
  const { deployment } = await deployed({ collector: { service: 'collector', everyMs: 600_000 } });
  const killed = deployment.kill();
  const call = deployment.call('reserve', { ms: 200 }, { id: 'run-1' });
  expect(await killed).toBe('entry-1');
  expect((await call).sent).toBeGreaterThan(1);
});

test('what is not there is refused', async () => {
  await expect(deployed({ entries: ['nobody'] })).rejects.toThrow(/no service nobody/);
  await expect(deployed({ collector: { service: 'nobody', everyMs: 9 } })).rejects.toThrow(/no service/);
  const { deployment: other } = await deployed({ entryOf: (called) => called });
  expect(() => other.call('collector', {}, { id: 'x' })).toThrow(/no entry for collector/);
});
