/** A flow in memory for the tests of handlers. */
import { type Flow, type FlowOptions, flowstate } from '@flowstate/core';
import { runKey } from '@flowstate/core/adapter';
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
