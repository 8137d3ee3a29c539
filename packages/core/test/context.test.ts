/** What a handler sees: the same in the first execution, in a replay, and at whoever calls it. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import { callOnce, itemOf, LEASE_MS, world } from './world.js';

const TABLE = { name: 't' } as const;
type Main = (ctx: Context, input: unknown) => unknown;

function withMain(main: Main) {
  return world((flow) => flow.function<unknown, unknown>('main', async (ctx, input) => main(ctx, input)));
}

/** Runs a handler to its end, where the process dies, then again by the collector: what each execution saw. */
async function replayed<T>(
  main: (ctx: Context, input: unknown) => Promise<T>,
  input: unknown = null,
): Promise<[T, T]> {
  const seen: T[] = [];
  const at = withMain(async (ctx, given) => {
    seen.push(await main(ctx, given));
    if (seen.length === 1) await new Promise(() => undefined);
    return seen[0];
  });
  await at.functions().start(input, { id: 'r' });
  void at.deliver();
  await at.advance(0);
  await at.recover();
  expect(seen).toHaveLength(2);
  return [seen[0]!, seen[1]!];
}

const shared = { at: new Date(0) };
const VALUES: readonly (readonly [string, unknown])[] = [
  ['undefined inside', { a: undefined, list: [undefined, null] }],
  ['dates', [new Date(0), new Date(Number.NaN)]],
  [
    'maps and sets',
    new Map<unknown, unknown>([
      ['a', new Set([1, new Date(5)])],
      [{ k: 1 }, 2],
    ]),
  ],
  ['BigInt', [12345678901234567890n, -1n]],
  [
    'typed arrays',
    [new Uint8Array([1, 2, 255]), new Float64Array([1.5, Number.NaN]), new Uint8Array([7]).buffer],
  ],
  ['numbers', [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.MIN_VALUE, 2 ** 60]],
  ['texts', ['', '\0', '\ud800', '😀', '\u2028', '</script>', '"\\']],
  ['a regular expression and a URL', [/a+/giu, new URL('https://example.org/?q=1')]],
  ['the same object twice', [shared, shared]],
  ['a list with holes', Object.assign(new Array<number>(3), { 0: 1, 2: 3 })],
  ['a long list', Array.from({ length: 20_000 }, (_, i) => i % 10)],
  ['booleans and null', [true, false, null]],
];

describe('values keep their types', () => {
  test.each(VALUES)(
    '%s: in items, steps, queries, inputs and outputs, at once and replayed',
    async (_, value) => {
      const [first, again] = await replayed(async (ctx, input) => {
        await ctx.write(TABLE, 'k', value);
        const read = await ctx.read(TABLE, 'k');
        const updated = await ctx.update(TABLE, 'copy', () => read, { returns: () => 'made' });
        const answers = [await ctx.step('s', () => value), await ctx.query('q', () => value)];
        return [input, read, updated, ...answers];
      }, value);
      expect(first).toStrictEqual([value, value, 'made', value, value]);
      expect(again).toStrictEqual(first);
      const at = withMain((_ctx, input) => input);
      expect(await at.functions().invoke(value, { id: 'o' })).toStrictEqual(value);
      await at.process().table('t').set('k', value);
      expect(await at.process().table('t').get('k')).toStrictEqual(value);
    },
  );

  test('what is returned is what is stored, not the object that was given', async () => {
    const given = { list: [1] };
    const [first] = await replayed(async (ctx) => {
      const step = await ctx.step('s', () => given);
      const query = await ctx.query('q', () => given);
      await ctx.write(TABLE, 'k', given);
      given.list.push(2);
      return { step, query, stored: await ctx.read(TABLE, 'k'), same: step === given };
    });
    expect(first).toEqual({ step: { list: [1] }, query: { list: [1] }, stored: { list: [1] }, same: false });
  });

  test('an absent item, a deleted one, and one that holds null are told apart', async () => {
    const at = withMain(async (ctx) => {
      await ctx.write(TABLE, 'null', null);
      await ctx.write(TABLE, 'gone', 1);
      await ctx.delete(TABLE, 'gone');
      return ctx.map(['never', 'null', 'gone'], (key, branch) => branch.read(TABLE, key));
    });
    expect(await at.functions().invoke(null)).toEqual([undefined, null, undefined]);
  });
});

describe('errors of user code', () => {
  class SoldOut extends Error {
    readonly code = 'SOLD_OUT';
  }
  class Named extends TypeError {
    override name = 'Named';
  }
  const thrown = new SoldOut('room 7', { cause: new Named('full', { cause: new RangeError('7 > 6') }) });
  const shape = {
    name: 'SoldOut',
    message: 'room 7',
    code: 'SOLD_OUT',
    cause: { name: 'Named', message: 'full', cause: { name: 'RangeError', message: '7 > 6' } },
  };
  const seenOf = async (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.catch((error: unknown) => error);

  test('of a step, a query, an update: with class name, message, code and causes, the same on replay', async () => {
    const [first, again] = await replayed(async (ctx) => [
      await seenOf(
        ctx.step('s', () => {
          throw thrown;
        }),
      ),
      await seenOf(
        ctx.query('q', () => {
          throw thrown;
        }),
      ),
      await seenOf(
        ctx.update(TABLE, 'k', () => {
          throw thrown;
        }),
      ),
    ]);
    for (const errors of [first, again]) expect(errors).toMatchObject([shape, shape, shape]);
    const [error] = first;
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).cause).toMatchObject({ cause: expect.any(RangeError) });
  });

  test("of a handler: the run's outcome, told to whoever asks", async () => {
    const at = withMain(() => {
      throw thrown;
    });
    const main = at.functions();
    await expect(main.invoke(null, { id: 'r' })).rejects.toMatchObject(shape);
    await expect(main.run('r').result()).rejects.toMatchObject(shape);
    expect(await main.run('r').status()).toMatchObject({ state: 'done' });
  });

  test.each<readonly [string, unknown, object]>([
    ['a text', 'no', { message: 'thrown: no' }],
    ['nothing', undefined, { name: 'Error' }],
    ['a plain object', { code: 1 }, { name: 'Error', message: expect.stringContaining('thrown: ') }],
    [
      'an error whose message is an object',
      Object.assign(new Error(), { message: { a: 1 } }),
      { name: 'Error' },
    ],
    ['an error without a name', Object.assign(new Error('m'), { name: undefined }), { message: 'm' }],
    [
      'an error with a long message',
      new Error('x'.repeat(5000)),
      { message: expect.stringMatching(/^x{1023}…$/) },
    ],
    ['an error with a code that is a number', Object.assign(new Error('m'), { code: 404 }), { code: '404' }],
    [
      'an error of no class',
      Object.assign(Object.create(Error.prototype), { message: 'm' }),
      { message: 'm' },
    ],
  ])('%s may be thrown by a handler and by a step', async (_, value, expected) => {
    const at = withMain(() => {
      throw value;
    });
    await expect(at.functions().invoke(null)).rejects.toMatchObject(expected);
    const [first, again] = await replayed((ctx) =>
      seenOf(
        ctx.step('s', () => {
          throw value;
        }),
      ),
    );
    expect(first).toMatchObject(expected);
    expect(again).toMatchObject(expected);
  });

  test('an infrastructure error may be caught: it changes nothing, the run goes on elsewhere', async () => {
    let down = true;
    const at = world((flow) => {
      flow.function('main', async (ctx) => {
        const told = await ctx.syncInvoke<null, string>({ name: 'other' }, null).catch(() => 'caught');
        await ctx.write(TABLE, 'k', told).catch(() => undefined);
        return told;
      });
      if (!down) flow.function('other', async () => 'fine');
    });
    await expect(callOnce(at.process(), 'main', 'r')).rejects.toMatchObject({
      code: 'RUN_INFRASTRUCTURE',
      retry: true,
    });
    expect(itemOf(at, 't', 'k')).toBeUndefined();
    down = false;
    await at.recover();
    expect(itemOf(at, 't', 'k')).toBe('fine');
  });
});

describe('values that a replay must see again', () => {
  test('random, uuid and now: the same on replay, different from step to step and from run to run', async () => {
    const values = async (ctx: Context) => [
      ctx.random(),
      ctx.random(),
      ctx.uuid(),
      ctx.uuid(),
      ctx.now(),
      await ctx.step('s', () => 1),
    ];
    const [first, again] = await replayed(values);
    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(6);
    const [random, , uuid] = first as [number, number, string];
    expect(random).toBeGreaterThanOrEqual(0);
    expect(random).toBeLessThan(1);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const at = withMain((ctx) => [ctx.random(), ctx.uuid()]);
    const one = await at.functions().invoke(null, { id: 'one' });
    expect(await at.functions().invoke(null, { id: 'one' })).toEqual(one);
    expect(await at.functions().invoke(null, { id: 'two' })).not.toEqual(one);
    // The same id once more, after the first incarnation is gone.
    at.memory.load([]);
    expect(await at.functions().invoke(null, { id: 'one' })).not.toEqual(one);
  });

  test('reads and queries: what was recorded, whatever the world says since', async () => {
    let outside = 0;
    const [first, again] = await replayed(async (ctx) => {
      const query = await ctx.query('q', () => ++outside);
      await ctx.write(TABLE, 'other', query);
      return query;
    });
    expect([first, again, outside]).toEqual([1, 1, 1]);
  });

  test('ctx.log: said once, not while the handler is replayed', async () => {
    const at = withMain(async (ctx) => {
      ctx.log('begin', { n: 1 });
      await ctx.step('s', () => 1);
      ctx.log('end');
      if (at.lines.length === 2) await new Promise(() => undefined);
    });
    await at.functions().start(null);
    void at.deliver();
    await at.advance(0);
    expect(at.lines).toEqual(['begin', 'end']);
    await at.recover();
    // What comes after the last recorded step may be said again: nothing tells that it was.
    expect(at.lines).toEqual(['begin', 'end', 'end']);
  });
});

describe('branches', () => {
  const named = (name: string, ms: number) => (branch: Context) =>
    branch.step(name, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return name;
    });

  test('all: results in branch order, paths by branch, whatever the order in time', async () => {
    const at = withMain(async (ctx) => {
      const results = await ctx.all([named('slow', 15), named('fast', 1)]);
      return [results, await ctx.step('after', () => 'after')];
    });
    const main = at.functions();
    expect(await main.invoke(null, { id: 'r' })).toEqual([['slow', 'fast'], 'after']);
    const history = await main.run('r').history();
    expect(history.map(({ path, name }) => `${path} ${name}`)).toEqual([
      '0.0.0 slow',
      '0.1.0 fast',
      '1 after',
    ]);
  });

  test('issued together: paths in issue order', async () => {
    const at = withMain((ctx) =>
      Promise.all([named('slow', 15)(ctx), named('fast', 1)(ctx), ctx.read(TABLE, 'k')]),
    );
    const main = at.functions();
    await main.invoke(null, { id: 'r' });
    const history = await main.run('r').history();
    expect(history.map(({ path, kind, name }) => `${path} ${kind} ${name}`)).toEqual([
      '0 step slow',
      '1 step fast',
      '2 read t k',
    ]);
  });

  test('sequences side by side advance in lockstep, the same on replay', async () => {
    const sequence = async (ctx: Context, name: string) => [
      await ctx.step(`${name}1`, () => 1),
      await ctx.step(`${name}2`, () => 2),
    ];
    const [first, again] = await replayed((ctx) => Promise.all([sequence(ctx, 'a'), sequence(ctx, 'b')]));
    expect(first).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(again).toEqual(first);
  });

  test('all waits for every branch, then throws the first error in branch order', async () => {
    const ended: string[] = [];
    const at = withMain((ctx) =>
      ctx.all([
        async (branch) => {
          await named('slow', 15)(branch);
          ended.push('slow');
          throw new Error('first in order');
        },
        async () => {
          ended.push('fast');
          throw new Error('first in time');
        },
      ]),
    );
    await expect(at.functions().invoke(null)).rejects.toThrow('first in order');
    expect(ended).toEqual(['fast', 'slow']);
  });

  test('map: never more at once than `concurrency`, every item once, in order', async () => {
    let now = 0;
    let most = 0;
    const at = withMain((ctx) =>
      ctx.map(
        [5, 4, 3, 2, 1],
        (ms, branch) =>
          branch.step('s', async () => {
            most = Math.max(most, ++now);
            await new Promise((resolve) => setTimeout(resolve, ms));
            now -= 1;
            return ms;
          }),
        { concurrency: 2 },
      ),
    );
    expect(await at.functions().invoke(null)).toEqual([5, 4, 3, 2, 1]);
    expect(most).toBe(2);
    const none = withMain((ctx) => Promise.all([ctx.all([]), ctx.map([], async () => 1)]));
    expect(await none.functions().invoke(null)).toEqual([[], []]);
    const bad = withMain((ctx) => ctx.map([1], async () => 1, { concurrency: 0 }));
    await expect(bad.functions().invoke(null)).rejects.toThrow(TypeError);
  });

  test('branches that change one item: each effect once, in rows that fill up under them', async () => {
    const at = withMain((ctx) =>
      ctx.map([...'abcdefghij'], (name, branch) =>
        branch.update<string[]>(TABLE, 'k', (list = []) => [...list, name]),
      ),
    );
    await at.functions().invoke(null);
    expect([...(itemOf(at, 't', 'k') as string[])].sort()).toEqual([...'abcdefghij']);
  });

  test('nested branches have nested paths', async () => {
    const at = withMain((ctx) =>
      ctx.all([(branch) => branch.map([1, 2], (n, inner) => inner.step('s', () => n * LEASE_MS))]),
    );
    const main = at.functions();
    expect(await main.invoke(null, { id: 'r' })).toEqual([[1000, 2000]]);
    expect((await main.run('r').history()).map(({ path }) => path)).toEqual(['0.0.0.0.0', '0.0.0.1.0']);
  });
});
