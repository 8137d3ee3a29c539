/** Hosts under test: what is stopped after a test, what functions write down, and what is waited for. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For what happens in another process: a busy machine may take its time. */
export const SOON = { timeout: 30_000, interval: 10 };

const open: { stop(): Promise<void> }[] = [];
const folders: string[] = [];

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

/** A file that functions write into. */
export interface Journal<T> {
  /** Tells functions where it is. */
  readonly env: { readonly JOURNAL: string };
  entries(): T[];
  /** Writes as functions do. */
  note(entry: T): void;
}

/** A file that functions write into, until `stopAll`. */
export function journal<T>(): Journal<T> {
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-functions-'));
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

/** The process of that name. */
export function pidAmong(
  all: readonly { readonly name: string; readonly pid: number | undefined }[],
  name: string,
): number {
  const pid = all.find((one) => one.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} has no process`);
  return pid;
}

/** A request's status and whole answer. */
export async function get(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}
