/** How a step is tried: again, not for ever, or never twice. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import { callOnce, world } from './world.js';

const forever = (): Promise<never> => new Promise(() => undefined);

/** Time stands still unless the test moves it. */
const withMain = (main: (ctx: Context) => Promise<unknown>) =>
  world((flow) => flow.function<null, unknown>('main', (ctx) => main(ctx)), { waitsPass: false });

describe('tries of a step', () => {
  test('under one key, numbered, with growing waits; the last error is the outcome', async () => {
    const tries: unknown[] = [];
    const keys = new Set<string>();
    const at = withMain((ctx) =>
      ctx.step(
        's',
        (s) => {
          tries.push([s.attempt, at.now() - begin]);
          keys.add(s.idempotencyKey);
          throw new Error(`try ${s.attempt}`);
        },
        { retry: { attempts: 4, delay: '1s', factor: 3 } },
      ),
    );
    const begin = at.now();
    await expect(at.until(at.functions().invoke(null))).rejects.toThrow('try 4');
    expect(tries).toEqual([
      [1, 0],
      [2, 1000],
      [3, 4000],
      [4, 13_000],
    ]);
    expect(keys.size).toBe(1);
  });

  test('the first success is the outcome; other steps have other keys', async () => {
    const keys: string[] = [];
    const at = withMain(async (ctx) => [
      await ctx.step(
        'a',
        (s) => {
          keys.push(s.idempotencyKey);
          if (s.attempt < 3) throw new Error('busy');
          return s.attempt;
        },
        { retry: { attempts: 5 } },
      ),
      await ctx.step('a', (s) => keys.push(s.idempotencyKey)),
    ]);
    expect(await at.until(at.functions().invoke(null))).toEqual([3, 4]);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test('a try that takes longer than its time-out fails, and is told', async () => {
    let aborted: unknown;
    const at = withMain((ctx) =>
      ctx.step(
        'slow',
        (s) => {
          s.signal.addEventListener('abort', () => {
            aborted = s.signal.reason;
          });
          return forever();
        },
        { timeout: '5s' },
      ),
    );
    const begin = at.now();
    await expect(at.until(at.functions().invoke(null))).rejects.toMatchObject({
      name: 'StepTimeout',
      code: 'STEP_TIMEOUT',
    });
    expect(at.now() - begin).toBe(5000);
    expect(aborted).toMatchObject({ code: 'STEP_TIMEOUT' });
  });

  test("a try that fails after its time-out is nobody's error", async () => {
    const at = withMain((ctx) =>
      ctx.step(
        'late',
        async (s) => {
          await at.wait(s.attempt === 1 ? 8000 : 0);
          if (s.attempt === 1) throw new Error('too late');
          return s.attempt;
        },
        { timeout: '5s', retry: { attempts: 2, delay: 0 } },
      ),
    );
    expect(await at.until(at.functions().invoke(null))).toBe(2);
    await at.advance(10_000);
  });

  test.each([
    ['rerun', 2, 'done'],
    ['throw', 1, 'StepInterrupted STEP_INTERRUPTED'],
  ] as const)(
    'an execution that dies in the body, onInterrupted %j: begun %i times',
    async (onInterrupted, times, outcome) => {
      let begun = 0;
      const at = withMain((ctx) =>
        ctx
          .step('s', async () => (++begun === 1 ? forever() : 'done'), { onInterrupted })
          .catch((error: Error & { code?: string }) => `${error.name} ${error.code}`),
      );
      void callOnce(at.process(), 'main', 'r');
      await at.advance(0);
      await at.recover();
      expect(await at.functions().run('r').result()).toBe(outcome);
      expect(begun).toBe(times);
    },
  );
});
