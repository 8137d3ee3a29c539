/**
 * Processes of one flow that really run at once, each on a client of its own. Time is the case's: it passes when somebody
 * waits, so that leases are over when a law wants it, and no test sleeps.
 */
import { type Flow, flowstate } from '@flowstate/core';
import {
  hash,
  type KeyPage,
  type Listing,
  type Message,
  type Platform,
  type Reply,
  type Row,
  type Store,
  type TableName,
} from '@flowstate/core/adapter';
import { seeded } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import { Wrong } from '../bench/wrong.js';
import type { Where } from '../harness.js';
import { heal, progressViolations } from '../oracles/liveness.js';
import { endViolations, mustHold } from '../oracles/rows.js';

/** The lease of every flow of a crowd, in ms of the case's time. */
export const LEASE_MS = 1000;
/** Collector passes after which a run that is not done counts as stuck. */
const PASSES_MAX = 30;
/** Launches of one run that are too many, whatever went wrong. */
const LAUNCHES_MAX = PASSES_MAX + 10;
/** How long a listing may lag behind the rows, in ms of real time. */
const LIST_LAG_MS = 10_000;
const LOOK_AGAIN_MS = 25;
const BEGIN = Date.UTC(2024, 0, 1);

/** The processes of one case. */
export class Crowd {
  readonly #on: Case;
  readonly #define: (flow: Flow) => void;
  readonly #launches: Promise<unknown>[] = [];
  /** Partitions that this crowd asked about, and those that listings showed lately. */
  readonly #own = new Map<string, Where>();
  readonly #listed = new Set<string>();
  #now = BEGIN;
  #looked = false;
  #platforms = 0;
  #collector: { readonly flow: Flow; readonly store: Store; last: string } | undefined;

  constructor(on: Case, define: (flow: Flow) => void) {
    this.#on = on;
    this.#define = define;
    on.now = () => {
      this.#looked = true;
      return this.#now;
    };
  }

  /**
   * What a process runs on; messages come to cold processes on the same client. `aheadMs`: its clock is ahead, so that leases
   * are over for it while others think they hold.
   */
  platform(store: Store, aheadMs = 0, define = this.#define): Platform {
    const name = `${this.#on.word}.${this.#platforms++}`;
    const chance = seeded(this.#on.seed + this.#platforms);
    let ids = 0;
    const receive = (message: Message): Promise<Reply> =>
      this.process(this.platform(store, aheadMs, define), define).receive(message);
    return {
      store: this.#watched(store),
      invoker: {
        // Launches come to a process of their own.
        start: async (_, message) => void this.#launches.push(receive(message)),
        call: (_, message) => receive(message),
        status: async () => 'unknown',
      },
      now: () => this.#now + aheadMs,
      id: () => hash(name, String(ids++)),
      random: () => chance.pick(1000) / 1000,
      wait: (ms) => this.#pass(ms, store),
    };
  }

  /** A cold process; with the crowd's functions unless others are given. */
  process({ store, invoker, ...platform }: Platform, define = this.#define): Flow {
    const flow = flowstate({
      name: 'conformance',
      store,
      invoker,
      platform,
      lease: LEASE_MS,
      lifetime: '1d',
      log: () => undefined,
      // Nobody is to be set aside: what goes on for ever is told as what it is.
      attemptsMax: PASSES_MAX + 1,
    });
    define(flow);
    return flow;
  }

  /** Collects until nothing is due. @throws Wrong where that never comes */
  async recover(store: Store): Promise<void> {
    this.#collector = { flow: this.process(this.platform(store)), store, last: '' };
    const runs = () => this.rows('runs');
    const { stillDue, passes } = await heal(
      {
        reach: async (due) => {
          this.#now = Math.max(this.#now, due);
        },
        collect: async () => this.#collect(await runs()),
        runs,
      },
      PASSES_MAX,
    );
    mustHold(`after ${passes} collector passes`, stillDue);
    const after = await runs();
    mustHold('after recovery', [...endViolations(after), ...progressViolations(after, LAUNCHES_MAX)]);
  }

  /** The rows of every partition that this crowd asked about, as they are now, past the adapter. */
  async rows(table?: TableName): Promise<Row[]> {
    const places = [...this.#own.values()].filter((where) => table === undefined || where.table === table);
    return (await Promise.all(places.map((where) => this.#on.rows(where)))).flat();
  }

  /** One pass, begun again while the listing lags behind the rows. */
  async #collect(due: readonly Row[]): Promise<void> {
    const wanted = due.filter(({ fields }) => fields.queue === 'wake').map(({ key }) => key.partition);
    const { store, last } = this.#collector!;
    // A pass that changed nothing saw old rows, where reads may be old: the next one is to see newer ones.
    const { reads, staleMs } = store.traits;
    if (reads === 'bounded' && last === wanted.join()) await this.#pass(staleMs, store);
    this.#collector!.last = wanted.join();
    const begun = performance.now();
    for (;;) {
      this.#listed.clear();
      await this.#collector!.flow.collect();
      await this.settled();
      const missed = wanted.filter((partition) => !this.#listed.has(partition));
      if (missed.length === 0) return;
      if (performance.now() - begun > LIST_LAG_MS)
        throw new Wrong(`not listed within ${LIST_LAG_MS} ms, though due: ${missed.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** Moves the case's time on, so that a store that goes by it shows nothing old any more. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Resolves once every launch has ended, and those that they led to. */
  async settled(): Promise<void> {
    while (this.#launches.length > 0) await Promise.allSettled(this.#launches.splice(0));
  }

  /** Time passes by itself; who waits for old reads to be over waits in the time of the store. */
  async #pass(ms: number, { traits }: Store): Promise<void> {
    this.#now += Math.ceil(ms);
    const real = traits.reads === 'bounded' && ms >= traits.staleMs && !this.#looked;
    await new Promise<void>((resolve) =>
      real ? setTimeout(resolve, traits.staleMs + 1) : setImmediate(resolve),
    );
  }

  #watched(store: Store): Store {
    const noting = <K extends Where>(key: K): K => {
      const { table, partition } = key;
      this.#own.set(partition, { table, partition });
      return key;
    };
    /** What another case left is none of this crowd's. */
    const ownPage = async (listing: Listing): Promise<KeyPage> => {
      for (let after = listing.after; ; ) {
        const page = await store.list({ ...listing, ...(after === undefined ? {} : { after }) });
        const keys = page.keys.filter(({ partition }) => this.#own.has(partition));
        for (const { partition } of keys) this.#listed.add(partition);
        if (keys.length > 0 || !page.more || page.next === undefined) return { ...page, keys };
        after = page.next;
      }
    };
    return {
      traits: store.traits,
      read: (key) => store.read(noting(key)),
      write: (write, options) => {
        noting(write.key);
        return store.write(write, options);
      },
      query: (query) => store.query(noting(query)),
      list: ownPage,
    };
  }
}
