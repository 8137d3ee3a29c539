import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

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
