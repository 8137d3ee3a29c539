/** The process whose memory is watched. Started with `--expose-gc`; one line of JSON a sample. */
import { setImmediate as turn } from 'node:timers/promises';
import { postgres } from '@flowstate/adapter-postgres';
import { type Context, type Flow, flowstate } from '@flowstate/core';
import { type Subject, work } from './closed-loop.js';
import { poolOf } from './database.js';
import type { Sample } from './memory.js';

/** Items that are written in turns, more than there are clients: they rarely meet at one. */
const ITEMS = 64;
/**
 * Then come the next items. One more than an item's row has entries: each item overflows once, and the thousand that the
 * process remembers are all of the same age from 17 000 runs on. With the same items for ever, what it remembers of them
 * would grow until their rows are full, and look like a leak.
 */
const WRITES_EACH = 17;
const CONNECTIONS = 10;

interface Work {
  readonly url: string;
  readonly runs: number;
  readonly clients: number;
  readonly prepared: boolean;
  readonly samples: number;
}

function keyOf(n: number): string {
  return `key-${Math.floor(n / (ITEMS * WRITES_EACH))}-${n % ITEMS}`;
}

/** A run with an id and keys of its own: a step, a write, and what the two leave in log and hints. */
function subjectOn(flow: Flow): Subject {
  const items = flow.table<{ receipt: string }>('items');
  const pay = flow.function('pay', async (ctx: Context, { key }: { key: string }) => {
    const receipt = await ctx.step('charge', ({ idempotencyKey }) => `receipt ${idempotencyKey}`);
    await ctx.write(items, key, { receipt });
    return receipt;
  });
  return {
    name: 'pay',
    operate: async (_, n) => void (await pay.invoke({ key: keyOf(n) }, { id: `run-${n}` })),
  };
}

/** Twice, with a turn between: what only a finalizer lets go is gone by the second time. */
async function sample(n: number, runs: number, began: number): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('started without --expose-gc');
  for (let pass = 0; pass < 2; pass++) {
    await turn();
    globalThis.gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const taken: Sample = { runs, seconds: (performance.now() - began) / 1000, heapUsed, external, rss };
  process.stdout.write(`${JSON.stringify({ sample: n, ...taken })}\n`);
}

async function watched({ url, runs, clients, prepared, samples }: Work): Promise<void> {
  const pool = poolOf(url, Math.min(CONNECTIONS, clients));
  const subject = subjectOn(flowstate({ name: 'memory', store: postgres({ pool, prepare: prepared }) }));
  const began = performance.now();
  let passed = 0;
  for (let n = 1; n <= samples; n++) {
    const next = Math.round((n * runs) / samples);
    await work(subject, clients, { operations: next - passed });
    passed = next;
    await sample(n, passed, began);
  }
  await pool.end();
}

const given = process.env.FLOWSTATE_BENCH_MEMORY;
if (given === undefined) throw new Error('memory-process is started by the benchmarks, not by hand');
await watched(JSON.parse(given) as Work);
