/** What can be explored, and what an exploration answers. */
import type { Row } from '../platform/store.js';
import type { Result } from './explore-actors.js';
import type { Actor, ExploreReceive } from './explore-execution.js';
import type { ExploreFault } from './explore-states.js';
import type { StoreKind, StoreOptions } from './store-kind.js';

/** What a check sees of a state. */
export interface Seen {
  /** Every row, in order. */
  readonly rows: readonly Row[];
  /**
   * How each actor ended so far, by name; messages delivered on their own are named
   * `<target>#<message>.<delivery>`.
   */
  readonly results: Readonly<Record<string, Result>>;
}

/** What the final check sees: the rows after recovery, and what was told before it. */
export interface SeenLast extends Seen {
  /** How the rounds of recovery, and the messages they started, ended. */
  readonly recovered: Readonly<Record<string, Result>>;
}

/** Says what is wrong, or nothing; may throw instead. */
export type Check<S> = (seen: S) => string | undefined | undefined;

/** An actor, and the time its clock begins at, in milliseconds. */
export interface ActorAt {
  readonly run: Actor;
  readonly now: number;
}

/** What is explored, and how far. */
export interface Exploration {
  readonly name: string;
  readonly store: StoreOptions & { readonly kind: StoreKind };
  /** The rows at the beginning: none. */
  readonly rows?: readonly Row[];
  readonly actors: Readonly<Record<string, Actor | ActorAt>>;
  /** Answers calls inside the caller, and started messages as processes of their own. */
  readonly receive?: ExploreReceive;
  /** How often a started message may arrive: 1. It may always be lost. */
  readonly deliveries?: number;
  /** Faults in one schedule: 0. */
  readonly faults?: number;
  /** Which faults: lost and repeated. */
  readonly faultKinds?: readonly ExploreFault[];
  /** What brings everything to its end after all others crashed; without faults, its requests in order. */
  readonly recover?: Actor;
  /**
   * How much later than the last clock recovery begins, and each round after the one before (ms): an hour.
   */
  readonly recoverAfterMs?: number;
  /** Called in every state. */
  readonly check: Check<Seen>;
  /** Called after the recovery from every state. */
  readonly final?: Check<SeenLast>;
  /** Where clocks begin, in milliseconds since the epoch: 2024-01-01. */
  readonly now?: number;
  /** Stops there, not exhausted: 300 000. */
  readonly statesMax?: number;
  /** Called every so many states. */
  readonly report?: (progress: Progress) => void;
  /** 50 000. */
  readonly reportEvery?: number;
}

/** How far an exploration is. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Distinct histories of replies: how often the actors' code was run. */
  readonly histories: number;
  readonly databases: number;
}

/** Something wrong, and a shortest way to it. */
export interface Violation {
  readonly message: string;
  readonly trace: readonly string[];
}

/** What an exploration found. */
export interface Explored extends Progress {
  readonly name: string;
  /** Whether every state was reached. */
  readonly exhausted: boolean;
  /** Every way each actor ended in: an exploration whose actors all fail at once checks nothing. */
  readonly endings: Readonly<Record<string, readonly Result[]>>;
  readonly violation?: Violation;
}
