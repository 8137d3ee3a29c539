import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { startChild } from '../src/child.js';
import { SOON } from './open-hosts.js';

/** The processes that work in a folder. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch (error) {
      // It ended meanwhile, or is another user's.
      if (
        error instanceof Error &&
        'code' in error &&
        ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code))
      )
        return false;
      throw error;
    }
  });
}

/** Whether a process runs: a zombie does not. */
export async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !stat.includes(') Z ');
}

/** Whether a process was stopped by a signal, and has not been let go on. */
export async function standsStill(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.includes(') T ');
}

/** Waits until a process has ended, a folder is gone, and nothing works in it. */
export async function gone(pid: number, folder: string): Promise<void> {
  await expect.poll(() => runs(pid), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => processesIn(folder), { timeout: 10_000 }).toEqual([]);
}

/** A holder says which processes a host of its own has, an idle, a running and a frozen one: they end with it when it is killed. */
export async function leavesNoProcess(holder: string, args: readonly string[] = []): Promise<void> {
  const script = fileURLToPath(new URL(`programs/${holder}.mjs`, import.meta.url));
  const parent = await startChild({ script, args });
  const [, list = ''] = await parent.line(/^(?:workers|instances|sandboxes) (.*)$/, 30_000);
  const pids = list.split(' ').map(Number);
  expect(await Promise.all(pids.map(runs))).toEqual([true, true, true]);
  await parent.kill();
  for (const pid of pids) await expect.poll(() => runs(pid), SOON).toBe(false);
}
