/** Events that nobody waits for, on any platform. What a real one makes of them is tested with its adapter. */
import { describe, expect, test, vi } from 'vitest';
import {
  collecting,
  concurrencyOf,
  deliver,
  everyMsOf,
  type Parcel,
  timesOf,
} from '../../src/delivery/index.js';
import { flowstate } from '../../src/index.js';
import { memoryStore } from '../../src/testing/index.js';

function parcel(id: string, isOrdered: boolean): Parcel {
  return {
    what: `event ${id}`,
    chosenId: () => undefined,
    ownId: () => id,
    chosenInput: undefined,
    ownInput: () => null,
    isOrdered,
  };
}

describe('a process that is told to end', () => {
  test.each([
    [false, 'done'],
    [true, 'again'],
  ])('an event under way (ordered: %s) is %s: its run is handed over', async (isOrdered, fate) => {
    const flow = flowstate({ name: 'shop', store: memoryStore(), lease: '10m' });
    let begun = (): void => undefined;
    const under = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = flow.function('slow', async (ctx) =>
      ctx.step('wait', () => {
        begun();
        return new Promise(() => undefined);
      }),
    );
    const shutdown = new AbortController();
    const times = { ...timesOf(Date.now(), 3_600_000), shutdown: shutdown.signal };
    const onError = vi.fn();
    const delivered = deliver(slow, parcel('e1', isOrdered), times, { onError });
    await under;
    shutdown.abort();
    expect(await delivered).toBe(fate);
    expect(onError).not.toHaveBeenCalled();
    expect(await slow.run('e1').status()).toMatchObject({ state: 'running' });
  });

  test('no pass of the collector begins any more', async () => {
    const shutdown = new AbortController();
    const pass = vi.fn(async () => {
      shutdown.abort();
      return { looked: 1, launched: 0, paused: 0, notified: 0 };
    });
    const begun = Date.now();
    const passes = { everyMs: 1, begun, answerBy: begun + 60_000, shutdown: shutdown.signal };
    const counts = await collecting({ collect: pass }, { ...passes, onError: vi.fn() });
    expect(counts).toMatchObject({ passes: 1, looked: 1 });
    expect(pass).toHaveBeenCalledOnce();
  });
});

test('time is left for the answer, but no more than a share of what there is', () => {
  expect(timesOf(1000, 60_000)).toEqual({ deadline: 61_000, answerBy: 60_500 });
  expect(timesOf(1000, 80)).toEqual({ deadline: 1080, answerBy: 1070 });
});

test('a collector whose every pass failed throws the last error', async () => {
  const collect = vi.fn().mockRejectedValue(new Error('down'));
  const onError = vi.fn();
  const passes = { everyMs: undefined, begun: 0, answerBy: 1, onError };
  await expect(collecting({ collect }, passes)).rejects.toThrow('down');
  expect(onError).toHaveBeenCalledOnce();
});

test('options that cannot be are refused', () => {
  expect(concurrencyOf({})).toBe(10);
  for (const concurrency of [0, 1.5, -1, Number.NaN])
    expect(() => concurrencyOf({ concurrency })).toThrow(TypeError);
  expect(everyMsOf('x.collector', '5s')).toBe(5000);
  expect(everyMsOf('x.collector', undefined)).toBeUndefined();
  expect(() => everyMsOf('x.collector', 0)).toThrow('x.collector: every must be longer than 0 ms');
});
