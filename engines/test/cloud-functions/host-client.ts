/** A host under test, its functions, and what they write down. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CloudFunctionsHost,
  type CloudFunctionsHostOptions,
  type CloudService,
  cloudFunctionsHost,
} from '../../src/cloud-functions/index.js';

/** A module of `functions`. */
export const module = (name: string) => fileURLToPath(new URL(`functions/${name}.mjs`, import.meta.url));

/** For what happens in another process: a busy machine may take its time. */
export const SOON = { timeout: 30_000, interval: 10 };

/** A function of `functions/basic.mjs`, or of another module there, as a service of its name. */
export function service(target: string, options: Partial<CloudService> = {}): CloudService {
  return { name: target.toLowerCase(), target, source: module('basic'), ...options };
}

const open: { stop(): Promise<void> }[] = [];
const folders: string[] = [];

/** A host that `stopAll` stops. */
export async function startHost(
  services: readonly CloudService[],
  options: Omit<CloudFunctionsHostOptions, 'services'> = {},
): Promise<CloudFunctionsHost> {
  return stopLater(await cloudFunctionsHost({ services, ...options }));
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

/** A file that functions write into. `entries` reads it. */
export function journal<T>(): { readonly env: { JOURNAL: string }; entries(): T[] } {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-cloud-functions-'));
  folders.push(folder);
  const path = join(folder, 'journal');
  return {
    env: { JOURNAL: path },
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

/** The process of an instance. */
export function pidOf(host: CloudFunctionsHost, name: string): number {
  const pid = host.instances().find((instance) => instance.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return pid;
}

/** `echo-1 idle`, `echo-2 running`, … */
export function states(host: CloudFunctionsHost): string[] {
  return host.instances().map(({ name, state }) => `${name} ${state}`);
}

/** A request's status and whole answer. */
export async function get(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}
