/** The collector for the target of a schedule: one pass, or passes until the next schedule. */
import type { Duration } from '../context.js';
import { processPlatform } from '../default-platform.js';
import { milliseconds } from '../duration.js';
import type { Flow } from '../flow.js';
import type { OnError } from '../http/answers.js';
import type { Collected } from '../protocol/collector.js';

/** What the passes of one schedule did. */
export interface CollectedCounts {
  readonly passes: number;
  /** Runs that were looked at, launched, set aside, and whose callers were told. */
  readonly looked: number;
  readonly launched: number;
  readonly paused: number;
  readonly notified: number;
}

/** How long passes follow each other. */
export interface Passes {
  /** One begins so often; undefined: there is one. */
  readonly everyMs: number | undefined;
  /** In ms since the epoch. */
  readonly begun: number;
  readonly answerBy: number;
  /** Aborted when this process is to end: no pass begins any more. */
  readonly shutdown?: AbortSignal;
  /** Told of every pass that failed. */
  readonly onError: OnError;
}

/** The shortest time between two schedules. */
const SCHEDULE_MS = 60_000;

/** The option `every` in ms. @throws TypeError where passes would follow each other without end */
export function everyMsOf(what: string, every: Duration | undefined): number | undefined {
  const everyMs = every === undefined ? undefined : milliseconds('every', every);
  if (everyMs === 0) throw new TypeError(`${what}: every must be longer than 0 ms`);
  return everyMs;
}

/** Passes until a minute or the time is over. @throws the last error where every pass failed */
export async function collecting(flow: Pick<Flow, 'collect'>, passes: Passes): Promise<CollectedCounts> {
  const { everyMs, begun, answerBy, shutdown, onError } = passes;
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
    await processPlatform.wait(next - now, shutdown);
    if (shutdown?.aborted === true) break;
  }
  if (counts.passes === 0) throw failed;
  return counts;
}

function sumOf(counts: CollectedCounts, more: Collected): CollectedCounts {
  return {
    passes: counts.passes + 1,
    looked: counts.looked + more.looked,
    launched: counts.launched + more.launched,
    paused: counts.paused + more.paused,
    notified: counts.notified + more.notified,
  };
}
