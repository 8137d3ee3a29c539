import type { Duration } from './context.js';
import { milliseconds } from './duration.js';
import type { Invoker } from './platform/invoker.js';
import { limitsOf } from './platform/limits.js';
import type { Platform } from './platform/platform.js';
import type { Store } from './platform/store.js';

/** What `flowstate(...)` takes. */
export interface FlowOptions {
  /** A label for people: functions and tables are global per pair of physical tables. */
  readonly name: string;
  readonly store: Store;
  /** How other functions are reached. Default: all functions are in this process. */
  readonly invoker?: Invoker;
  /** How long an execution may be silent before another one takes its run over. Default 30 s. */
  readonly lease?: Duration;
  /** The longest life of one execution: the platform's limit, request time-outs and clock skew. Default 15 min. */
  readonly lifetime?: Duration;
  /** Launches without progress after which a run is paused. Default 20. */
  readonly attemptsMax?: number;
  /** How long before its platform's deadline an execution hands over, at most a quarter of what it has. Default 2 s. */
  readonly handOver?: Duration;
  /** Where `ctx.log` and notices go. Default: nowhere; with an `invoker`, messages that are lost are told on the error output. */
  readonly log?: (line: string, details: Readonly<Record<string, unknown>>) => void;
  /** Clock, identifiers, randomness and timers; for tests. */
  readonly platform?: Partial<Omit<Platform, 'store' | 'invoker'>>;
}

/** Checked settings, in ms. */
export interface Settings {
  readonly leaseMs: number;
  readonly lifetimeMs: number;
  readonly attemptsMax: number;
  readonly handOverMs: number;
  /** How often one execution begins again after another one went ahead. */
  readonly passesMax: number;
}

const PASSES_MAX = 10;

/** @throws TypeError, or StoreError STORE_MISCONFIGURED, where an option cannot be. */
export function settingsOf(options: FlowOptions): Settings {
  if (typeof options.name !== 'string' || options.name === '')
    throw new TypeError('flowstate: give the flow a name');
  if (typeof options.store?.write !== 'function')
    throw new TypeError('flowstate: give the flow a store, such as postgres({ pool })');
  limitsOf(options.store.traits);
  const attemptsMax = options.attemptsMax ?? 20;
  if (!Number.isSafeInteger(attemptsMax) || attemptsMax < 1)
    throw new TypeError('flowstate: attemptsMax must be a whole number of at least 1');
  return {
    leaseMs: positive('lease', options.lease ?? '30s'),
    lifetimeMs: positive('lifetime', options.lifetime ?? '15m'),
    attemptsMax,
    handOverMs: milliseconds('handOver', options.handOver ?? '2s'),
    passesMax: PASSES_MAX,
  };
}

function positive(what: string, duration: Duration): number {
  const value = milliseconds(what, duration);
  if (value > 0) return value;
  throw new TypeError(`flowstate: ${what} must be longer than 0 ms`);
}
