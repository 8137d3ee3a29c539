/** A harness in memory whose store other processes reach as well. */
import { memoryStoreOf, type StoreKind } from '@flowstate/core/testing';
import type { Harness } from '../../src/harness.js';
import { childProcesses } from '../../src/platform.js';
import { type ServedStore, servedStore, storeAt } from './served-store.js';

/** The harness, for the laws of processes. */
export function harnessWithChildren(kind: StoreKind): Harness {
  const memory = memoryStoreOf(kind, {
    entriesPerRow: 4,
    wait: () => new Promise((resolve) => setImmediate(resolve)),
  });
  let served: Promise<ServedStore> | undefined;
  const begun = (): Promise<ServedStore> => (served ??= servedStore(memory));
  return {
    name: `memory-${kind}-served`,
    open: async () => ({
      store: storeAt((await begun()).url, memory.traits),
      close: async () => undefined,
    }),
    close: async () => (await served)?.close(),
    rawRows: async ({ table, partition }) =>
      memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
    spawn: childProcesses({
      module: new URL('store-of-children.ts', import.meta.url),
      env: async () => ({ STORE_URL: (await begun()).url, STORE_TRAITS: JSON.stringify(memory.traits) }),
    }),
  };
}
