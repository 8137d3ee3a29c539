import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { CallFailed, type Deployment } from '../src/host.js';
import { nodeHost } from '../src/node-host/host.js';
import { runs } from './processes.js';

const module = fileURLToPath(new URL('programs/server.mjs', import.meta.url));
const deployed: Deployment[] = [];

async function deploy(workers: number, options: Parameters<typeof nodeHost>[0] = {}): Promise<Deployment> {
  const deployment = await nodeHost(options).deploy({ module, workers });
  deployed.push(deployment);
  return deployment;
}

afterEach(async () => {
  await Promise.all(deployed.splice(0).map((deployment) => deployment.stop()));
});

const allRunning = (deployment: Deployment) => () =>
  deployment.workers().every((worker) => worker.state === 'running');

function pidOf(deployment: Deployment, name: string): number {
  const pid = deployment.workers().find((worker) => worker.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return pid;
}

test('calls reach the workers in turn, which know their name and where all functions are', async () => {
  const deployment = await deploy(2);
  const answers = await Promise.all([1, 2].map((n) => deployment.call('name', {}, { id: `n-${n}` })));
  const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(answers).toEqual(
    expect.arrayContaining([
      { value: { worker: 'worker-1', url }, sent: 1 },
      { value: { worker: 'worker-2', url }, sent: 1 },
    ]),
  );
  expect(deployment.output()).toContain('POST /functions/name n-1');
});

test('a killed worker is another process afterwards, and calls go on meanwhile', async () => {
  const deployment = await deploy(2);
  const before = pidOf(deployment, 'worker-1');
  expect(await deployment.kill('worker-1')).toBe('worker-1');
  expect(await runs(before)).toBe(false);
  await expect(deployment.call('name', {}, { id: 'after' })).resolves.toMatchObject({
    value: { worker: 'worker-2' },
  });
  await expect.poll(allRunning(deployment), { timeout: 10_000 }).toBe(true);
  expect(pidOf(deployment, 'worker-1')).not.toBe(before);
  expect(deployment.workers().map(({ kills }) => kills)).toEqual([1, 0]);
});

test('a call whose only worker dies is repeated under the same id', async () => {
  const deployment = await deploy(1);
  const killed = deployment.killBeforeAnswer('name');
  expect(await deployment.call('name', {}, { id: 'again' })).toMatchObject({ sent: 2 });
  expect(await killed).toBe('worker-1');
  expect(deployment.output().match(/POST \/functions\/name again/g)).toHaveLength(2);
});

test('who does not want a worker killed any more is heard', async () => {
  const deployment = await deploy(1);
  const stop = new AbortController();
  const never = deployment.killBeforeAnswer('name', stop.signal);
  stop.abort(new Error('no more'));
  await expect(never).rejects.toThrow('no more');
  expect(await deployment.call('name', {}, { id: 'lives' })).toMatchObject({ sent: 1 });
});

test('a worker that ends by itself is started again', async () => {
  const deployment = await deploy(1);
  const before = pidOf(deployment, 'worker-1');
  await expect(deployment.call('exit', {}, { id: 'x', timeoutMs: 50 })).rejects.toThrow(
    /no answer for 50 ms/,
  );
  await expect.poll(() => deployment.workers()[0]?.pid, { timeout: 10_000 }).not.toBe(before);
  await expect(deployment.call('name', {}, { id: 'y' })).resolves.toMatchObject({
    value: { worker: 'worker-1' },
  });
});

test('a frozen worker is passed over once it was silent, and serves again when thawed', async () => {
  const deployment = await deploy(2, { answerMs: 300 });
  deployment.freeze('worker-2');
  const names = async () => {
    const answers = await Promise.all([1, 2, 3, 4].map((n) => deployment.call('name', {}, { id: `n${n}` })));
    return new Set(answers.map(({ value }) => JSON.stringify(value).match(/worker-\d/)?.[0]));
  };
  expect(await names()).toEqual(new Set(['worker-1']));
  expect(deployment.workers()[1]?.state).toBe('frozen');
  deployment.thaw('worker-2');
  expect(await names()).toEqual(new Set(['worker-1', 'worker-2']));
});

test('a frozen worker can be killed', async () => {
  const deployment = await deploy(1);
  const before = pidOf(deployment, deployment.freeze());
  await deployment.kill('worker-1');
  expect(await runs(before)).toBe(false);
  await expect.poll(allRunning(deployment), { timeout: 10_000 }).toBe(true);
});

test('an answer that comes later is asked for at its address', async () => {
  const deployment = await deploy(1);
  expect(await deployment.call('later', {}, { id: 'l' })).toEqual({ value: 'at last', sent: 1 });
});

test('definite failures are thrown at once, silence only after the time-out', async () => {
  const deployment = await deploy(1, { answerMs: 50 });
  await expect(deployment.call('refuse', {}, { id: 'r' })).rejects.toThrow(CallFailed);
  await expect(deployment.call('fail', {}, { id: 'f' })).rejects.toMatchObject({ status: 500 });
  await expect(deployment.call('never', {}, { id: 'n', timeoutMs: 200 })).rejects.toThrow(
    /no answer for 200 ms/,
  );
});

test('an app that does not start says why', async () => {
  const broken = nodeHost().deploy({ module, workers: 2, env: { BEHAVIOUR: 'broken' } });
  await expect(broken).rejects.toThrow(/this module is broken/);
});

test('stopping leaves no process, also of a worker that is just starting', async () => {
  const deployment = await deploy(2, { restartMs: 0 });
  const pids = ['worker-1', 'worker-2'].map((name) => pidOf(deployment, name));
  const trapped = deployment.killBeforeAnswer('name');
  await deployment.kill('worker-1');
  await Promise.all([deployment.stop(), expect(trapped).rejects.toThrow(/stopped/)]);
  expect(deployment.workers().map(({ pid }) => pid)).toEqual([undefined, undefined]);
  expect(await Promise.all(pids.map(runs))).toEqual([false, false]);
  await expect(deployment.call('name', {}, { id: 'late' })).rejects.toThrow(/was stopped/);
  expect(() => deployment.freeze()).toThrow(/no worker is running/);
});
