/** What tests of an adapter's own handlers use: flows in memory, and what they left there. It loads no law. */
import { type Flow, type FlowFunction, type FlowOptions, flowstate } from '@flowstate/core';
import { type Row, runKey, type Store, StoreError } from '@flowstate/core/adapter';
import { type MemoryStore, memoryStore } from '@flowstate/core/testing';

/** A flow with its store in memory. */
export interface TestFlow {
  readonly flow: Flow;
  readonly store: MemoryStore;
}

/** A flow on a store in memory; `options` may say otherwise. Nobody takes over what it began unless `lease` is given. */
export function testFlow(options: Partial<FlowOptions> = {}): TestFlow {
  const store = memoryStore();
  return { flow: flowstate({ name: 'shop', store, lease: '10m', ...options }), store };
}

/** A function whose every run keeps its input in `inputs`, by the run's id. */
export interface KeepingFlow extends TestFlow {
  readonly fn: FlowFunction<unknown, void>;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A flow with one function that keeps its inputs. */
export function keeping(options: Partial<FlowOptions> = {}): KeepingFlow {
  const { flow, store } = testFlow(options);
  const inputs: Record<string, unknown> = {};
  const fn = flow.function('keep', async (ctx, input: unknown) => {
    inputs[ctx.runId] = input;
  });
  return { fn, flow, store, inputs };
}

/** A store to which nothing can be written until it recovers, and the one in memory below it. */
export interface BrokenStore {
  readonly store: Store;
  readonly memory: MemoryStore;
  recover(): void;
}

/** A store in memory to which nothing can be written, until it recovers. */
export function brokenStore(): BrokenStore {
  const memory = memoryStore();
  let down = true;
  const write: Store['write'] = (request, options) =>
    down
      ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'expired key'))
      : memory.write(request, options);
  return {
    store: { ...memory, write },
    memory,
    recover() {
      down = false;
    },
  };
}

/** The fields of a run's intent; undefined: there is no such run. */
export function intentOf(store: MemoryStore, name: string, id: string): Row['fields'] | undefined {
  const partition = `run:${runKey(name, id)}`;
  return store.rows().find(({ key }) => key.partition === partition && key.sort === 'intent')?.fields;
}

/** The ids of the runs in a store, sorted. */
export function runIds(store: MemoryStore): string[] {
  return store
    .rows()
    .flatMap(({ key, fields }) => (key.sort === 'intent' ? [String(JSON.parse(String(fields.runId)))] : []))
    .sort();
}

/** A promise that a test opens. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** A promise to be opened by the test. */
export function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A listener to errors, and what it was told so far. */
export interface ErrorsTold {
  readonly onError: (error: unknown) => void;
  readonly told: Error[];
}

/** For the option `onError` of a handler. */
export function errors(): ErrorsTold {
  const told: Error[] = [];
  return { told, onError: (error) => told.push(error instanceof Error ? error : new Error(String(error))) };
}
