/** Instances: started on demand, frozen without a request, told to go, killed and frozen from outside. */
import { afterEach, expect, test } from 'vitest';
import { get, journal, SOON, stopAll } from '../open-hosts.js';
import { leavesNoProcess, runs, standsStill } from '../processes.js';
import { module, pidOf, service, startHost, states } from './host-client.js';

afterEach(stopAll);

const pidIn = ({ text }: { text: string }): number => JSON.parse(text).pid;

test('requests at once share instances up to their concurrency and number; the others wait, or hear 429', async () => {
  const host = await startHost([service('sleeps', { concurrency: 2, maxInstances: 2 })]);
  const url = `${host.url('sleeps')}?ms=`;
  const five = await Promise.all([1, 2, 3, 4, 5].map(() => get(`${url}700`)));
  expect(five.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(new Set(five.map(pidIn)).size).toBe(2);
  const short = await startHost([service('hangs', { maxInstances: 1, env: journal().env })], {
    pendingMs: 20,
  });
  const waits = short.url('hangs');
  // The instance does not listen within that time.
  expect(await get(waits)).toMatchObject({ status: 429 });
  await expect.poll(() => states(short), SOON).toEqual(['hangs-1 idle']);
  const first = get(waits);
  await expect.poll(() => states(short), SOON).toEqual(['hangs-1 running']);
  expect(await get(waits)).toMatchObject({ status: 429 });
  await short.kill('hangs-1');
  expect(await first).toMatchObject({ status: 503 });
});

test('a warm instance is used again; without a request nothing goes on in it', async () => {
  const host = await startHost([service('ticking')]);
  const before = Number((await get(host.url('ticking'))).text);
  await expect.poll(() => standsStill(pidOf(host, 'ticking-1')), SOON).toBe(true);
  const pause = 400;
  await new Promise((resolve) => setTimeout(resolve, pause));
  const after = Number((await get(host.url('ticking'))).text);
  // A process that ran on would have counted to 80 and more meanwhile.
  expect(after - before).toBeLessThan(pause / 5 / 2);
  expect(after).toBeGreaterThanOrEqual(before);
  expect(states(host)).toEqual(['ticking-1 idle']);
});

test('where the CPU is always there an instance goes on without a request', async () => {
  const host = await startHost([service('ticking', { cpu: 'always' })]);
  const first = Number((await get(host.url('ticking'))).text);
  expect(states(host)).toEqual(['ticking-1 idle']);
  expect(await standsStill(pidOf(host, 'ticking-1'))).toBe(false);
  const now = async () => Number((await get(host.url('ticking'))).text);
  await expect.poll(now, SOON).toBeGreaterThan(first + 20);
});

test('an instance that is told to go answers what is under way, and is given nothing more', async () => {
  const seen = journal<string>();
  const host = await startHost([service('graceful', { env: seen.env, concurrency: 5, maxInstances: 1 })]);
  const url = host.url('graceful');
  const underWay = get(`${url}?ms=1000`);
  await expect.poll(seen.entries, SOON).toEqual(['came']);
  // Stopped where it is: it must be let go on to hear the signal.
  expect(host.freeze()).toBe('graceful-1');
  const retired = host.retire('graceful-1');
  expect(states(host)).toEqual(['graceful-1 ending']);
  const next = get(url);
  // It does not count any more: another one takes its place.
  await expect.poll(() => states(host).length, SOON).toBe(2);
  expect(await underWay).toEqual({ status: 200, text: 'answered' });
  expect(await retired).toBe('graceful-1');
  await expect.poll(() => states(host), SOON).toEqual(['graceful-2 running']);
  expect(seen.entries().slice(0, 2)).toEqual(['came', 'told to go']);
  await host.kill();
  expect(await next).toMatchObject({ status: 503 });
});

test('an idle instance hears SIGTERM; one that does not go is killed after the grace time', async () => {
  const seen = journal<string>();
  const host = await startHost([service('echo'), service('stubborn', { env: seen.env })], { graceMs: 300 });
  await get(host.url('echo'));
  await get(host.url('stubborn'));
  const [polite, stubborn] = [pidOf(host, 'echo-1'), pidOf(host, 'stubborn-1')];
  await expect.poll(() => standsStill(polite), SOON).toBe(true);
  await Promise.all([host.retire('echo-1'), host.retire('stubborn-1')]);
  expect(await Promise.all([polite, stubborn].map(runs))).toEqual([false, false]);
  expect(seen.entries()).toEqual(['never']);
  expect(host.instances()).toEqual([]);
});

test('an instance that is idle for long is told to go', async () => {
  const host = await startHost([service('echo')], { idleMs: 50 });
  expect(JSON.parse((await get(host.url('echo'))).text).calls).toBe(1);
  await expect.poll(() => host.instances(), SOON).toEqual([]);
  expect(JSON.parse((await get(host.url('echo'))).text).calls).toBe(1);
});

test('a killed instance answers nobody, and another one takes its place', async () => {
  const host = await startHost([service('sleeps', { concurrency: 3 })]);
  const url = `${host.url('sleeps')}?ms=`;
  await get(`${url}0`);
  expect(() => host.freeze()).toThrow(/no instance has a request/);
  await expect(host.kill()).rejects.toThrow(/no instance has a request/);
  await expect(host.kill('nobody-1')).rejects.toThrow(/there is no nobody-1/);
  const both = [1, 2].map(() => get(`${url}60000`));
  await expect.poll(() => host.instances()[0]?.busy, SOON).toBe(2);
  const pid = pidOf(host, 'sleeps-1');
  expect(await host.kill()).toBe('sleeps-1');
  expect(await runs(pid)).toBe(false);
  expect(await Promise.all(both)).toMatchObject([{ status: 503 }, { status: 503 }]);
  expect(pidIn(await get(`${url}0`))).not.toBe(pid);
  expect(states(host)).toEqual(['sleeps-2 idle']);
});

test('the next instance that brings an answer is killed, and nobody hears of it', async () => {
  const host = await startHost([service('echo'), service('environment')]);
  const trapped = host.killBeforeAnswer('echo');
  expect(await get(host.url('environment'))).toMatchObject({ status: 200 });
  expect(await get(host.url('echo'))).toMatchObject({ status: 503 });
  expect(await trapped).toBe('echo-1');
  expect(await get(host.url('echo'))).toMatchObject({ status: 201 });
  const matches = ({ url }: { url?: string | undefined }) => url === '/this';
  const second = host.killBeforeAnswer('echo', { matches });
  expect(await get(`${host.url('echo')}/that`)).toMatchObject({ status: 201 });
  expect(await get(`${host.url('echo')}/this`)).toMatchObject({ status: 503 });
  expect(await second).toBe('echo-2');
  const off = new AbortController();
  const never = host.killBeforeAnswer('echo', { signal: off.signal });
  off.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
});

test('a frozen instance goes on where it was, and is given nothing meanwhile', async () => {
  const host = await startHost([service('sleeps', { concurrency: 9 })]);
  const url = `${host.url('sleeps')}?ms=`;
  const frozen = get(`${url}500`);
  await expect.poll(() => states(host), SOON).toEqual(['sleeps-1 running']);
  expect(host.freeze()).toBe('sleeps-1');
  const pid = pidOf(host, 'sleeps-1');
  await expect.poll(() => standsStill(pid), SOON).toBe(true);
  expect(pidIn(await get(`${url}0`))).not.toBe(pid);
  expect(states(host)).toEqual(['sleeps-1 frozen', 'sleeps-2 idle']);
  host.thaw('sleeps-1');
  expect(pidIn(await frozen)).toBe(pid);
  host.thaw('nobody-1');
});

test('an instance that exits is gone, and its client hears so', async () => {
  const host = await startHost([service('exits')]);
  const crash = async () => (await get(host.url('exits'))).status;
  expect([500, 503]).toContain(await crash());
  // It may have been stopped on its way out: then the next request lets it end.
  await expect
    .poll(async () => {
      expect([500, 503]).toContain(await crash());
      return states(host).some((state) => state.startsWith('exits-1 '));
    }, SOON)
    .toBe(false);
  await expect.poll(() => host.output(), SOON).toContain('what it says at last');
});

test('a module that does not load is answered 503, and said why', async () => {
  const host = await startHost([service('broken', { source: module('broken') }), service('loud')]);
  const { status, text } = await get(host.url('broken'));
  expect(status).toBe(503);
  expect(text).toContain('this module does not load');
  expect(host.instances()).toEqual([]);
  await get(host.url('loud'));
  await expect.poll(() => host.output(), SOON).toContain('what it complains of');
  await expect.poll(() => host.output(), SOON).toContain('what it says');
});

test('when the host is stopped nothing is left', async () => {
  const host = await startHost([service('sleeps'), service('ticking')]);
  const url = host.url('sleeps');
  await get(host.url('ticking'));
  const slow = get(`${url}?ms=60000`).then(
    ({ status }) => status,
    () => 'broken',
  );
  await expect.poll(() => states(host), SOON).toContain('sleeps-1 running');
  const pids = ['sleeps-1', 'ticking-1'].map((name) => pidOf(host, name));
  const trapped = host.killBeforeAnswer('sleeps');
  const lost = expect(trapped).rejects.toThrow(/was stopped/);
  await host.stop();
  await lost;
  expect(await Promise.all(pids.map(runs))).toEqual([false, false]);
  expect([503, 'broken']).toContain(await slow);
  await expect(get(url)).rejects.toThrow(/fetch failed/);
});

test('SIGKILL to the parent leaves no process, be it idle, running or frozen', async () => {
  await leavesNoProcess('cloud-functions-holder');
});
