/** A function app as a deployment that clients call and chaos visits. */
import { afterEach, expect, test } from 'vitest';
import { type AzureFunctionsApp, deployOnAzureFunctions } from '../../src/azure-functions/index.js';
import { journal, SOON, stopAll, stopLater } from '../open-hosts.js';
import { module } from './host-client.js';

afterEach(stopAll);

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly pid: number;
}

async function deployed(options: Partial<AzureFunctionsApp> = {}) {
  const entries = journal<Entry>();
  const { env } = entries;
  const app = { source: module('called.mjs'), env, workers: 2, timerMs: { collector: 20 }, ...options };
  const deployment = stopLater(await deployOnAzureFunctions(app));
  const of = (id: string) => entries.entries().filter((entry) => entry.id === id);
  return { deployment, of };
}

test('a call is answered by the function of its route, and the collector runs all the time', async () => {
  const { deployment, of } = await deployed();
  const answer = await deployment.call('a.reserve', { say: 'é' }, { id: 'run-1' });
  expect(answer).toEqual({ value: { id: 'run-1', name: 'a.reserve', said: 'é' }, sent: 1 });
  await expect.poll(() => of('collected').length, SOON).toBeGreaterThan(2);
});

test('a call may be for a function by its name; what comes later is asked for, with the key', async () => {
  const { deployment } = await deployed({ entryOf: () => 'own', routePrefix: '' });
  const first = await deployment.call('anything', {}, { id: 'run-1' });
  expect(first.value).toMatchObject({ name: 'own' });
  const { deployment: other } = await deployed();
  expect(await other.call('reserve', { later: true }, { id: 'run-2' })).toEqual({
    value: 'run-2 is done',
    sent: 1,
  });
  const { deployment: none } = await deployed({ entryOf: () => 'nobody' });
  expect(() => none.call('reserve', {}, { id: 'x' })).toThrow(/no HTTP function nobody/);
});

test('a call outlives workers that are killed, also just before they answer', async () => {
  const { deployment, of } = await deployed();
  const trapped = deployment.killBeforeAnswer('reserve');
  expect(await deployment.call('cancel', {}, { id: 'run-0' })).toMatchObject({ sent: 1 });
  const first = await deployment.call('reserve', {}, { id: 'run-1' });
  expect(first.sent).toBeGreaterThan(1);
  expect(await trapped).toMatch(/^worker-\d$/);
  expect(of('run-1').length).toBeGreaterThan(1);

  const slow = deployment.call('reserve', { ms: 2_000 }, { id: 'run-2' });
  await expect.poll(() => of('run-2').length, SOON).toBe(1);
  const victim = deployment.workers().find(({ pid }) => pid === of('run-2')[0]?.pid);
  expect(victim).toMatchObject({ state: 'running' });
  expect(victim?.busy).toBeGreaterThan(0);
  await deployment.kill(victim?.name);
  expect((await slow).sent).toBeGreaterThan(1);
  expect(of('run-2').length).toBeGreaterThan(1);
});

test('a trap that nobody wants any more is gone', async () => {
  const { deployment } = await deployed();
  const off = new AbortController();
  const lost = expect(deployment.killBeforeAnswer('reserve', off.signal)).rejects.toThrow('enough');
  off.abort(new Error('enough'));
  await lost;
  expect(await deployment.call('reserve', {}, { id: 'run-1' })).toMatchObject({ sent: 1 });
});

test('a frozen worker is seen, and answers when it is thawed', async () => {
  const { deployment, of } = await deployed();
  const call = deployment.call('reserve', { ms: 2_000 }, { id: 'run-1' });
  await expect.poll(() => of('run-1').length, SOON).toBe(1);
  const name = deployment.workers().find(({ pid }) => pid === of('run-1')[0]?.pid)?.name ?? '';
  expect(deployment.freeze(name)).toBe(name);
  expect(deployment.workers()).toContainEqual(expect.objectContaining({ name, state: 'frozen' }));
  deployment.thaw(name);
  expect(await call).toMatchObject({ sent: 1 });
});

test('a frozen worker that is not thawed is ended by the time-out, and the call goes on elsewhere', async () => {
  const { deployment, of } = await deployed({ functionTimeoutMs: 1_000 });
  const call = deployment.call('reserve', { ms: 500 }, { id: 'run-1' });
  await expect.poll(() => of('run-1').length, SOON).toBe(1);
  deployment.freeze(deployment.workers().find(({ pid }) => pid === of('run-1')[0]?.pid)?.name);
  expect((await call).sent).toBeGreaterThan(1);
  expect(deployment.host.timeOuts()).toBeGreaterThan(0);
});

test('after its end a deployment answers nobody', async () => {
  const { deployment } = await deployed();
  await deployment.stop();
  await expect(deployment.call('reserve', {}, { id: 'x' })).rejects.toThrow(/was stopped/);
  expect(deployment.workers()).toEqual([]);
});
