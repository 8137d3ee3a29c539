/**
 * The requests of one execution. Each is refused once the execution's lifetime is over (a frozen and thawed process must
 * not act late); a store that is unavailable is asked again, bounded; an unknown outcome of a write is a value, so that no
 * protocol can forget it.
 */
import { FlowstateError, isFlowstateError, StoreError } from '../errors.js';
import type { Message, Reply } from '../platform/message.js';
import type { Platform } from '../platform/platform.js';
import type {
  KeyPage,
  Listing,
  Outcome,
  Page,
  Query,
  Row,
  RowKey,
  StoreTraits,
  Write,
  WriteOptions,
} from '../platform/store.js';

/** How often one request is sent while the store is unavailable. */
const ATTEMPTS_MAX = 6;
const BACK_OFF_MS = 25;
const BACK_OFF_MS_MAX = 1000;

/** What a protocol asks of the world, on behalf of one execution. */
export interface Requests {
  readonly traits: StoreTraits;
  /** How long a token may be looked for after it was written, in ms. */
  readonly tokenLifetimeMs: number;
  readonly now: () => number;
  read(key: RowKey): Promise<Row | undefined>;
  write(write: Write, options?: WriteOptions): Promise<Outcome | 'unknown'>;
  query(query: Query): Promise<Page>;
  list(listing: Listing): Promise<KeyPage>;
  call(target: string, message: Message): Promise<Reply>;
  /** A launch: may be lost, so a failure is only reported. */
  start(target: string, message: Message): Promise<void>;
  /** What remains unknown after as many repetitions as are worth it, with the last error that said so. */
  unknownOutcome(what: string): StoreError;
  /** Waits longer with each attempt, with jitter. */
  backOff(attempt: number): Promise<void>;
  /**
   * What a look finds. Where reads may be old, that it finds nothing is believed only of a second one, after everything written
   * before the first has become visible.
   */
  certain<T>(look: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** The bounds of one execution. `gate` is called before each request and may throw, or never settle. */
export interface Bounds {
  /** When the execution must be over, in ms since the epoch. */
  readonly until: number;
  /** The longest life of an execution, in ms: declared, and kept by `until`. */
  readonly lifetimeMs: number;
  readonly gate?: () => Promise<void> | undefined;
  readonly onLostLaunch?: (error: unknown) => void;
}

/** The requests of one execution within its bounds. */
export function requestsOf(platform: Platform, bounds: Bounds): Requests {
  const { store, invoker } = platform;

  let lastUnknown: unknown;

  async function pass(): Promise<void> {
    if (platform.now() >= bounds.until) {
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        'this execution has outlived its lifetime; another one will go on',
      );
    }
    await bounds.gate?.();
  }

  async function backOff(attempt: number): Promise<void> {
    const most = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS * 2 ** (attempt - 1));
    await platform.wait(most * (0.5 + platform.random() / 2));
  }

  async function persistently<T>(request: () => Promise<T>, retryUnknown: boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await pass();
      try {
        return await request();
      } catch (error) {
        const again =
          isFlowstateError(error, 'STORE_UNAVAILABLE') ||
          (retryUnknown && isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN'));
        if (!again || attempt >= ATTEMPTS_MAX) throw error;
        await backOff(attempt);
      }
    }
  }

  return {
    traits: store.traits,
    tokenLifetimeMs: 2 * bounds.lifetimeMs,
    // Whole milliseconds, whatever the clock gives: they are stored.
    now: () => Math.floor(platform.now()),
    read: (key) => persistently(() => store.read(key), true),
    query: (query) => persistently(() => store.query(query), true),
    list: (listing) => persistently(() => store.list(listing), true),
    async write(write, options) {
      try {
        return await persistently(() => store.write(write, options), false);
      } catch (error) {
        if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
        lastUnknown = error;
        return 'unknown';
      }
    },
    unknownOutcome: (what) =>
      new StoreError('STORE_OUTCOME_UNKNOWN', `${what}: sent again and again, never answered`, {
        cause: lastUnknown,
      }),
    async call(target, message) {
      await pass();
      return invoker.call(target, message);
    },
    async start(target, message) {
      await pass();
      await invoker.start(target, message).catch((error: unknown) => bounds.onLostLaunch?.(error));
    },
    backOff,
    certain: (look) => certainly(platform, look),
  };
}

async function certainly<T>(platform: Platform, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const { reads, staleMs } = platform.store.traits;
  const found = await look();
  if (found !== undefined || reads === 'linearizable') return found;
  // Longer than a read may be old: one that is just so old still shows what ended in the very millisecond of the wait's beginning.
  await platform.wait(staleMs + 1);
  return look();
}
