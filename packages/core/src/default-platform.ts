import type { Platform } from './platform/platform.js';

/** The clock, identifiers, randomness and timers of the process: the one file of core that touches them. */
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
