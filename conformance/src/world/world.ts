/**
 * A deployment on the store of a case: real rows, virtual time, messages in the suite's hands, and as many cold processes of
 * one workload as a law wants. It needs no empty tables: all that it makes carries the case's word.
 */
import type { Store } from '@flowstate/core/adapter';
import { type MemoryPlatform, memoryPlatform, seeded } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import type { Workload } from '../workloads/workload.js';
import { type Ledger, ledger } from './ledger.js';
import { Processes, type Whereabouts } from './processes.js';
import { recover } from './recovery.js';
import { rival } from './rivals.js';
import { watchedStore } from './watched-store.js';

const ENTRIES_PER_ROW = 8;

/** How a world is made. */
export interface WorldOptions {
  /** 'apart' unless given. */
  readonly functions?: Whereabouts;
  /** The store under it: the client that cases share, unless given. */
  readonly store?: Store;
  /** A seed: worlds of one seed decide the same wherever the store decides something itself. */
  readonly seed?: number;
  /** The world outside: one in this process unless given. */
  readonly outside?: Ledger;
}

/** Processes, and the platform that they live on. */
export type World = Processes &
  MemoryPlatform & {
    /** Delivers and collects until nothing is due any more. @throws Wrong after a bounded number of passes */
    recover(): Promise<void>;
    /** Another run goes over the same items, to its end; then each item is touched until its row is full. */
    rival(): Promise<void>;
  };

/** Makes a world. The one before it in the same case must be idle. */
export async function world(on: Case, work: Workload, options: WorldOptions = {}): Promise<World> {
  const { functions = 'apart', seed = on.seed, outside = ledger() } = options;
  const entriesPerRow = work.entriesPerRow ?? ENTRIES_PER_ROW;
  const store = watchedStore(options.store ?? (await on.store({ entriesPerRow })));
  const memory = memoryPlatform({ store });
  let looked = false;
  on.now = () => {
    looked = true;
    return memory.now();
  };
  on.decisions = seeded(seed);
  const platform = passing(memory, () => looked);
  const processes = new Processes({ on, work, functions, outside, store, platform, word: on.fresh() });
  return Object.assign(processes, platform, {
    recover: () => recover(processes),
    rival: () => rival(processes, entriesPerRow),
  });
}

/** Virtual time whose waits pass by themselves. `looked`: whether the store goes by that time, too. */
function passing(memory: MemoryPlatform, looked: () => boolean): MemoryPlatform {
  const { reads, staleMs } = memory.store.traits;
  return {
    ...memory,
    async wait(ms) {
      // Who waits for old reads to be over waits in the time of the store.
      if (reads === 'bounded' && ms >= staleMs && !looked())
        await new Promise((resolve) => setTimeout(resolve, staleMs + 1));
      await memory.advance(Math.ceil(ms));
    },
  };
}
