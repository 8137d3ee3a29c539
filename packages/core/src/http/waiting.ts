/** Waiting for what may come too late. */
import { processPlatform } from '../default-platform.js';

/** Aborted with the first of them. Released, it leaves nothing behind at those that live longer than a request. */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  release(): void;
} {
  const first = new AbortController();
  const released = new AbortController();
  for (const signal of signals) {
    if (signal?.aborted === true) first.abort();
    else signal?.addEventListener('abort', () => first.abort(), { signal: released.signal });
  }
  return { signal: first.signal, release: () => released.abort() };
}

/** The execution's reply, or 'late'. */
export async function first<T>(
  execution: Promise<T>,
  until: number,
  signal: AbortSignal,
): Promise<T | 'late'> {
  const done = new AbortController();
  const late = processPlatform.wait(
    Math.max(0, until - processPlatform.now()),
    AbortSignal.any([done.signal, signal]),
  );
  try {
    return await Promise.race([execution, late.then(() => 'late' as const)]);
  } finally {
    done.abort();
  }
}
