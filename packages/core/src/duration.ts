import ms from 'ms';
import type { Duration } from './context.js';

/** A duration in ms. @throws TypeError where it is none. */
export function milliseconds(what: string, duration: Duration): number {
  const value = typeof duration === 'number' ? duration : ms(duration);
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`${what}: ${JSON.stringify(duration)} is no duration; give milliseconds, or a text such as '20s'`);
}
