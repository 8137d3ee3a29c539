/** Names, options and registrations that cannot be: told at once, as mistakes of the program. */
import { describe, expect, test } from 'vitest';
import type { Context, Duration } from '../src/context.js';
import { type Flow, flowstate } from '../src/flow.js';
import type { FlowOptions } from '../src/settings.js';
import { memoryStore } from '../src/testing/index.js';
import { stateOf, world } from './world.js';

const withMain = (main: (ctx: Context) => unknown) =>
  world((flow) => flow.function<unknown, unknown>('main', async (ctx) => main(ctx)));

describe('registration and options', () => {
  const flowWith = (options: Partial<FlowOptions>): Flow =>
    flowstate({ name: 'f', store: memoryStore(), ...options });

  test.each(['', 'flowstate.set', 'flowstate.anything', 'a\0', '\ud800'])(
    'the function name %j is not free',
    (name) => {
      expect(() => flowWith({}).function(name, () => 1)).toThrow(TypeError);
    },
  );

  test('a function is registered once, with a handler; a table has a name', () => {
    const flow = flowWith({});
    flow.function('f', () => 1);
    expect(() => flow.function('f', () => 2)).toThrow(/registered twice/);
    // @ts-expect-error: what untyped code may do
    expect(() => flow.function('g', 5)).toThrow(TypeError);
    expect(() => flow.table('')).toThrow(TypeError);
  });

  test.each(['soon', '', -1, Number.NaN, Number.POSITIVE_INFINITY, 0, 'x'.repeat(200)])(
    '%j is no lease and no lifetime',
    (bad) => {
      for (const name of ['lease', 'lifetime'] as const) {
        expect(() => flowWith({ [name]: bad as Duration })).toThrow(TypeError);
      }
    },
  );

  test.each([0, -1, 1.5, Number.NaN])('%j is no attemptsMax', (attemptsMax) => {
    expect(() => flowWith({ attemptsMax })).toThrow(TypeError);
  });

  test('a name and a store are needed; a hand-over of 0 is fine', () => {
    expect(() => flowWith({ name: '' })).toThrow(TypeError);
    // @ts-expect-error: what untyped code may do
    expect(() => flowWith({ store: {} })).toThrow(TypeError);
    expect(flowWith({ handOver: 0 }).name).toBe('f');
    const small = { ...memoryStore(), traits: { ...memoryStore().traits, rowBytesMax: 1000 } };
    expect(() => flowWith({ store: small })).toThrow(/STORE_MISCONFIGURED|rows of/);
  });

  test.each([
    ['timeout', { timeout: 'soon' as Duration }],
    ['retry.attempts', { retry: { attempts: 0 } }],
    ['retry.delay', { retry: { attempts: 2, delay: -5 } }],
    ['retry.factor', { retry: { attempts: 2, factor: Number.NaN } }],
  ])('a bad %s of a step is told before its body begins', async (_, options) => {
    let begun = 0;
    const at = withMain(async (ctx) => ctx.step('s', () => ++begun, options));
    await expect(at.functions().invoke(null, { id: 'r' })).rejects.toThrow(TypeError);
    expect([begun, stateOf(at, 'main', 'r')]).toEqual([0, 'done']);
  });

  test('a step without a name or body is told so', async () => {
    const at = withMain(async (ctx) => {
      // @ts-expect-error: what untyped code may do
      await ctx.step(() => 1);
    });
    await expect(at.functions().invoke(null)).rejects.toThrow('the name must be a string');
  });
});
