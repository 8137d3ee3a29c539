/** Workers: many invocations at once, time-outs, and what is done to them from outside. */
import { afterEach, expect, test } from 'vitest';
import { get, journal, SOON, stopAll } from '../open-hosts.js';
import { leavesNoProcess, runs, standsStill } from '../processes.js';
import { pidOf, startHost, states } from './host-client.js';

afterEach(stopAll);

const pidIn = ({ text }: { text: string }): number => JSON.parse(text).pid;

test('a worker takes many invocations at once, and each worker its share', async () => {
  const seen = journal<string>();
  const host = await startHost({ workers: 2, env: seen.env });
  expect(states(host)).toEqual(['worker-1 running', 'worker-2 running']);
  const six = [1, 2, 3, 4, 5, 6].map(() => get(`${host.urlOf('waits')}?lines=7`));
  await expect.poll(() => seen.entries().length, SOON).toBe(6);
  expect(host.workers().map(({ busy }) => busy)).toEqual([3, 3]);
  seen.note('go on');
  const pids = (await Promise.all(six)).map(pidIn);
  expect(new Set(pids)).toEqual(new Set(host.workers().map(({ pid }) => pid)));
  expect(host.workers().map(({ busy }) => busy)).toEqual([0, 0]);
});

test('an invocation that takes too long ends its worker, and all that is under way there', async () => {
  const seen = journal<string>();
  const host = await startHost({ functionTimeoutMs: 1_500, env: seen.env });
  const pid = pidOf(host, 'worker-1');
  const endless = get(host.urlOf('waits'));
  await expect.poll(() => seen.entries().length, SOON).toBe(1);
  const other = get(host.urlOf('waits'));
  expect(await Promise.all([endless, other])).toEqual([
    { status: 500, text: '' },
    { status: 500, text: '' },
  ]);
  expect(host.timeOuts()).toBeGreaterThan(0);
  expect(host.output()).toContain('Timeout value of 1500 ms exceeded by waits');
  await expect.poll(() => runs(pid), SOON).toBe(false);
  expect(await get(host.urlOf('bytes'))).toMatchObject({ status: 200 });
});

test('a worker that is killed loses what is under way, and another one takes its place', async () => {
  const seen = journal<string>();
  const host = await startHost({ env: seen.env });
  const both = [1, 2].map(() => get(host.urlOf('waits')));
  await expect.poll(() => seen.entries().length, SOON).toBe(2);
  const pid = pidOf(host, 'worker-1');
  expect(await host.kill()).toBe('worker-1');
  expect(await runs(pid)).toBe(false);
  expect(await Promise.all(both)).toMatchObject([{ status: 500 }, { status: 500 }]);
  await expect(host.kill('worker-1')).rejects.toThrow(/there is no worker-1/);
  expect(pidIn(await get(host.urlOf('echo')))).not.toBe(pid);
  expect(states(host)).toEqual(['worker-2 running']);
});

test('a worker that exits by itself is replaced, and its last words are kept', async () => {
  const host = await startHost();
  expect(await get(host.urlOf('exits'))).toEqual({ status: 500, text: '' });
  expect(await get(host.urlOf('echo'))).toMatchObject({ status: 201 });
  await expect.poll(() => host.output(), SOON).toContain('what it says at last');
});

test('the next worker that brings a good answer is killed, and nobody hears of it', async () => {
  const host = await startHost();
  const trapped = host.killBeforeAnswer('bytes');
  expect(await get(host.urlOf('streams'))).toMatchObject({ status: 200 });
  expect(await get(host.urlOf('bytes'))).toEqual({ status: 500, text: '' });
  expect(await trapped).toBe('worker-1');
  expect(await get(host.urlOf('bytes'))).toMatchObject({ status: 200 });
  const matches = ({ url = '' }: { url?: string | undefined }, status: number) =>
    status === 201 && url.endsWith('?this');
  const second = host.killBeforeAnswer(undefined, { matches });
  expect(await get(`${host.urlOf('echo')}?that`)).toMatchObject({ status: 201 });
  expect(await get(`${host.urlOf('echo')}?this`)).toMatchObject({ status: 500 });
  expect(await second).toBe('worker-2');
  expect(() => host.killBeforeAnswer('nobody')).toThrow(/no HTTP function nobody/);
  const off = new AbortController();
  const never = host.killBeforeAnswer('echo', { signal: off.signal });
  off.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
});

test('a frozen worker goes on where it was, and is given nothing meanwhile', async () => {
  const seen = journal<string>();
  const host = await startHost({ workers: 2, env: seen.env });
  const frozen = get(`${host.urlOf('waits')}?lines=2`);
  await expect.poll(() => seen.entries().length, SOON).toBe(1);
  const name = host.freeze();
  const pid = pidOf(host, name);
  await expect.poll(() => standsStill(pid), SOON).toBe(true);
  for (let i = 0; i < 4; i++) expect(pidIn(await get(host.urlOf('echo')))).not.toBe(pid);
  expect(states(host)).toContain(`${name} frozen`);
  host.thaw(name);
  seen.note('go on');
  expect(pidIn(await frozen)).toBe(pid);
  host.thaw('worker-99');
});

test('a request that finds no worker in time is answered 503', async () => {
  const host = await startHost({ pendingMs: 50 });
  host.freeze('worker-1');
  expect(await get(host.urlOf('echo'))).toEqual({ status: 503, text: '' });
});

test('a worker that is told to go answers what is under way, and is given nothing more', async () => {
  const seen = journal<string>();
  const host = await startHost({ env: seen.env });
  const underWay = get(`${host.urlOf('waits')}?lines=3`);
  await expect.poll(seen.entries, SOON).toEqual(['came']);
  const pid = pidOf(host, 'worker-1');
  // Stopped where it is: it must be let go on to hear the signal.
  expect(host.freeze()).toBe('worker-1');
  const retired = host.retire('worker-1');
  expect(states(host)).toEqual(['worker-1 ending', 'worker-2 starting']);
  expect(pidIn(await get(host.urlOf('echo')))).not.toBe(pid);
  await expect.poll(seen.entries, SOON).toEqual(['came', 'told to go']);
  seen.note('go on');
  expect(await underWay).toMatchObject({ status: 200 });
  expect(await retired).toBe('worker-1');
  expect(await runs(pid)).toBe(false);
  expect(states(host)).toEqual(['worker-2 running']);
});

test('a worker that does not go is killed after the grace time', async () => {
  const seen = journal<string>();
  const host = await startHost({ env: seen.env, graceMs: 300 });
  const endless = get(host.urlOf('waits'));
  await expect.poll(seen.entries, SOON).toEqual(['came']);
  const pid = pidOf(host, 'worker-1');
  await host.retire();
  expect(await runs(pid)).toBe(false);
  expect(await endless).toMatchObject({ status: 500 });
});

test('when the host is stopped nothing is left', async () => {
  const seen = journal<string>();
  const host = await startHost({ workers: 2, env: seen.env });
  const slow = get(host.urlOf('waits')).then(
    ({ status }) => status,
    () => 'broken',
  );
  await expect.poll(() => seen.entries().length, SOON).toBe(1);
  const pids = ['worker-1', 'worker-2'].map((name) => pidOf(host, name));
  const lost = expect(host.killBeforeAnswer('echo')).rejects.toThrow(/was stopped/);
  const url = host.urlOf('echo');
  await host.stop();
  await lost;
  expect(await Promise.all(pids.map(runs))).toEqual([false, false]);
  expect([503, 'broken']).toContain(await slow);
  await expect(get(url)).rejects.toThrow(/fetch failed/);
});

test('SIGKILL to the parent leaves no process, be it idle, running or frozen', async () => {
  await leavesNoProcess('azure-functions-holder', [journal().env.JOURNAL]);
});
