/** Clients that send orders to processes, each under an id of its own, and do not give up. */
import { type Choices, seeded } from '@flowstate/core/testing';
import { derivedSeed } from '../bench/schedule.js';
import type { Deployment } from './deployment.js';
import type { Order } from './order-books.js';
import { KINDS, type OrderKind, suiteName } from './suite-functions.js';

/** How long an order is asked for, in ms: many times what the slowest takes. */
const PATIENCE_MS = 90_000;
/** Between two orders of a client, in ms. */
const PAUSE_MS = 20;
/** Counters: one that most add to, and one that few do. */
const COUNTERS = ['hot', 'hot', 'hot', 'cold'];

/** An order with the answers that it has so far. */
interface OpenOrder extends Order {
  readonly answers: unknown[];
}

/** The clients. */
export class OrderDesk {
  readonly #orders: OpenOrder[] = [];
  readonly #choices: Choices;
  #clients: Promise<void>[] = [];
  #closing = false;

  constructor(
    private readonly deployment: Deployment,
    private readonly word: string,
    seed: number,
  ) {
    this.#choices = seeded(derivedSeed(seed, 'clients'));
  }

  /** Every order that was sent. */
  get orders(): readonly Order[] {
    return this.#orders;
  }

  /** How many orders were answered. */
  get answered(): number {
    return this.#orders.filter(({ answers }) => answers.length > 0).length;
  }

  /** Lets so many clients begin. */
  open(clients: number): void {
    this.#clients = Array.from({ length: clients }, () => this.#client());
    // Looked at when the desk closes.
    for (const client of this.#clients) client.catch(() => undefined);
  }

  /** Takes no more orders; resolves when all are answered. @throws Error where one is not */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#clients);
  }

  /** Sends one order now. */
  async order(kind: OrderKind): Promise<void> {
    const number = this.#orders.length;
    const input = this.#inputOf(kind, number);
    const order: OpenOrder = { id: `${this.word}-${number}`, kind, input, answers: [] };
    this.#orders.push(order);
    await this.#ask(order);
  }

  /** Sends orders again that were answered: the last of each kind. */
  async askAgain(ofEach: number): Promise<void> {
    const again = KINDS.flatMap((kind) => this.#orders.filter((order) => order.kind === kind).slice(-ofEach));
    await Promise.all(again.map((order) => this.#ask(order)));
  }

  async #client(): Promise<void> {
    while (!this.#closing) {
      await this.order(KINDS[this.#choices.pick(KINDS.length)]!);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #inputOf(kind: OrderKind, number: number): Order['input'] {
    return kind === 'count' ? COUNTERS[this.#choices.pick(COUNTERS.length)]! : number;
  }

  async #ask({ id, kind, input, answers }: OpenOrder): Promise<void> {
    const options = { id, timeoutMs: PATIENCE_MS };
    try {
      const { value } = await this.deployment.call(suiteName(this.word, kind), input, options);
      answers.push(value);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`order ${id} (${kind} ${input}) was answered with an error, or not at all: ${why}`, {
        cause,
      });
    }
  }
}
