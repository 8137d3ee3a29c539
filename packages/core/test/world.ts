/** A whole deployment in memory: one store, virtual time, and as many processes of one flow as a test wants. */
import { decode, encode } from '../src/codec.js';
import { type Flow, flowstate } from '../src/flow.js';
import type { Reply } from '../src/platform/message.js';
import type { Platform } from '../src/platform/platform.js';
import { itemPartition, runKey } from '../src/protocol/layout.js';
import type { FlowOptions } from '../src/settings.js';
import {
  type CountingStore,
  countingStore,
  type MemoryPlatform,
  type MemoryStore,
  type MemoryStoreOptions,
  memoryPlatform,
  memoryStoreOf,
  type StoreKind,
} from '../src/testing/index.js';

/** The lease of every flow of a world, in ms. */
export const LEASE_MS = 1000;
/** Collector passes after which a run that is not done counts as stuck. */
const PASSES_MAX = 30;

/** One deployment; `F` is what registering its functions answers. */
export interface World<F = unknown> extends MemoryPlatform {
  readonly memory: MemoryStore;
  /** The store as everybody uses it, with its counts. */
  readonly counted: CountingStore;
  /** Lines logged by any process. */
  readonly lines: string[];
  /** A fresh, cold process; on another platform where faults are to be met. */
  process(platform?: Platform): Flow;
  /** The functions of a fresh process. */
  functions(platform?: Platform): F;
  /** Collects and delivers until nothing is due any more. */
  recover(): Promise<void>;
}

/** Options of a world. */
export interface WorldOptions extends MemoryStoreOptions {
  readonly kind?: StoreKind;
  readonly flow?: Partial<FlowOptions>;
  /** Whether a wait moves the time on by itself, so that nobody need do it: true. */
  readonly waitsPass?: boolean;
}

/** Makes a world whose processes all have these functions. */
export function world<F>(define: (flow: Flow) => F, options: WorldOptions = {}): World<F> {
  const { kind = 'conditional', flow: settings = {}, waitsPass = true, ...storeOptions } = options;
  const memory: MemoryStore = memoryStoreOf(kind, { now: () => platform.now(), ...storeOptions });
  const counted = countingStore(memory);
  const platform: MemoryPlatform = memoryPlatform({ store: counted });
  const lines: string[] = [];
  const passing = (ms: number): Promise<void> => platform.advance(Math.ceil(ms));
  const below: MemoryPlatform = waitsPass ? { ...platform, wait: passing } : platform;

  function begin(on: Platform): { flow: Flow; functions: F } {
    const { store, invoker } = on;
    const log = (line: string): void => void lines.push(line);
    const flow = flowstate({ name: 'test', store, invoker, platform: on, lease: LEASE_MS, log, ...settings });
    return { flow, functions: define(flow) };
  }

  const process = (on: Platform = below): Flow => begin(on).flow;
  const functions = (on: Platform = below): F => begin(on).functions;

  async function recover(): Promise<void> {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      await below.deliverAll().catch((error: unknown) => lines.push(String(error)));
      const waiting = memory.rows().filter((row) => row.fields.queue === 'wake');
      if (waiting.length === 0 && below.outbox.length === 0) return;
      const due = Math.max(...waiting.map((row) => Number(row.fields.due)));
      await below.advance(Math.max(0, due - below.now()));
      await process().collect();
    }
    throw new Error(`still due after ${PASSES_MAX} passes`);
  }

  const made: World<F> = { ...below, memory, counted, lines, process, functions, recover };
  platform.receiveWith((message) => process().receive(message));
  return made;
}

/** Calls a function once, as a delivery does: no waiting for a run that is not done. */
export async function callOnce(flow: Flow, name: string, id: string, input: unknown = null): Promise<Reply> {
  return flow.receive({ kind: 'call', function: name, id, input: encode(input) });
}

/** The state of a run as its row shows it. */
export function stateOf(at: World, name: string, id: string): string | undefined {
  const partition = `run:${runKey(name, id)}`;
  const row = at.memory.rows().find(({ key }) => key.partition === partition && key.sort === 'intent');
  return row === undefined ? undefined : String(row.fields.state);
}

/** The value of an item as its greatest row has it now, whatever reads of the store may show. */
export function itemOf(at: World, table: string, key: string): unknown {
  const partition = itemPartition(table, key);
  const tail = at.memory.rows().findLast((row) => row.key.partition === partition);
  return typeof tail?.fields.value === 'string' ? decode(tail.fields.value) : undefined;
}

/** How often each token stands in the items: more than once would be an effect made twice. */
export function tokenCounts(at: World): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of at.memory.rows()) {
    if (row.key.table !== 'items' || typeof row.fields.log !== 'object') continue;
    for (const token of Object.keys(row.fields.log)) {
      const place = `${row.key.partition} ${token}`;
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  return counts;
}
