/** A flow in memory for the tests of handlers. */
import { type Flow, type FlowOptions, flowstate } from '@flowstate/core';
import { runKey, type Store, StoreError } from '@flowstate/core/adapter';
import { type MemoryStore, memoryStore } from '@flowstate/core/testing';

/** A flow on a store in memory, or on the one given. */
export function testFlow(options: Partial<FlowOptions> = {}): { flow: Flow; store: MemoryStore } {
  const store = memoryStore();
  return { flow: flowstate({ name: 'shop', store, lease: '10m', ...options }), store };
}

/** A promise to be opened by the test. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What a handler of errors was told. */
export function errors(): { onError: (error: unknown) => void; told: Error[] } {
  const told: Error[] = [];
  return { told, onError: (error) => told.push(error instanceof Error ? error : new Error(String(error))) };
}

/** The fields of a run's intent; undefined: there is no such run. */
export function intentOf(store: MemoryStore, name: string, id: string) {
  const partition = `run:${runKey(name, id)}`;
  return store.rows().find(({ key }) => key.partition === partition && key.sort === 'intent')?.fields;
}

/** The ids of the runs in a store. */
export function runIds(store: MemoryStore): string[] {
  return store
    .rows()
    .flatMap(({ key, fields }) => (key.sort === 'intent' ? [String(JSON.parse(String(fields.runId)))] : []))
    .sort();
}

/** Every event is a run that keeps its input, by its id. */
export function keeping(options: Partial<FlowOptions> = {}) {
  const { flow, store } = testFlow(options);
  const inputs: Record<string, unknown> = {};
  const fn = flow.function('keep', async (ctx, input: unknown) => {
    inputs[ctx.runId] = input;
  });
  return { fn, flow, store, inputs };
}

/** A store in memory to which nothing can be written, until it recovers. */
export function brokenStore(): { store: Store; memory: MemoryStore; recover: () => void } {
  const memory = memoryStore();
  let down = true;
  const write: Store['write'] = (request, options) =>
    down
      ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'))
      : memory.write(request, options);
  const recover = (): void => {
    down = false;
  };
  return { store: { ...memory, write }, memory, recover };
}
