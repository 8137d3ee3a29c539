/**
 * Faults at the ports: what crashes, networks, drivers and platforms do to one process, as a decorator over
 * its store and invoker. Nothing else in Flowstate knows of fault injection.
 */
import { FlowstateError, StoreError } from '../errors.js';
import type { Platform } from '../platform/platform.js';
import type { RowKey, Store } from '../platform/store.js';
import type { Choices } from './choices.js';

/**
 * What can happen to one request.
 *
 * - `crash-before`, `crash-after`: the process ends before the request is sent, or once it was applied;
 *   nothing of it settles.
 * - `reply-lost`: applied; the process is told that the outcome is unknown.
 * - `refused`: not applied; the process is told so (throttling, no connection).
 * - `repeated`: the driver repeats its applied write, and the reply is that of the second.
 * - `frozen`: the process stands still before the request until it is released: a zombie.
 * - `delivered-twice`: the message arrives twice; a call answers the second reply.
 */
export const FAULTS = [
  'crash-before',
  'crash-after',
  'reply-lost',
  'refused',
  'repeated',
  'frozen',
  'delivered-twice',
] as const;

/** The name of a fault. */
export type Fault = (typeof FAULTS)[number];

/** One request that went through the decorator. */
export interface PortRequest {
  readonly method: 'read' | 'write' | 'query' | 'list' | 'start' | 'call' | 'status';
  /** What it is about, on one line. */
  readonly about: string;
}

/** The faults that mean something for a request of that method. */
export function faultsOf(method: PortRequest['method']): readonly Fault[] {
  const never: readonly Fault[] =
    method === 'start' || method === 'call'
      ? ['repeated']
      : method === 'write'
        ? ['delivered-twice']
        : ['repeated', 'delivered-twice'];
  return FAULTS.filter((fault) => !never.includes(fault));
}

/** Which faults happen: one at a given request (counted from 0), or as decided request by request. */
export interface FaultPlan {
  readonly at?: { readonly request: number; readonly fault: Fault };
  readonly choices?: Choices;
  /** Greatest number of faults that `choices` may decide: 1. */
  readonly faultsMax?: number;
}

/** How a process under faults ended. A frozen one can be released: it goes on, and ends after all. */
export type Ending<T> =
  | { readonly ended: 'returned'; readonly value: T }
  | { readonly ended: 'threw'; readonly error: unknown }
  | { readonly ended: 'crashed' }
  | { readonly ended: 'frozen'; release(): Promise<Ending<T>> };

/** A platform whose requests meet faults: one process. */
export interface FaultyPlatform extends Platform {
  /** Every request so far, in order. */
  readonly requests: readonly PortRequest[];
  /** Every fault so far. */
  readonly faults: readonly { readonly request: number; readonly fault: Fault }[];
  /** Runs a body until it ends, or the process crashes or freezes. */
  run<T>(body: (platform: Platform) => Promise<T>): Promise<Ending<T>>;
}

function never(): Promise<never> {
  return new Promise(() => {});
}

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** The life of one process: what it asked, what happened to it. */
class Process {
  readonly requests: PortRequest[] = [];
  readonly faults: { readonly request: number; readonly fault: Fault }[] = [];
  readonly #crash = gate();
  readonly #freeze = gate();
  readonly #wake = gate();
  readonly #plan: FaultPlan;
  #dead = false;
  #cold = false;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** Sends a request through the fault that meets it, if any. */
  async through<R>(note: PortRequest, send: () => Promise<R>): Promise<R> {
    // No pause where it lives: of requests made together, the first decides whether the others are made.
    if (this.#dead || this.#cold) await this.#alive();
    const request = this.requests.push(note) - 1;
    const fault = this.#draw(request, note.method);
    if (fault !== undefined) this.faults.push({ request, fault });
    try {
      return await this.#suffer(fault, note, send);
    } finally {
      // A process that died or froze meanwhile hears nothing of it.
      await this.#alive();
    }
  }

  async #suffer<R>(fault: Fault | undefined, note: PortRequest, send: () => Promise<R>): Promise<R> {
    const stored = ['read', 'write', 'query', 'list'].includes(note.method);
    switch (fault) {
      case undefined:
        return send();
      case 'crash-before':
        return this.#die();
      case 'crash-after':
        // Whatever the reply would have been, nobody is left to hear it.
        await Promise.allSettled([send()]);
        return this.#die();
      case 'reply-lost': {
        await send();
        const lost = `no reply: ${note.about}`;
        throw stored
          ? new StoreError('STORE_OUTCOME_UNKNOWN', lost)
          : new FlowstateError('RUN_INFRASTRUCTURE', lost);
      }
      case 'refused': {
        const refusal = `refused: ${note.about}`;
        throw stored
          ? new StoreError('STORE_UNAVAILABLE', refusal)
          : new FlowstateError('RUN_INFRASTRUCTURE', refusal);
      }
      case 'repeated':
      case 'delivered-twice':
        await send();
        return send();
      case 'frozen':
        this.#cold = true;
        this.#freeze.open();
        await this.#alive();
        return send();
    }
  }

  /** Runs a body in this process. */
  run<T>(body: (platform: Platform) => Promise<T>, platform: Platform): Promise<Ending<T>> {
    const whole: Promise<Ending<T>> = body(platform).then(
      (value) => ({ ended: 'returned', value }),
      (error: unknown) => ({ ended: 'threw', error }),
    );
    const crashed = this.#crash.opened.then((): Ending<T> => ({ ended: 'crashed' }));
    const release = () => {
      this.#cold = false;
      this.#wake.open();
      return Promise.race([whole, crashed]);
    };
    const frozen = this.#freeze.opened.then((): Ending<T> => ({ ended: 'frozen', release }));
    return Promise.race([whole, crashed, frozen]);
  }

  async #alive(): Promise<void> {
    if (this.#cold) await this.#wake.opened;
    if (this.#dead) await never();
  }

  #die(): Promise<never> {
    this.#dead = true;
    this.#crash.open();
    return never();
  }

  #draw(request: number, method: PortRequest['method']): Fault | undefined {
    const { at, choices, faultsMax = 1 } = this.#plan;
    const possible = faultsOf(method);
    if (at !== undefined) return at.request === request && possible.includes(at.fault) ? at.fault : undefined;
    if (choices === undefined || this.faults.length >= faultsMax) return undefined;
    const picked = choices.pick(possible.length + 1);
    return picked === 0 ? undefined : possible[picked - 1];
  }
}

function decorated(store: Store, process: Process): Store {
  return {
    traits: store.traits,
    read: (key) => process.through({ method: 'read', about: `read ${address(key)}` }, () => store.read(key)),
    write: (write, options) =>
      process.through({ method: 'write', about: `${write.write} ${address(write.key)}` }, () =>
        store.write(write, options),
      ),
    query: (query) =>
      process.through({ method: 'query', about: `query ${query.table}/${query.partition}` }, () =>
        store.query(query),
      ),
    list: (listing) =>
      process.through({ method: 'list', about: `list ${listing.queue}` }, () => store.list(listing)),
  };
}

function address({ table, partition, sort }: RowKey): string {
  return `${table}/${partition}/${sort}`;
}

/** The platform as one process that meets faults. */
export function faulty(platform: Platform, plan: FaultPlan): FaultyPlatform {
  const process = new Process(plan);
  const { invoker } = platform;
  const started: Platform = {
    store: decorated(platform.store, process),
    invoker: {
      start: (target, message) =>
        process.through({ method: 'start', about: `start ${target}` }, () => invoker.start(target, message)),
      call: (target, message) =>
        process.through({ method: 'call', about: `call ${target}` }, () => invoker.call(target, message)),
      status: (target, run) =>
        process.through({ method: 'status', about: `status ${target}` }, () => invoker.status(target, run)),
    },
    now: () => platform.now(),
    id: () => platform.id(),
    random: () => platform.random(),
    wait: (ms, signal) => platform.wait(ms, signal),
  };
  return {
    ...started,
    requests: process.requests,
    faults: process.faults,
    run: (body) => process.run(body, started),
  };
}
