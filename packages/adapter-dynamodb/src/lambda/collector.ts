/** The collector as the target of a schedule. One is needed; any number does no harm. */
import { type Duration, type Flow, milliseconds, processPlatform } from '@flowstate/core/adapter';
import { type OnError, toConsole } from '@flowstate/core/http';
import { type LambdaHandler, receiving } from './receive.js';
import { shownInfrastructure } from './thrown.js';

/** Options of `lambda.collector(flow)`. */
export interface CollectorOptions {
  /** Passes so often, until a minute or the time of the invocation is over. Default: one pass. */
  readonly every?: Duration;
  /** Told of every pass that failed. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** What the passes of one invocation did. */
export interface CollectedCounts {
  readonly passes: number;
  /** Runs that were looked at, launched, set aside, and whose callers were told. */
  readonly looked: number;
  readonly launched: number;
  readonly paused: number;
  readonly notified: number;
}

/** The shortest time between two schedules. */
const SCHEDULE_MS = 60_000;

/**
 * `lambda.collector(flow)`: for a schedule of EventBridge, each minute; what it delivers is not looked at. With `every` the
 * invocation lasts up to a minute, and what crashed is found as soon.
 *
 * Throws where every pass failed. The flow needs an invoker: what is launched in this process is frozen with it.
 */
export function collector(
  flow: Flow,
  options: CollectorOptions = {},
): LambdaHandler<unknown, CollectedCounts> {
  const everyMs = options.every === undefined ? undefined : milliseconds('every', options.every);
  if (everyMs === 0) throw new TypeError('lambda.collector: every must be longer than 0 ms');
  const onError = options.onError ?? toConsole;
  return receiving(flow, onError, async (_, { begun, answerBy }) => {
    const until = Math.min(begun + SCHEDULE_MS, answerBy);
    let counts: CollectedCounts = { passes: 0, looked: 0, launched: 0, paused: 0, notified: 0 };
    let failed: unknown;
    for (let next = begun; ; ) {
      try {
        counts = sumOf(counts, await flow.collect());
      } catch (error) {
        onError(error);
        failed = error;
      }
      // Passes are due at fixed times: a slow one is not followed by a pause.
      const now = processPlatform.now();
      if (everyMs === undefined) break;
      while (next <= now) next += everyMs;
      if (next >= until) break;
      await processPlatform.wait(next - now);
    }
    return counts.passes === 0 ? { thrown: shownInfrastructure(failed) } : { answer: counts };
  });
}

function sumOf(counts: CollectedCounts, more: Omit<CollectedCounts, 'passes'>): CollectedCounts {
  return {
    passes: counts.passes + 1,
    looked: counts.looked + more.looked,
    launched: counts.launched + more.launched,
    paused: counts.paused + more.paused,
    notified: counts.notified + more.notified,
  };
}
