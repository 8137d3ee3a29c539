import ms from 'ms';
import type { Duration } from './context.js';

/** Longer texts are no durations. */
const LENGTH_MAX = 100;

/** A duration in whole ms. @throws TypeError where it is none. */
export function milliseconds(what: string, duration: Duration): number {
  // What is no text at all, or an empty one, `ms` throws at.
  const value =
    typeof duration === 'string' && duration.length > 0 && duration.length <= LENGTH_MAX
      ? ms(duration)
      : duration;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return Math.ceil(value);
  throw new TypeError(
    `${what}: ${JSON.stringify(duration)} is no duration; give milliseconds, or a text such as '20s'`,
  );
}
