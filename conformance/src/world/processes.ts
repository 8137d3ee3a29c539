/** The cold processes of one workload on one store, and what they leave behind. */
import { flowstate } from '@flowstate/core';
import { decode, encode, type Flow, type Reply, type Row } from '@flowstate/core/adapter';
import type { MemoryPlatform } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import type { Evidence, Workload } from '../workloads/workload.js';
import type { Ledger } from './ledger.js';
import { type Seat, Trace } from './trace.js';
import type { WatchedStore } from './watched-store.js';

/** The lease of every flow of a world, in ms of virtual time. */
export const LEASE_MS = 1000;

/** A function that changes no value, but adds to the log of every item: rows fill and are sealed. */
export const TOUCH = 'world.touch';

/** The input of {@link TOUCH}. */
export interface Touch {
  readonly table: string;
  readonly keys: readonly string[];
  /** How many entries each item gets. */
  readonly times: number;
}

/** Where functions are: each in a process of its own, reached by messages, or all in the process that calls them. */
export type Whereabouts = 'apart' | 'together';

/** Whoever gives a process its platform: what the process does ends with the promise, or with the process. */
export type Host = <T>(body: (platform: Seat) => Promise<T>) => Promise<T>;

/** What {@link Processes} are made of. */
export interface ProcessesOptions {
  readonly on: Case;
  readonly work: Workload;
  readonly functions: Whereabouts;
  readonly outside: Ledger;
  readonly store: WatchedStore;
  readonly platform: MemoryPlatform;
  /** A word that no other world uses. */
  readonly word: string;
}

/** One workload, deployed. */
export class Processes {
  readonly on: Case;
  readonly work: Workload;
  readonly functions: Whereabouts;
  readonly outside: Ledger;
  /** The platform below all faults. */
  readonly platform: MemoryPlatform;
  readonly word: string;
  /** The table that the workload's items are in. */
  readonly table: string;
  /** The id of the run that the world is about. */
  readonly run: string;
  /** What happened, for failures. */
  readonly trace = new Trace();
  /** How many rival runs there were. */
  rivals = 0;
  /** How many writes had been sent when nothing was due: without another, nothing is. */
  settledAt = -1;
  readonly watched: WatchedStore;
  #host: Host = (body) => body(this.platform);
  #deliveries = 0;

  constructor({ on, work, functions, outside, store, platform, word }: ProcessesOptions) {
    this.on = on;
    this.work = work;
    this.functions = functions;
    this.outside = outside;
    this.watched = store;
    this.platform = platform;
    this.word = word;
    this.table = `${word}.things`;
    this.run = `${word}.run`;
    platform.receiveWith((message) => {
      const by = `delivery ${this.#deliveries++} of ${message.function}`;
      return this.hosted((at) => this.process({ by, ...at }).receive(message));
    });
  }

  /** Says where the processes live that are not given a platform: those of deliveries, collectors and clients. */
  hostWith(host: Host): void {
    this.#host = host;
  }

  /** What a process does, where processes live. */
  hosted<T>(body: (platform: Seat) => Promise<T>): Promise<T> {
    return this.#host(body);
  }

  /** A fresh, cold process; on another platform where it is to meet faults. */
  process(platform: Seat = this.platform): Flow {
    const { store, invoker, now, id, random, wait } = this.trace.recorded(platform);
    const flow = flowstate({
      name: 'conformance',
      store,
      platform: { now, id, random, wait },
      lease: LEASE_MS,
      // Lost launches are what it is about.
      log: () => undefined,
      ...(this.functions === 'apart' ? { invoker } : {}),
    });
    this.work.define(flow, this.outside);
    flow.function(TOUCH, async (ctx, { table, keys, times }: Touch) => {
      for (const key of keys)
        for (let i = 0; i < times; i++) await ctx.condWrite({ name: table }, key, null, () => false);
    });
    return flow;
  }

  /** Delivers a call to a fresh process, once, and waits for all that it began. */
  async send(name: string, id: string, input: unknown, platform?: Seat): Promise<Reply> {
    const message = { kind: 'call', function: name, id, input: encode(input) };
    const by = `client of ${name}`;
    const receive = (at: Seat): Promise<Reply> => this.process({ by, ...at }).receive(message);
    const reply = await (platform === undefined ? this.hosted(receive) : receive(platform));
    await this.idle();
    return reply;
  }

  /** The same for the root of the workload, under any id. */
  call(id: string, platform?: Seat): Promise<Reply> {
    return this.send(this.work.root, id, this.work.input(this.table), platform);
  }

  /** The same under the id of {@link run}. */
  callRoot(platform?: Seat): Promise<Reply> {
    return this.call(this.run, platform);
  }

  /** Resolves once no request is under way and none follows. */
  idle(): Promise<void> {
    return this.watched.idle();
  }

  /** All rows of this world as they are now, past the adapter: partitions in the order in which they were first asked about. */
  async rows(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const where of this.watched.partitions.values())
      rows.push(...[...(await this.on.rows(where))].sort((a, b) => (a.key.sort < b.key.sort ? -1 : 1)));
    return rows;
  }

  /** What the workload is judged by. */
  evidence(): Evidence {
    return {
      item: (key) => this.#item(key),
      effects: this.outside.effects,
      rivals: this.rivals,
      old: this.watched.traits.reads === 'bounded',
    };
  }

  async #item(key: string): Promise<unknown> {
    const found = [...(await this.on.rows({ table: 'items', partition: `item:${this.table}:${key}` }))];
    const [last] = found.sort((a, b) => (a.key.sort > b.key.sort ? -1 : 1));
    return typeof last?.fields.value === 'string' ? decode(last.fields.value) : undefined;
  }
}
