/** The demo's own view of the provider: its ledger, and the moment right after a charge. */
import { fileURLToPath } from 'node:url';
import { startChild } from '@flowstate/engines';
import * as v from 'valibot';
import type { Held, Ledger } from './provider.js';

const entry = v.object({ id: v.string(), reservation: v.string(), amount: v.number(), at: v.number() });
const ledger = v.object({ charges: v.array(entry), mails: v.array(entry), repeats: v.number() });
const held = v.object({ reservation: v.string(), worker: v.string() });

/** A running provider. */
export interface Provider {
  readonly url: string;
  /** All charges and mails. */
  ledger(): Promise<Ledger>;
  /** Waits for the next charge, whose answer is then held back until `release`, five seconds at most. */
  nextCharge(signal: AbortSignal): Promise<Held>;
  /** Lets what is held go on. */
  release(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the provider as a process of its own. It keeps its ledger in memory, and goes with it. */
export async function startProvider(): Promise<Provider> {
  const child = await startChild({ script: fileURLToPath(new URL('provider-process.js', import.meta.url)) });
  const [, port] = await child.line(/^ready (\d+)$/);
  const url = `http://127.0.0.1:${port}`;
  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(`${url}/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the provider answered ${response.status} to ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
  return {
    url,
    ledger: async () => v.parse(ledger, await ask('ledger')),
    nextCharge: async (signal) => v.parse(held, await ask('hold', { method: 'POST', signal })),
    release: async () => void (await ask('release', { method: 'POST' })),
    stop: async () => void (await child.kill()),
  };
}
