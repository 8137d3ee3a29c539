/**
 * A turnstile before the requests of several actors: each request waits, one at a time is let through, and the next one is
 * chosen only when everybody has done all that can be done without another request. Code between requests is deterministic, so
 * the order of turns is the whole schedule.
 */
import type { Store } from '@flowstate/core/adapter';
import { describeRequest } from '@flowstate/core/testing';

/** A request that waits for its turn. `nth`: which of the actor's requests, where several wait. */
export interface Waiting {
  readonly actor: string;
  readonly nth: number;
  /** What is asked, on one line. */
  readonly about: string;
}

/** A request that was let through, and its answer on one line. */
export interface Turn extends Waiting {
  readonly answer: string;
}

/** Chooses one of those that wait, by its place among them. */
export type Decide = (waiting: readonly Waiting[]) => number;

interface Held {
  readonly actor: string;
  readonly about: string;
  /** Lets it through; resolves with its answer on one line once it is there. */
  go(): Promise<string>;
}

/** Turns of the event loop without a new request after which none follows. */
const QUIET_TURNS = 2;

/** Lets requests through one at a time. */
export class Turnstile {
  readonly turns: Turn[] = [];
  readonly #frozen = new Set<string>();
  #held: Held[] = [];
  #open = false;

  /** Whatever an actor does in one moment: held until its turn. */
  async turn<R>(actor: string, about: string, act: () => Promise<R>): Promise<R> {
    if (this.#open) return act();
    return new Promise<R>((resolve, reject) => {
      const go = async (): Promise<string> => {
        try {
          const reply = await act();
          resolve(reply);
          return JSON.stringify(reply) ?? 'nothing';
        } catch (error) {
          reject(error);
          return String(error);
        }
      };
      this.#held.push({ actor, about, go });
    });
  }

  /** The store of one actor. */
  store(actor: string, below: Store): Store {
    return {
      traits: below.traits,
      read: (key) => this.turn(actor, describeRequest({ method: 'read', key }), () => below.read(key)),
      write: (write, options) =>
        this.turn(
          actor,
          describeRequest({ method: 'write', write, returning: options?.returning === true }),
          () => below.write(write, options),
        ),
      query: (query) =>
        this.turn(actor, describeRequest({ method: 'query', query }), () => below.query(query)),
      list: (listing) =>
        this.turn(actor, describeRequest({ method: 'list', listing }), () => below.list(listing)),
    };
  }

  /** An actor that is not let through until it is thawed: a process that stands still. */
  freeze(actor: string): void {
    this.#frozen.add(actor);
  }

  thaw(actor: string): void {
    this.#frozen.delete(actor);
  }

  /** Lets requests through until nobody waits who is not frozen. Before each turn `before` may freeze somebody. */
  async run(decide: Decide, before: (turns: number) => void = () => undefined): Promise<void> {
    for (;;) {
      await this.#quiet();
      before(this.turns.length);
      const held = this.#held.filter(({ actor }) => !this.#frozen.has(actor));
      if (held.length === 0) return;
      const waiting = held.map(
        ({ actor, about }, i): Waiting => ({
          actor,
          about,
          nth: held.slice(0, i).filter((one) => one.actor === actor).length,
        }),
      );
      const chosen = decide(waiting);
      const next = held[chosen]!;
      this.#held = this.#held.filter((one) => one !== next);
      this.turns.push({ ...waiting[chosen]!, answer: await next.go() });
    }
  }

  /** From now on nobody waits. */
  open(): void {
    this.#open = true;
  }

  async #quiet(): Promise<void> {
    for (let still = 0; still < QUIET_TURNS; still++) {
      const before = this.#held.length;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#held.length !== before) still = -1;
    }
  }
}
