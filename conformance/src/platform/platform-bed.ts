/** What platform laws deliver to: a function of the suite on a store in memory, in any number of processes, and what became of it. */
import { type Context, type Flow, type FlowFunction, flowstate, type Table } from '@flowstate/core';
import {
  decode,
  decodeOutcome,
  type Invoker,
  processPlatform,
  type Row,
  type Store,
} from '@flowstate/core/adapter';
import { type MemoryStore, memoryStore } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';

/** What the function is asked to do. */
export interface Order {
  /** Names the order: its effect is counted under it. */
  readonly word: string;
  /** `fail`: the handler throws, after the effect. `wait`: it waits, before the effect, until its process lets it go on. */
  readonly then?: 'fail' | 'wait';
  /** Weight, to make an input and a result large. */
  readonly fill?: string;
  /** What a schema that is satisfied by everything else refuses. */
  readonly wrong?: unknown;
}

/** What the function answers. */
export interface Answer {
  readonly word: string;
  readonly run: string;
  /** Another one for each run, whatever its input. */
  readonly receipt: string;
  readonly fill?: string;
}

/** A run, as its row shows it. */
export interface BedRun {
  readonly id: string;
  readonly state: string;
  /** When a collector looks at it, in ms since the epoch; undefined: none does. */
  readonly due: number | undefined;
  readonly order: Order;
  readonly outcome: { readonly ok: unknown } | { readonly error: { readonly message: string } } | undefined;
}

/** A process with the function in it. */
export interface BedProcess {
  readonly flow: Flow;
  readonly work: FlowFunction<unknown, unknown>;
  /** How often its handler was begun. */
  begun(): number;
  /** Lets every handler of it go on that waits. */
  open(): void;
}

/** How a process is started. */
export interface ProcessOptions {
  /** What it works on, where that is not the healthy store of all. */
  readonly store?: Store;
  readonly invoker?: Invoker;
  /** 1 s unless given. */
  readonly leaseMs?: number;
  /** Whether its waits last as long as they are, as deadlines need: else a store that fails is soon given up. */
  readonly inRealTime?: boolean;
}

/** The function's name. */
export const WORK = 'work';
/** Stands in the stack of an error that the handler throws: no answer may show it. */
export const FRAME = 'throwsInsideTheHandler';
/** Stands in the cause of an error that the handler throws: no answer may show it. */
export const INNER = 'the cause inside of the error';

const EFFECTS: Table<number> = { name: 'effects' };
/** A lease; a relaunch is put off by at most 64 of them. */
const LEASE_MS = 1000;
const BACK_OFF_MS = 65 * LEASE_MS;
/** Between two tries of a request that fails, where nothing depends on time. */
const WAIT_MS_MAX = 2;

/** What the handler of a failing order throws. */
export function soldOut(word: string): string {
  return `${word} is sold out`;
}

/** The store, the clock and the processes of one case. */
export class Bed {
  readonly store: Store;
  readonly #memory: MemoryStore;
  readonly #closing: (() => void)[] = [];
  #ahead = 0;

  constructor(on: Case, options: { readonly rowBytesMax?: number } = {}) {
    this.#memory = memoryStore({
      ...options,
      // A request takes its time: others are let in before it is applied.
      before: () => new Promise((resolve) => setImmediate(resolve)),
    });
    this.store = on.tape.record('store', this.#memory);
  }

  /** Starts a process. */
  process(options: ProcessOptions = {}): BedProcess {
    const { store = this.store, invoker, leaseMs = LEASE_MS, inRealTime = false } = options;
    const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
      processPlatform.wait(inRealTime ? ms : Math.min(ms, WAIT_MS_MAX), signal);
    const flow = flowstate({
      name: 'conformance',
      store,
      lease: leaseMs,
      platform: { now: () => this.now(), wait },
      log: () => undefined,
      ...(invoker === undefined ? {} : { invoker }),
    });
    // Its clock is ahead of the platform's own, so that a deadline would always be over.
    const receive = flow.receive.bind(flow);
    if (!inRealTime) Object.assign(flow, { receive: (message: unknown) => receive(message) });
    let begun = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const work = flow.function(WORK, { input: ORDERS }, (ctx, order) => {
      begun += 1;
      return worked(ctx, order as Order, gate); // the schema has looked
    });
    this.#closing.push(open);
    return { flow, work, begun: () => begun, open };
  }

  /** The time of its processes, in ms since the epoch. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Moves the clock of its processes on, past every lease; a deadline of before is over then. */
  later(): void {
    this.#ahead += BACK_OFF_MS;
  }

  /** The runs of an order; of all. */
  runs(word?: string): BedRun[] {
    const runs = this.#memory.rows().flatMap(runOf);
    return word === undefined ? runs : runs.filter(({ order }) => order.word === word);
  }

  /** How often the effect of an order was made. */
  async effects(word: string): Promise<number> {
    const flow = flowstate({ name: 'books', store: this.#memory });
    return (await flow.table<number>(EFFECTS.name).get(word)) ?? 0;
  }

  /** Every row there is. */
  rows(): readonly Row[] {
    return this.#memory.rows();
  }

  /** Lets every handler end that still waits. */
  close(): void {
    for (const open of this.#closing) open();
  }
}

/** A case on a bed of its own. */
export async function onBed(
  on: Case,
  body: (bed: Bed) => Promise<void>,
  options: { readonly rowBytesMax?: number } = {},
): Promise<void> {
  const bed = new Bed(on, options);
  try {
    await body(bed);
  } finally {
    bed.close();
  }
}

async function worked(ctx: Context, order: Order, gate: Promise<void>): Promise<Answer> {
  const { word, then, fill } = order;
  if (then === 'wait') await ctx.step('wait', () => gate);
  await ctx.update(EFFECTS, word, (count) => (count ?? 0) + 1);
  if (then === 'fail') throwsInsideTheHandler(word);
  return { word, run: ctx.runId, receipt: ctx.uuid(), ...(fill === undefined ? {} : { fill }) };
}

function throwsInsideTheHandler(word: string): never {
  throw new RangeError(soldOut(word), { cause: new Error(INNER) });
}

/** A Standard Schema of orders. */
const ORDERS = {
  '~standard': {
    version: 1,
    vendor: 'flowstate-conformance',
    validate: (value: unknown) =>
      isOrder(value)
        ? { value }
        : { issues: [{ message: 'an order has a word, and nothing that is wrong' }] },
  },
} as const;

function isOrder(value: unknown): value is Order {
  if (typeof value !== 'object' || value === null) return false;
  return 'word' in value && typeof value.word === 'string' && !('wrong' in value);
}

function runOf({ key, fields }: Row): BedRun[] {
  const { function: name, runId, input, state, due, outcome } = fields;
  if (key.sort !== 'intent' || name !== WORK || typeof input !== 'string') return [];
  const order = decode(input);
  return [
    {
      id: typeof runId === 'string' ? String(JSON.parse(runId)) : '',
      state: String(state),
      due: typeof due === 'number' ? due : undefined,
      order: isOrder(order) ? order : { word: '' },
      outcome: typeof outcome === 'string' ? shownOutcome(outcome) : undefined,
    },
  ];
}

function shownOutcome(text: string): BedRun['outcome'] {
  const outcome = decodeOutcome(text);
  return 'ok' in outcome ? { ok: decode(outcome.ok) } : { error: { message: outcome.error.message } };
}
