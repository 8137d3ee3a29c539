/** A platform that needs fewer processes than it has: now and then one of them is told to go, with a request under way. */
import { setTimeout as wait } from 'node:timers/promises';

/** Who can be told to go. */
export interface Scaled {
  /** One that has something under way, by its name. */
  busy(): string | undefined;
  /** SIGTERM, and SIGKILL after a while; resolves when it has ended. */
  retire(name: string): Promise<unknown>;
}

/** A platform at work. */
export interface Scaling {
  /** How many were told to go. */
  count(): number;
  stop(): Promise<void>;
}

const EVERY_MS = 4_000;

/** Begins at once. */
export function scaleIn({ busy, retire }: Scaled): Scaling {
  const stopped = new AbortController();
  let count = 0;
  const going = (async () => {
    for (;;) {
      await wait(EVERY_MS, undefined, { signal: stopped.signal });
      const name = busy();
      if (name === undefined) continue;
      count += 1;
      await retire(name);
    }
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  return {
    count: () => count,
    async stop() {
      stopped.abort();
      await going;
    },
  };
}
