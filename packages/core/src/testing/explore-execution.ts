/** One run of an actor's code on a platform whose replies come from a history. */
import { FlowstateError, StoreError } from '../errors.js';
import { hash } from '../platform/hash.js';
import type { Message, Reply } from '../platform/message.js';
import type { Platform } from '../platform/platform.js';
import type { Databases, Numbers, Told } from './explore-databases.js';
import type { Method, ReplyOf, RequestOf } from './requests.js';
import { type StoreModel, storeBehind } from './store-kind.js';

/**
 * One process of an exploration. Whatever it does must follow from its platform's replies alone, and start
 * afresh each time.
 */
export type Actor = (platform: Platform) => Promise<unknown>;

/** Answers a message inside the process that calls, or as a process of its own where it was started. */
export type ExploreReceive = (platform: Platform, target: string, message: Message) => Promise<Reply>;

/** A message on its way to a process of its own; `at`: the clock of its sender, in milliseconds. */
export interface Posted {
  readonly target: string;
  readonly message: Message;
  readonly at: number;
}

/** Something an actor waits for. A call ends by itself, with its callee; only a fault ends it sooner. */
export type Ask =
  | { readonly kind: 'store'; readonly request: number }
  | { readonly kind: 'wait'; readonly ms: number; readonly long: boolean }
  | { readonly kind: 'start'; readonly message: number }
  | { readonly kind: 'call'; readonly target: string };

/** Where a tree begins. */
export interface Root {
  readonly name: string;
  readonly actor: Actor;
  readonly now: number;
}

/** What every execution of one exploration shares. */
export interface World {
  readonly databases: Databases;
  readonly messages: Numbers<Posted>;
  readonly model: StoreModel;
  readonly receive: ExploreReceive | undefined;
}

/** Greatest number of requests of one actor. */
export const INDEX_MAX = 1024;

/** An ask, whether it still has no reply, and how it gets one. */
export interface Open {
  readonly ask: Ask;
  open: boolean;
  settle(told: Told): void;
}

function errorOf(ask: Ask, told: Exclude<Told, { value: unknown }>): Error {
  if ('typeError' in told) return new TypeError(told.typeError);
  const lost = told.fault === 'lost';
  if (ask.kind === 'store') {
    return lost
      ? new StoreError('STORE_OUTCOME_UNKNOWN', 'no reply')
      : new StoreError('STORE_UNAVAILABLE', 'refused');
  }
  return new FlowstateError('RUN_INFRASTRUCTURE', lost ? 'no reply' : 'refused');
}

/** One run of an actor's code, fed with a history. */
export class Execution {
  readonly asks: Open[] = [];
  readonly platform: Platform;
  /** What the exploration itself lacks: no affair of the actor's. */
  misuse: TypeError | undefined;
  readonly #world: World;
  readonly #ready: ReadonlyMap<number, Told>;
  #now: number;
  #ids = 0;

  constructor(world: World, root: Root, ready: ReadonlyMap<number, Told>) {
    this.#world = world;
    this.#ready = ready;
    this.#now = root.now;
    const pace = { wait: (ms: number) => this.#wait(ms), random: () => 0.5 };
    this.platform = {
      ...pace,
      store: storeBehind(world.model, (request) => this.#send(request), pace),
      invoker: {
        start: async (target, message) => {
          await this.#ask<undefined>({
            kind: 'start',
            message: this.#post({ target, message, at: this.#now }),
          });
        },
        call: (target, message) => this.#call(target, message),
        status: async (target, run) => {
          const reply = await this.#receive(target, { kind: 'status', function: target, run });
          return (reply.reply === 'status' ? reply.status : undefined) ?? 'unknown';
        },
      },
      now: () => this.#now,
      id: () => hash(root.name, String(this.#ids++)),
      wait: (ms, signal) => this.#wait(ms, signal),
    };
  }

  #send<M extends Method>(request: RequestOf<M>): Promise<ReplyOf<M>> {
    return this.#ask<ReplyOf<M>>({ kind: 'store', request: this.#world.databases.numberOfRequest(request) });
  }

  #post(posted: Posted): number {
    return this.#world.messages.of(JSON.stringify(posted), (text) => JSON.parse(text) as Posted);
  }

  async #receive(target: string, message: Message): Promise<Reply> {
    if (this.#world.receive === undefined) {
      this.misuse = new TypeError(`explore: a message was sent to "${target}", and there is no receive`);
      throw this.misuse;
    }
    try {
      return await this.#world.receive(this.platform, target, structuredClone(message));
    } catch (cause) {
      // Between two processes there are replies and everything else.
      throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" did not reply`, { cause });
    }
  }

  #open(ask: Ask, settle: (told: Told) => void): Open {
    const open: Open = { ask, open: true, settle };
    if (this.asks.push(open) > INDEX_MAX)
      throw new RangeError(`explore: an actor made more than ${INDEX_MAX} requests`);
    const told = this.#ready.get(this.asks.length - 1);
    if (told !== undefined) {
      open.open = false;
      settle(told);
    }
    return open;
  }

  #ask<R>(ask: Ask): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#open(ask, (told) => ('value' in told ? resolve(told.value as R) : reject(errorOf(ask, told))));
    });
  }

  #call(target: string, message: Message): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const ask: Ask = { kind: 'call', target };
      const open = this.#open(ask, (told) =>
        reject('value' in told ? new TypeError('a call has no reply') : errorOf(ask, told)),
      );
      const end = (settle: () => void) => {
        open.open = false;
        settle();
      };
      this.#receive(target, message).then(
        (reply) => end(() => resolve(structuredClone(reply))),
        (error: unknown) => end(() => reject(error)),
      );
    });
  }

  async #wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const { reads, staleMs } = this.#world.model.traits;
    const end = this.#now + ms;
    const over = await new Promise<boolean>((resolve) => {
      const open = this.#open({ kind: 'wait', ms, long: reads === 'bounded' && ms >= staleMs }, () =>
        resolve(true),
      );
      signal?.addEventListener('abort', () => {
        open.open = false;
        resolve(false);
      });
    });
    if (over) this.#now = Math.max(this.#now, end);
  }
}
