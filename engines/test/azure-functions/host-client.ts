/** A host under test, its functions, and what they write down. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AzureFunctionsHost,
  type AzureFunctionsHostOptions,
  azureFunctionsHost,
} from '../../src/azure-functions/index.js';

/** A module of `functions`. */
export const module = (name: string) => fileURLToPath(new URL(`functions/${name}`, import.meta.url));

/** For what happens in another process: a busy machine may take its time. */
export const SOON = { timeout: 30_000, interval: 10 };

const open: { stop(): Promise<void> }[] = [];
const folders: string[] = [];

/** A host that `stopAll` stops; of `functions/basic.mjs` where nothing else is said. */
export async function startHost(
  options: Partial<AzureFunctionsHostOptions> = {},
): Promise<AzureFunctionsHost> {
  return stopLater(await azureFunctionsHost({ source: module('basic.mjs'), ...options }));
}

/** It is stopped by `stopAll`. */
export function stopLater<T extends { stop(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

/** To be called after each test, or after all. */
export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((host) => host.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A file that functions write into. `entries` reads it, `note` writes as they do. */
export function journal<T>(): { readonly env: { JOURNAL: string }; entries(): T[]; note(entry: T): void } {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-azure-functions-'));
  folders.push(folder);
  const path = join(folder, 'journal');
  return {
    env: { JOURNAL: path },
    note: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`),
    entries() {
      try {
        const lines = readFileSync(path, 'utf8').trim().split('\n');
        return lines.map((line) => JSON.parse(line));
      } catch (error) {
        // Nothing has run yet.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}

/** The process of a worker. */
export function pidOf(host: AzureFunctionsHost, name: string): number {
  const pid = host.workers().find((worker) => worker.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return pid;
}

/** `worker-1 running`, `worker-2 frozen`, … */
export function states(host: AzureFunctionsHost): string[] {
  return host.workers().map(({ name, state }) => `${name} ${state}`);
}

/** A request's status and whole answer. */
export async function get(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}
