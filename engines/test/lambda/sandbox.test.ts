/** Sandboxes: one invocation at a time, used again while warm, frozen in between, and killed or frozen from outside. */
import { afterEach, expect, test } from 'vitest';
import type { LambdaHost } from '../../src/lambda/index.js';
import { SOON, stopAll } from '../open-hosts.js';
import { leavesNoProcess, runs, standsStill } from '../processes.js';
import { call, lambda, pidOf, root, startHost } from './lambda-client.js';

afterEach(stopAll);

const states = (host: LambdaHost) => host.sandboxes().map(({ state }) => state);
const busy = (host: LambdaHost, count: number) =>
  expect.poll(() => states(host).filter((state) => state === 'running').length, SOON).toBe(count);
/** Its module never finishes loading. */
const endless = { name: 'endless', handler: 'endless.handler', root };
const killed = { functionError: 'Unhandled', payload: { errorType: 'Runtime.ExitError' } };

test('a warm sandbox is used again, and calls at the same time have one each', async () => {
  const host = await startHost({ functions: [lambda('whoami'), lambda('sleeps')] });
  expect(await call(host, 'whoami')).toMatchObject({ payload: { calls: 1 } });
  expect(await call(host, 'whoami')).toMatchObject({ payload: { calls: 2 } });
  const both = await Promise.all([1, 2].map(() => call(host, 'sleeps', { ms: 100 })));
  const pids = new Set(both.map(({ payload }) => (payload as { pid: number }).pid));
  expect(pids.size).toBe(2);
  expect(host.sandboxes().map(({ name, state }) => `${name} ${state}`)).toEqual([
    'whoami-1 idle',
    'sleeps-1 idle',
    'sleeps-2 idle',
  ]);
});

test('between two invocations nothing goes on in a sandbox', async () => {
  const host = await startHost({ functions: [lambda('ticking')] });
  const before = await call(host, 'ticking');
  await expect.poll(() => standsStill(pidOf(host, 'ticking-1')), SOON).toBe(true);
  const pause = 400;
  await new Promise((resolve) => setTimeout(resolve, pause));
  const after = await call(host, 'ticking');
  // A process that ran on would have counted to 80 and more meanwhile.
  expect(Number(after.payload) - Number(before.payload)).toBeLessThan(pause / 5 / 2);
  expect(Number(after.payload)).toBeGreaterThan(Number(before.payload));
});

test('a sandbox that is idle for long is ended', async () => {
  const host = await startHost({ functions: [lambda('whoami')], idleMs: 50 });
  await call(host, 'whoami');
  const pid = pidOf(host, 'whoami-1');
  await expect.poll(() => host.sandboxes(), SOON).toEqual([]);
  expect(await runs(pid)).toBe(false);
  expect(await call(host, 'whoami')).toMatchObject({ payload: { calls: 1 } });
});

test('a module that does not load in time is given up', async () => {
  const host = await startHost({ functions: [endless], initMs: 200 });
  const { requestId, functionError, payload } = await call(host, 'endless');
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after 0.20 seconds`;
  expect({ functionError, payload }).toEqual({
    functionError: 'Unhandled',
    payload: { errorType: 'Sandbox.Timedout', errorMessage },
  });
  expect(host.sandboxes()).toEqual([]);
});

test('beyond its reserved concurrency a function is throttled', async () => {
  const host = await startHost({ functions: [lambda('sleeps', { concurrency: 1 })] });
  const first = call(host, 'sleeps', { ms: 1_000 });
  await busy(host, 1);
  await expect(call(host, 'sleeps', { ms: 0 })).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    $metadata: { httpStatusCode: 429 },
  });
  expect(await first).toMatchObject({ status: 200, payload: { slept: 1_000 } });
  expect(await call(host, 'sleeps', { ms: 0 })).toMatchObject({ status: 200 });
});

test('a function that is deployed again runs its new code, and what runs finishes with the old', async () => {
  const host = await startHost({ functions: [lambda('sleeps'), lambda('whoami')] });
  await call(host, 'whoami');
  const old = call(host, 'sleeps', { ms: 300 });
  await busy(host, 1);
  host.deploy(lambda('whoami', { handler: 'basic.fails' }), lambda('sleeps', { handler: 'basic.callback' }));
  expect(await call(host, 'whoami')).toMatchObject({ payload: { errorType: 'RangeError' } });
  expect(await call(host, 'sleeps')).toMatchObject({ payload: 'called back' });
  expect(await old).toMatchObject({ payload: { slept: 300 } });
  await expect.poll(() => host.sandboxes().map(({ name }) => name), SOON).toEqual(['whoami-2', 'sleeps-2']);
});

test('a sandbox that is killed loses its invocation, and the next one has a new sandbox', async () => {
  const host = await startHost({ functions: [lambda('sleeps')] });
  const lost = call(host, 'sleeps', { ms: 2_000 });
  await busy(host, 1);
  const pid = pidOf(host, 'sleeps-1');
  // At once after the kill: a sandbox that is about to die must not be given another invocation.
  const kill = host.kill();
  const next = call(host, 'sleeps', { ms: 1 });
  expect(await kill).toBe('sleeps-1');
  expect(await runs(pid)).toBe(false);
  const { requestId, functionError, payload } = await lost;
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  expect({ functionError, payload }).toEqual({
    functionError: 'Unhandled',
    payload: { errorType: 'Runtime.ExitError', errorMessage },
  });
  expect(await next).toMatchObject({ payload: { slept: 1 } });
});

test('an idle sandbox can be killed by name, and one that is starting', async () => {
  const host = await startHost({ functions: [lambda('whoami'), endless] });
  const starting = call(host, 'endless');
  await expect.poll(() => states(host), SOON).toEqual(['starting']);
  expect(await host.kill('endless-1')).toBe('endless-1');
  expect(await starting).toMatchObject(killed);
  await call(host, 'whoami');
  expect(await host.kill('whoami-1')).toBe('whoami-1');
  expect(await call(host, 'whoami')).toMatchObject({ payload: { calls: 1 } });
  await expect(host.kill()).rejects.toThrow(/no sandbox runs/);
  await expect(host.kill('whoami-1')).rejects.toThrow(/no sandbox whoami-1/);
});

test('a sandbox that dies on its own while it is idle is not used', async () => {
  const host = await startHost({ functions: [lambda('whoami')] });
  await call(host, 'whoami');
  process.kill(pidOf(host, 'whoami-1'), 'SIGKILL');
  await expect.poll(() => host.sandboxes(), SOON).toEqual([]);
  expect(await call(host, 'whoami')).toMatchObject({ payload: { calls: 1 }, functionError: undefined });
});

test('what a function started ends with its sandbox', async () => {
  const host = await startHost({ functions: [lambda('spawns')] });
  const { payload } = await call(host, 'spawns');
  expect(await runs(Number(payload))).toBe(true);
  await host.kill('spawns-1');
  await expect.poll(() => runs(Number(payload)), SOON).toBe(false);
});

test('a frozen sandbox stands still in the middle, others go on, and thawed it finishes', async () => {
  const host = await startHost({ functions: [lambda('sleeps', { timeoutMs: 30_000 })] });
  const first = call(host, 'sleeps', { ms: 1_000 });
  await busy(host, 1);
  expect(host.freeze()).toBe('sleeps-1');
  expect(states(host)).toEqual(['frozen']);
  await expect.poll(() => standsStill(pidOf(host, 'sleeps-1')), SOON).toBe(true);
  expect(await call(host, 'sleeps', { ms: 1_200 })).toMatchObject({ payload: { slept: 1_200 } });
  expect(states(host)).toEqual(['frozen', 'idle']);
  host.thaw('sleeps-1');
  expect(await first).toMatchObject({ payload: { slept: 1_000 }, functionError: undefined });
  expect(() => host.freeze('sleeps-1')).toThrow(/sleeps-1 is idle, not running/);
  expect(() => host.freeze()).toThrow(/no sandbox runs/);
});

test('a frozen sandbox is ended by its time-out, and thawing it then does nothing', async () => {
  const host = await startHost({ functions: [lambda('hangs', { timeoutMs: 1_000 })] });
  const late = call(host, 'hangs');
  await busy(host, 1);
  const name = host.freeze();
  expect(await late).toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
  host.thaw(name);
  expect(host.sandboxes()).toEqual([]);
});

test('a sandbox can be made to die when all is done and nobody has heard of it', async () => {
  const host = await startHost({ functions: [lambda('sleeps'), lambda('whoami')] });
  const victim = host.killBeforeAnswer('sleeps');
  expect(await call(host, 'whoami')).toMatchObject({ functionError: undefined });
  expect(await call(host, 'sleeps', { ms: 1 })).toMatchObject(killed);
  expect(await victim).toBe('sleeps-1');
  expect(await call(host, 'sleeps', { ms: 1 })).toMatchObject({ payload: { slept: 1 } });
  const stop = new AbortController();
  const never = host.killBeforeAnswer('sleeps', stop.signal);
  stop.abort(new Error('no more'));
  await expect(never).rejects.toThrow('no more');
  expect(await call(host, 'sleeps', { ms: 1 })).toMatchObject({ functionError: undefined });
});

test('what the sandboxes print is kept, also of those that have ended', async () => {
  const host = await startHost({ functions: [lambda('sleeps'), lambda('hangs', { timeoutMs: 200 })] });
  await call(host, 'hangs');
  await call(host, 'sleeps', { ms: 1 });
  await expect.poll(() => host.output(), SOON).toMatch(/hanging.*sleeping/s);
});

test('stopping ends everything, whatever it does', async () => {
  const host = await startHost({ functions: [lambda('sleeps'), lambda('hangs'), lambda('whoami')] });
  await call(host, 'whoami');
  const running = [call(host, 'hangs'), call(host, 'sleeps', { ms: 60_000 })].map((answer) =>
    answer.catch(String),
  );
  await busy(host, 2);
  host.freeze('sleeps-1');
  const trapped = host.killBeforeAnswer('whoami');
  const pids = host.sandboxes().map(({ name }) => pidOf(host, name));
  const starting = call(host, 'whoami').catch(String);
  await Promise.all([host.stop(), expect(trapped).rejects.toThrow(/was stopped/)]);
  expect(await Promise.all(pids.map(runs))).toEqual([false, false, false]);
  expect(host.sandboxes()).toEqual([]);
  await Promise.all([...running, starting]);
  await expect(call(host, 'whoami')).rejects.toThrow(/ECONNREFUSED/);
});

test('SIGKILL to the parent leaves no process, be it idle, running or frozen', async () => {
  await leavesNoProcess('lambda-holder');
});
