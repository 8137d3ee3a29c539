/** What code of users may do wrong without harm to the item, to the run or to the process. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import { world } from './world.js';

const TABLE = { name: 't' } as const;

function withMain(main: (ctx: Context, input: unknown) => unknown) {
  return world((flow) => flow.function<unknown, unknown>('main', async (ctx, input) => main(ctx, input)));
}

describe('answers that were forgotten', () => {
  test('an update that returns nothing leaves the item, and says so', async () => {
    const at = withMain(async (ctx) => {
      await ctx.write(TABLE, 'k', 7);
      const forgot = (): number => JSON.parse('{}').value;
      const message = await ctx.update(TABLE, 'k', forgot).catch((error: Error) => error.message);
      return [message, await ctx.read(TABLE, 'k')];
    });
    expect(await at.functions().invoke(null)).toEqual([expect.stringContaining('returned undefined'), 7]);
  });

  test('a condition that answers neither true nor false is refused', async () => {
    const at = withMain(async (ctx) => {
      const yes = (): boolean => JSON.parse('"yes"');
      return ctx.condWrite(TABLE, 'k', 1, yes).catch((error: Error) => error.message);
    });
    expect(await at.functions().invoke(null)).toContain('true or false');
  });
});

describe('what user code must not do to the process', () => {
  test('an error that cannot be read is an outcome all the same', async () => {
    const unreadable = Object.defineProperty(new Error('x'), 'code', {
      get(): never {
        throw new Error('no');
      },
    });
    const at = withMain(async () => {
      throw unreadable;
    });
    await expect(at.functions().invoke(null)).rejects.toThrow('cannot be read');
  });

  test('a promise where a value belongs is refused, and its rejection ends nothing', async () => {
    const at = withMain(async (ctx) => {
      const late = async (): Promise<never> => Promise.reject(new Error('late'));
      return ctx.update<unknown>(TABLE, 'k', late).catch((error: Error) => error.message);
    });
    expect(await at.functions().invoke(null)).toContain('must answer at once');
  });
});
