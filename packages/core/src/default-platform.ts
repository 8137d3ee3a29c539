import { isFlowstateError } from './errors.js';
import type { Platform } from './platform/platform.js';

/** The clock, identifiers, randomness and timers of the process. This is the one file of core that touches what is the process's. */
export const processPlatform: Omit<Platform, 'store' | 'invoker'> = {
  now: () => Date.now(),
  id: () => crypto.randomUUID().replaceAll('-', ''),
  random: () => Math.random(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      // Longer delays than a timer holds are asked for again by whoever waits.
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      signal?.addEventListener('abort', done);
    }),
};

/** Where nobody said whom to tell: the process's error output, without stacks. */
export function toConsole(error: unknown): void {
  const text =
    error instanceof Error
      ? `${isFlowstateError(error) ? error.code : error.name}: ${error.message}${becauseOf(error)}`
      : String(error);
  console.error(`flowstate: ${text}`);
}

function becauseOf({ message, cause }: Error): string {
  const why = cause instanceof Error ? cause.message : '';
  return why === '' || message.includes(why) ? '' : `, because of ${why}`;
}
