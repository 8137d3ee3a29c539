/** Events that nobody waits for, on any platform. What a real one makes of them is tested with its adapter. */
import { describe, expect, test, vi } from 'vitest';
import { encode, encodeOutcome } from '../../src/codec.js';
import {
  collecting,
  concurrencyOf,
  deliver,
  everyMsOf,
  type Parcel,
  timesOf,
} from '../../src/delivery/index.js';
import { flowstate } from '../../src/index.js';
import type { Reply } from '../../src/platform/message.js';
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

describe('an event that its platform delivers again at once', () => {
  /** A function whose run is running until it has been asked for so often. */
  function running(looks: number, state: 'running' | 'paused' = 'running') {
    const kinds: string[] = [];
    const run = { function: 'f', id: 'e1', run: '0'.repeat(32), attempts: 1, epoch: 1 };
    const receive = async (message: unknown): Promise<Reply> => {
      const { kind } = message as { kind: string };
      kinds.push(kind);
      if (kind === 'call') return { reply: 'pending', run: run.run, state };
      const isDone = kinds.length > looks;
      const end = isDone ? { state: 'done' as const, outcome: encodeOutcome({ ok: encode(1) }) } : { state };
      return { reply: 'status', status: { ...run, ...end } };
    };
    return { kinds, fn: { name: 'f', flow: { name: 'shop', functions: () => ['f'], receive } } };
  }
  const onError = vi.fn();
  const atOnce = (isOrdered: boolean) => ({ ...parcel('e1', isOrdered), comesAtOnce: true });

  test('where others wait behind it, the end of its run is waited for', async () => {
    const { fn, kinds } = running(3);
    expect(await deliver(fn, atOnce(true), timesOf(Date.now(), 60_000), { onError })).toBe('done');
    expect(kinds).toEqual(['call', 'status', 'status', 'status']);
  });

  test.each([
    ['nobody waits behind it', atOnce(false), 'running', 'done', 0],
    ['its platform is patient', parcel('e1', true), 'running', 'again', 0],
    ['its run is set aside', atOnce(true), 'paused', 'done', 0],
  ] as const)('but not where %s', async (_, event, state, fate, looks) => {
    const { fn, kinds } = running(9, state);
    expect(await deliver(fn, event, timesOf(Date.now(), 60_000), { onError })).toBe(fate);
    expect(kinds).toHaveLength(1 + looks);
  });

  test('nor for longer than there is time, or the process lives', async () => {
    const late = running(Number.POSITIVE_INFINITY);
    expect(await deliver(late.fn, atOnce(true), timesOf(Date.now(), 1000), { onError })).toBe('again');
    const ended = running(Number.POSITIVE_INFINITY);
    const shutdown = new AbortController();
    const times = { ...timesOf(Date.now(), 3_600_000), shutdown: shutdown.signal };
    const delivered = deliver(ended.fn, atOnce(true), times, { onError });
    await vi.waitFor(() => expect(ended.kinds.length).toBeGreaterThan(1), 10_000);
    shutdown.abort();
    expect(await delivered).toBe('again');
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
