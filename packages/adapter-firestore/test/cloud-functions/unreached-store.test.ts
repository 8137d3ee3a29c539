/** Requests while the database does not answer: their answers are out in time, and say what is so. */

import { testFlow } from '@flowstate/conformance/fixtures';
import { type Store, StoreError } from '@flowstate/core/adapter';
import { entry, type HttpOptions } from '@flowstate/core/http';
import { type MemoryStore, memoryStore } from '@flowstate/core/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** That of `firestore(...)` where nothing else is said. */
const STORE_MS = 10_000;

// The answers take half a minute of a clock that the tests turn.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store that takes as long as a request may take, and then says that it does not know. */
function unreached(from: (memory: MemoryStore) => boolean): { store: Store; memory: MemoryStore } {
  const memory = memoryStore();
  const late = async (code: 'STORE_UNAVAILABLE' | 'STORE_OUTCOME_UNKNOWN'): Promise<never> => {
    await new Promise((resolve) => setTimeout(resolve, STORE_MS));
    throw new StoreError(code, 'no answer');
  };
  const store: Store = {
    ...memory,
    read: (key) => (from(memory) ? late('STORE_UNAVAILABLE') : memory.read(key)),
    write: (write, options) => (from(memory) ? late('STORE_OUTCOME_UNKNOWN') : memory.write(write, options)),
  };
  return { store, memory };
}

/** The answer to a request, and after how many seconds it is out. */
async function answered(store: Store, options: HttpOptions<unknown, unknown>) {
  const { flow } = testFlow({ store });
  const fn = flow.function('f', (ctx) => ctx.step('wait', () => new Promise((r) => setTimeout(r, 600_000))));
  const handle = entry<unknown, unknown>(fn, { onError: () => undefined, ...options });
  const begun = Date.now();
  const request = new Request('http://shop.test/', { method: 'POST', headers: { 'idempotency-key': 'k' } });
  let answer: Response | undefined;
  void handle(request).then((response) => {
    answer = response;
  });
  for (let s = 0; answer === undefined && s < 300; s++) await vi.advanceTimersByTimeAsync(1000);
  const body = (await answer?.json()) as { error?: { code: string } };
  return { status: answer?.status, code: body.error?.code, seconds: (Date.now() - begun) / 1000 };
}

test.each([true, false])(
  'a run that cannot be stored is a 503 by `wait` and a request of the store, background: %j',
  async (background) => {
    const { store } = unreached(() => true);
    const { status, code, seconds } = await answered(store, { timeout: '300s', background });
    expect([status, code]).toEqual([503, 'RUN_INFRASTRUCTURE']);
    expect(seconds).toBeLessThanOrEqual(30 + STORE_MS / 1000);
  },
);

test('and never later than the time-out', async () => {
  const { store } = unreached(() => true);
  const { status, seconds } = await answered(store, { timeout: '35s', background: false });
  expect(status).toBe(503);
  expect(seconds).toBeLessThanOrEqual(35);
});

test.each([true, false])(
  'where the database is lost behind the run, a 202 or a 503 is as soon out, background: %j',
  async (background) => {
    const { store } = unreached((memory) => memory.rows().length > 0);
    const { status, seconds } = await answered(store, { timeout: '300s', background });
    expect([202, 503]).toContain(status);
    expect(seconds).toBeLessThanOrEqual(30 + STORE_MS / 1000);
  },
);

test('a run that is stored and hands over is accepted at once', async () => {
  const { store } = unreached(() => false);
  const { status, seconds } = await answered(store, { timeout: '300s', background: false });
  expect(status).toBe(202);
  expect(seconds).toBeLessThanOrEqual(30);
});
