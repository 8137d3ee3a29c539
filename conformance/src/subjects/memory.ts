/** The stores in memory as subjects: the suite's own reference, and what broken stores are made of. */
import type { Store } from '@flowstate/core/adapter';
import {
  type MemoryStore,
  type MemoryStoreOptions,
  memoryStoreOf,
  type StoreKind,
} from '@flowstate/core/testing';
import type { Harness, OpenOptions } from '../harness.js';

const NAMES: Readonly<Record<StoreKind, string>> = {
  conditional: 'memory',
  versioned: 'memory-versioned',
  bounded: 'memory-stale',
};

/** A harness on a store in memory. `change` may break the store: every client is made by it. */
export function memoryHarness(
  kind: StoreKind,
  options: MemoryStoreOptions = {},
  change: (store: Store) => Store = (store) => store,
): Harness {
  let opened: OpenOptions = {};
  const fresh = (): MemoryStore =>
    memoryStoreOf(kind, {
      now: () => opened.now?.() ?? 0,
      // Old reads of the last changes, as decided by the case: now and then two changes old.
      staleChanges: 2,
      choices: { pick: (n) => opened.choices?.pick(n) ?? 0, trail: [] },
      wait: () => new Promise((resolve) => setImmediate(resolve)),
      ...options,
      before: async (request) => {
        // A request takes its time: others are let in before it is applied.
        await new Promise((resolve) => setImmediate(resolve));
        await options.before?.(request);
      },
    });
  let memory = fresh();
  return {
    name: NAMES[kind],
    engine: () => `core/testing, ${kind}`,
    async open(openOptions) {
      opened = openOptions;
      const { entriesPerRow = memory.traits.entriesPerRow } = openOptions;
      return {
        store: change({
          traits: { ...memory.traits, entriesPerRow },
          read: (key) => memory.read(key),
          write: (write, writeOptions) => memory.write(write, writeOptions),
          query: (query) => memory.query(query),
          list: (listing) => memory.list(listing),
        }),
        close: async () => undefined,
      };
    },
    close: async () => undefined,
    forget() {
      memory = fresh();
    },
    rawRows: async ({ table, partition }) =>
      memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
  };
}
