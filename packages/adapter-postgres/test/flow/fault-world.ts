/**
 * A deployment on PostgreSQL whose processes meet faults: real rows, virtual time. Its requests go one after another over
 * one connection, so that the same process asks the same again, and "the fault at request 17" means something.
 */

import type { Flow, Reply, Store } from '@flowstate/core/adapter';
import { type MemoryPlatform, memoryPlatform } from '@flowstate/core/testing';
import type { Pool } from 'pg';
import { postgres } from '../../src/index.js';
import { lastDue } from './evidence.js';
import { encode, flowstateOf, type Outside, outside, type Workload } from './workloads.js';

type Platform = Pick<MemoryPlatform, 'store' | 'invoker' | 'now' | 'id' | 'random' | 'wait'>;

/** Collector passes after which a run that is not done counts as stuck. */
const PASSES_MAX = 30;
/** The id of the run that a world is about. */
export const RUN = 'the run';

/** Where functions are: each in a process of its own, reached by messages, or all in the one that meets faults. */
export type Deployment = 'apart' | 'together';

/** One deployment. */
export interface FaultWorld extends MemoryPlatform {
  readonly outside: Outside;
  /** A fresh, cold process; on another platform where it is to meet faults. */
  process(platform?: Platform): Flow;
  /** Delivers the root's call to a process, once, and waits for all that it began. */
  callRoot(platform?: Platform): Promise<Reply>;
  /** Delivers and collects until nothing is due any more. */
  recover(): Promise<void>;
  /** Resolves once no request is under way and none follows. */
  idle(): Promise<void>;
}

/** A store that knows whether it is asked anything. */
function watched(store: Store): { store: Store; idle: () => Promise<void> } {
  let underWay = 0;
  const watch = async <T>(request: Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await request;
    } finally {
      underWay -= 1;
    }
  };
  return {
    store: {
      traits: store.traits,
      read: (key) => watch(store.read(key)),
      write: (write, options) => watch(store.write(write, options)),
      query: (query) => watch(store.query(query)),
      list: (listing) => watch(store.list(listing)),
    },
    async idle() {
      for (let still = 0; still < 3; still = underWay === 0 ? still + 1 : 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** Makes a world with empty tables. The one before must be idle. */
export async function faultWorld(pool: Pool, work: Workload, deployment: Deployment): Promise<FaultWorld> {
  await pool.query('DELETE FROM flowstate_runs; DELETE FROM flowstate_items');
  const { store, idle } = watched(postgres({ pool, prepare: true, entriesPerRow: work.entriesPerRow ?? 16 }));
  const memory = memoryPlatform({ store });
  const below: MemoryPlatform = { ...memory, wait: (ms) => memory.advance(Math.ceil(ms)) };
  const world = outside();

  function process(on: Platform = below): Flow {
    const flow = flowstateOf(on, deployment === 'apart' ? on.invoker : undefined);
    work.define(flow, world);
    return flow;
  }

  async function callRoot(on?: Platform): Promise<Reply> {
    const message = { kind: 'call', function: work.root, id: RUN, input: encode(work.input) };
    const reply = await process(on).receive(message);
    await idle();
    return reply;
  }

  async function recover(): Promise<void> {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      await memory.deliverAll();
      await idle();
      const due = await lastDue(pool);
      if (due === undefined && memory.outbox.length === 0) return;
      await memory.advance(Math.max(0, (due ?? 0) - memory.now()));
      await process().collect();
      await idle();
    }
    throw new Error(`still due after ${PASSES_MAX} passes`);
  }

  memory.receiveWith((message) => process().receive(message));
  return { ...below, outside: world, process, callRoot, recover, idle };
}
