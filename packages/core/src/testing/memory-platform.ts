/**
 * A platform inside one process: virtual time, ids that repeat, and an invoker whose messages the test
 * delivers.
 */
import { FlowstateError } from '../errors.js';
import { hash } from '../platform/hash.js';
import type { Invoker } from '../platform/invoker.js';
import type { Message, Reply } from '../platform/message.js';
import type { Platform } from '../platform/platform.js';
import type { Store } from '../platform/store.js';
import { quiet } from './quiet.js';

/** Answers a message, as the process of that function would. */
export type Receive = (message: Message, target: string) => Promise<Reply>;

/** A message that was started and not yet delivered. */
export interface Sent {
  readonly target: string;
  readonly message: Message;
}

/** Options of {@link memoryPlatform}. */
export interface MemoryPlatformOptions {
  readonly store: Store;
  readonly receive?: Receive;
  /** The time it begins at, in milliseconds since the epoch: 2024-01-01. */
  readonly now?: number;
  /** Platforms of different names make different ids. */
  readonly name?: string;
  /** Delivers every started message by itself, once: false. */
  readonly autoDeliver?: boolean;
}

/** A platform inside one process, and what a test does to it. */
export interface MemoryPlatform extends Platform {
  /** Messages started and not yet delivered, oldest first. */
  readonly outbox: readonly Sent[];
  /** What messages delivered by themselves ended in that was no reply. */
  readonly failures: readonly unknown[];
  /** Says who answers messages, where that is known only later. */
  receiveWith(receive: Receive): void;
  /** Delivers a message (the oldest) and answers its reply; `keep` leaves it there, to be delivered again. */
  deliver(sent?: Sent, options?: { readonly keep?: boolean }): Promise<Reply>;
  /** Delivers until nothing is left, one at a time; answers the replies. */
  deliverAll(): Promise<Reply[]>;
  /** Loses a message. */
  drop(sent: Sent): void;
  /** Moves time on by that many milliseconds, and every wait that ends in them. */
  advance(ms: number): Promise<void>;
  /**
   * Moves time on, wait by wait, until the promise is settled. @throws Error where nothing is left that could
   * settle it.
   */
  until<T>(promise: Promise<T>): Promise<T>;
}

const BEGIN = Date.UTC(2024, 0, 1);

class Clock {
  #now: number;
  readonly #timers = new Set<{ readonly at: number; readonly ring: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const ring = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener('abort', ring);
        resolve();
      };
      // Whole milliseconds, as clocks have them: rows hold no others.
      const timer = { at: this.#now + Math.ceil(ms), ring };
      this.#timers.add(timer);
      signal?.addEventListener('abort', ring);
    });
  }

  /** Rings the next timer that is due by then. */
  ring(by: number): boolean {
    let next: { readonly at: number; readonly ring: () => void } | undefined;
    for (const timer of this.#timers)
      if (timer.at <= by && (next === undefined || timer.at < next.at)) next = timer;
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    next.ring();
    return true;
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    do await quiet();
    while (this.ring(end));
    this.#now = end;
  }
}

class Mail {
  readonly outbox: Sent[] = [];
  readonly failures: unknown[] = [];
  receive: Receive | undefined;

  async answer(message: Message, target: string): Promise<Reply> {
    if (this.receive === undefined)
      throw new FlowstateError('RUN_INFRASTRUCTURE', `nobody receives messages to "${target}"`);
    try {
      // A real message is bytes: neither side may see what the other does to its object.
      return structuredClone(await this.receive(structuredClone(message), target));
    } catch (cause) {
      throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" did not reply: ${String(cause)}`, {
        cause,
      });
    }
  }

  drop(sent: Sent): void {
    const at = this.outbox.indexOf(sent);
    if (at === -1) throw new TypeError('the message is not in the outbox');
    this.outbox.splice(at, 1);
  }

  async deliver(sent = this.outbox[0], { keep = false } = {}): Promise<Reply> {
    if (sent === undefined) throw new TypeError('the outbox is empty');
    if (!keep) this.drop(sent);
    return this.answer(sent.message, sent.target);
  }

  async deliverAll(): Promise<Reply[]> {
    const replies: Reply[] = [];
    while (this.outbox.length > 0) replies.push(await this.deliver());
    return replies;
  }

  invoker(autoDeliver: boolean): Invoker {
    return {
      start: async (target, message) => {
        const sent = { target, message: structuredClone(message) };
        this.outbox.push(sent);
        if (autoDeliver) this.deliver(sent).catch((failure: unknown) => this.failures.push(failure));
      },
      call: (target, message) => this.answer(message, target),
      status: async (target, run) => {
        const reply = await this.answer({ kind: 'status', function: target, run }, target);
        return (reply.reply === 'status' ? reply.status : undefined) ?? 'unknown';
      },
    };
  }
}

/**
 * A platform inside one process: virtual time, ids that repeat from run to run, messages in the test's hands.
 */
export function memoryPlatform(options: MemoryPlatformOptions): MemoryPlatform {
  const { store, receive, now = BEGIN, name = 'memory', autoDeliver = false } = options;
  const clock = new Clock(now);
  const mail = new Mail();
  mail.receive = receive;
  const busy = { requests: 0 };
  let ids = 0;
  let draws = 0;
  return {
    store: watched(store, busy),
    invoker: mail.invoker(autoDeliver),
    outbox: mail.outbox,
    failures: mail.failures,
    now: () => clock.now(),
    id: () => hash(name, String(ids++)),
    // Steps of the golden ratio: repeatable, and spread evenly.
    random: () => (++draws * 0.6180339887498949) % 1,
    wait: (ms, signal) => clock.wait(ms, signal),
    receiveWith: (receive) => {
      mail.receive = receive;
    },
    deliver: (sent, how) => mail.deliver(sent, how),
    deliverAll: () => mail.deliverAll(),
    drop: (sent) => mail.drop(sent),
    advance: (ms) => clock.advance(ms),
    async until(promise) {
      let settled = false;
      const end = () => {
        settled = true;
      };
      promise.then(end, end);
      for (;;) {
        await quiet();
        if (settled) return promise;
        // A store may be a real one: time stands still while it works.
        if (busy.requests === 0 && !clock.ring(Number.POSITIVE_INFINITY)) {
          throw new Error('nothing moves any more: no request under way, nobody waits for time');
        }
      }
    },
  };
}

/** The store, with a count of the requests under way. */
function watched(store: Store, busy: { requests: number }): Store {
  const watch = async <R>(request: Promise<R>): Promise<R> => {
    busy.requests += 1;
    try {
      return await request;
    } finally {
      busy.requests -= 1;
    }
  };
  return {
    traits: store.traits,
    read: (key) => watch(store.read(key)),
    write: (write, options) => watch(store.write(write, options)),
    query: (query) => watch(store.query(query)),
    list: (listing) => watch(store.list(listing)),
  };
}
