import { execFileSync, spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { memoryStore } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Deployment } from '../../src/index.js';
import { LEDGER_VARIABLE, WORD_VARIABLE } from '../../src/platform/suite-functions.js';
import { openLedger } from '../../src/platform/suite-ledger.js';
import { childProcesses } from '../../src/platform.js';
import { servedStore } from './served-store.js';

const WORD = 'children';
const OPTIONS = { timeoutMs: 30_000 };
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function environment(): Promise<Record<string, string>> {
  const memory = memoryStore();
  const [served, ledger] = await Promise.all([servedStore(memory), openLedger()]);
  onTestFinished(async () => {
    await Promise.all([served.close(), ledger.close()]);
  });
  const store = { STORE_URL: served.url, STORE_TRAITS: JSON.stringify(memory.traits) };
  return { ...store, [WORD_VARIABLE]: WORD, [LEDGER_VARIABLE]: ledger.url };
}

async function started(workers: number): Promise<Deployment> {
  const env = await environment();
  const spawn = childProcesses({ module: fileOf('store-of-children.ts'), env: () => ({ OWN: 'yes' }) });
  const deployment = await spawn({ workers, leaseMs: 500, env });
  onTestFinished(() => deployment.stop());
  return deployment;
}

const stateOf = (deployment: Deployment, name: string): string | undefined =>
  deployment.workers().find((worker) => worker.name === name)?.state;

test('processes are killed and started again, frozen and woken; calls go on', async () => {
  const deployment = await started(2);
  const count = (id: string) => deployment.call(`${WORD}.count`, 'hot', { id, ...OPTIONS });
  expect(await count('a')).toEqual({ value: 1 });
  expect(await deployment.call(`${WORD}.chain`, 7, { id: 'c', ...OPTIONS })).toEqual({
    value: { order: 7, receipt: 'receipt-0', nth: 1 },
  });

  expect(await deployment.kill('worker-1')).toBe('worker-1');
  expect(stateOf(deployment, 'worker-1')).toBe('starting');
  expect(await count('b')).toEqual({ value: 2 });
  await vi.waitFor(() => expect(stateOf(deployment, 'worker-1')).toBe('running'), 20_000);

  expect(deployment.freeze('worker-2')).toBe('worker-2');
  expect(stateOf(deployment, 'worker-2')).toBe('frozen');
  expect(await Promise.all(['d', 'e', 'f'].map(count))).toHaveLength(3);
  deployment.thaw('worker-2');
  expect(stateOf(deployment, 'worker-2')).toBe('running');
  expect(await count('a')).toEqual({ value: 1 });
  // A frozen one is killed as well.
  deployment.freeze('worker-2');
  await deployment.kill('worker-2');
  await vi.waitFor(() => expect(stateOf(deployment, 'worker-2')).toBe('running'), 20_000);

  await deployment.stop();
  expect(stateOf(deployment, 'worker-1')).toBe('starting');
  await expect(count('g')).rejects.toThrow('stopped');
});

test('one that has done all is killed before anybody hears of it', async () => {
  const deployment = await started(1);
  const killed = deployment.killBeforeAnswer(`${WORD}.count`);
  const answer = await deployment.call(`${WORD}.count`, 'hot', { id: 'a', ...OPTIONS });
  expect([await killed, answer]).toEqual(['worker-1', { value: 1 }]);
  await expect(deployment.killBeforeAnswer('never', AbortSignal.abort())).rejects.toThrow('abort');
  const given = new AbortController();
  const waiting = deployment.killBeforeAnswer(`${WORD}.chain`, given.signal);
  given.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
});

test('what cannot be done is told', async () => {
  const deployment = await started(1);
  const call = (name: string) => deployment.call(name, 'hot', { id: 'x', ...OPTIONS });
  await expect(call('children.absent')).rejects.toThrow('there is no function children.absent');
  await deployment.call(`${WORD}.count`, 'cold', { id: 'x', ...OPTIONS });
  await expect(call(`${WORD}.count`)).rejects.toThrow('begun with another input');
  await expect(deployment.kill('worker-9')).rejects.toThrow('there is no worker-9');
});

test('a module that opens no store is an error with what it printed', async () => {
  const env = await environment();
  const spawn = childProcesses({ module: new URL('no-such-module.ts', import.meta.url) });
  await expect(spawn({ workers: 2, leaseMs: 500, env })).rejects.toThrow(
    /worker-\d ended:\n[\s\S]*no-such-module/,
  );
});

test('children end with their parent, killed as it may be, the frozen one too', async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const parent = start(process.execPath, ['--import', tsx, fileOf('parent-of-children.ts')], {
    env: { ...process.env, ...(await environment()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  await once(createInterface({ input: parent.stdout }), 'line');
  const children = childrenOf(parent.pid ?? 0);
  // Three, and the guard.
  expect(children.length).toBeGreaterThanOrEqual(4);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), { timeout: 20_000, interval: 100 });
});

function childrenOf(parent: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([id, of]) => (of === parent && id !== undefined ? [id] : []));
}

/** Not there, or a corpse that nobody has looked at yet. */
function isAlive(id: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(id)], { encoding: 'utf8' }).trim();
    return state !== '' && !state.startsWith('Z');
  } catch {
    return false;
  }
}
