/** Messages that become invisible when they are received and come back unless they are completed. */
import { randomUUID } from 'node:crypto';

/** A message to put. */
export interface NewMessage {
  readonly id: string;
  readonly text: string;
  /** The messages of a lane are received one after another. */
  readonly lane?: string | undefined;
}

/** A message in a queue, with what its kind has besides. All times are in ms since the epoch. */
export type Held<T extends NewMessage> = T & {
  /** From 1. */
  readonly sequence: number;
  readonly insertedAt: number;
  /** How often it was received. */
  received: number;
  /** Not before; never while it is at work, where that is not limited. */
  visibleAt: number;
};

/** A message that was received. Whoever has it may complete or release it until somebody else receives it. */
export interface Received<T extends NewMessage> {
  readonly message: Held<T>;
  readonly receipt: string;
  /** How often it had been received by then, this time included. */
  readonly count: number;
}

/** The messages of one queue. */
export class MessageQueue<T extends NewMessage> {
  private messages: Held<T>[] = [];
  private readonly receipts = new WeakMap<Held<T>, string>();
  private readonly watchers = new Set<() => void>();
  private count = 0;

  /** Puts a message at the end. */
  put(message: T): void {
    const now = Date.now();
    this.count += 1;
    this.messages.push({ ...message, sequence: this.count, insertedAt: now, received: 0, visibleAt: now });
    this.changed();
  }

  /** Up to `max` messages, of one lane where they have any, invisible until each is completed or released, or for `lockMs`. */
  receive(max: number, lockMs = Number.POSITIVE_INFINITY): Received<T>[] {
    const now = Date.now();
    const taken: Held<T>[] = [];
    const blocked = new Set<string>();
    for (const message of this.messages) {
      if (taken.length === max) break;
      const { lane } = message;
      if (lane !== undefined && blocked.has(lane)) continue;
      if (message.visibleAt > now) {
        if (lane !== undefined) blocked.add(lane);
      } else if (taken.length === 0 || taken[0]?.lane === lane) {
        taken.push(message);
      }
    }
    return taken.map((message) => {
      const receipt = randomUUID();
      this.receipts.set(message, receipt);
      message.received += 1;
      message.visibleAt = now + lockMs;
      return { message, receipt, count: message.received };
    });
  }

  /** It is done. False where somebody else has it by now. */
  complete({ message, receipt }: Received<T>): boolean {
    if (this.receipts.get(message) !== receipt) return false;
    this.messages = this.messages.filter((candidate) => candidate !== message);
    this.changed();
    return true;
  }

  /** It is to come again after so long. */
  release({ message, receipt }: Received<T>, delayMs: number): void {
    if (this.receipts.get(message) !== receipt) return;
    message.visibleAt = Date.now() + delayMs;
    this.changed();
  }

  /** When the next message comes back, in ms since the epoch; undefined where none does by itself. */
  nextVisibleAt(): number | undefined {
    const next = Math.min(...this.messages.map(({ visibleAt }) => visibleAt));
    return Number.isFinite(next) ? next : undefined;
  }

  /** The messages that are there, those included that are invisible. */
  all(): readonly Held<T>[] {
    return this.messages;
  }

  /** Calls back whenever something may be there to receive. */
  watch(watcher: () => void): { stop(): void } {
    this.watchers.add(watcher);
    return { stop: () => this.watchers.delete(watcher) };
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
