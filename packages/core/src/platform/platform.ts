import type { Invoker } from './invoker.js';
import type { Store } from './store.js';

/** Everything a protocol may touch outside itself. A delivery brings its own deadline. */
export interface Platform {
  readonly store: Store;
  readonly invoker: Invoker;
  /** Milliseconds since the epoch; used for leases and due times, never for order. */
  now(): number;
  /** A fresh identifier: 32 lower-case hexadecimal digits. */
  id(): string;
  /** A number in [0, 1), for jitter only. */
  random(): number;
  /** Resolves after that many milliseconds, or at once when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
