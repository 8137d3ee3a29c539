import ms from 'ms';
import type { Duration } from './context.js';

/** Longer texts are no durations. */
const LENGTH_MAX = 100;
/** A thousand years: beyond, sums with times would not be safe integers. */
const MS_MAX = 1000 * 366 * 24 * 3_600_000;

/** A duration in whole ms. @throws TypeError where it is none. */
export function milliseconds(what: string, duration: Duration): number {
  // A text without a unit would be milliseconds, and seldom meant so; `ms` throws at an empty one.
  const value =
    typeof duration === 'string' && /[a-z]/i.test(duration) && duration.length <= LENGTH_MAX
      ? ms(duration)
      : duration;
  if (typeof value === 'number' && value >= 0 && value <= MS_MAX) return Math.ceil(value);
  throw new TypeError(
    `${what}: ${JSON.stringify(duration)} is no duration; give milliseconds, or a text such as '20s'`,
  );
}
