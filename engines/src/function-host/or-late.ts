/** A time limit that leaves no timer behind. */
import { setTimeout as wait } from 'node:timers/promises';

/** What a promise brings; `late` where that takes longer than `ms`. */
export async function orLate<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  const timer = new AbortController();
  const late = wait(ms, 'late' as const, { signal: timer.signal });
  return Promise.race([promise, late]).finally(() => timer.abort());
}
