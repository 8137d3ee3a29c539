/** Handlers that change between executions, or use their context as it must not be used: stopped, told why, never guessed. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import type { Reply } from '../src/platform/message.js';
import { callOnce, itemOf, LEASE_MS, stateOf, type World, world } from './world.js';

const TABLE = { name: 't' } as const;
type Main = (ctx: Context) => Promise<unknown>;

const forever = (): Promise<never> => new Promise(() => undefined);

/** A deployment whose code can be replaced. */
function deployed(main: Main) {
  const code = { main };
  const at = world((flow) => {
    flow.function('other', async () => 1);
    return flow.function<null, unknown>('main', (ctx) => code.main(ctx));
  });
  return { at, code };
}

/** The first execution dies at the end of its code; another code goes on. */
async function continued(first: Main, then: Main): Promise<{ reply: Reply } & ReturnType<typeof deployed>> {
  const { at, code } = deployed(async (ctx) => {
    await first(ctx);
    return forever();
  });
  void callOnce(at.process(), 'main', 'r');
  await at.advance(0);
  code.main = then;
  await at.advance(LEASE_MS);
  await at.process().collect();
  const relaunch = at.outbox.find(({ target }) => target === 'main');
  return { reply: await at.deliver(relaunch), at, code };
}

/** The steps that the first code records: a value of each kind. */
const first: Main = async (ctx) => {
  await ctx.read(TABLE, 'a');
  await ctx.step('charge', () => 'receipt');
  await ctx.read(TABLE, 'b');
  await ctx.step('mail', () => 'sent');
};

describe('a handler that changed between executions', () => {
  const CHANGES: readonly (readonly [string, Main, string])[] = [
    ['kind', (ctx) => ctx.write(TABLE, 'a', 1), 'step 0: recorded read "t a", attempted write "t a"'],
    ['key', (ctx) => ctx.read(TABLE, 'other'), 'step 0: recorded read "t a", attempted read "t other"'],
    [
      'name',
      async (ctx) => [await ctx.read(TABLE, 'a'), await ctx.step('refund', () => 1)],
      'step 1: recorded step "charge", attempted step "refund"',
    ],
    ['order', (ctx) => ctx.step('charge', () => 1), 'step 0: recorded read "t a", attempted step "charge"'],
    [
      'to a call',
      (ctx) => ctx.syncInvoke({ name: 'other' }, 1),
      'step 0: recorded read "t a", attempted syncInvoke "other"',
    ],
    [
      'to random',
      async (ctx) => [ctx.random(), await ctx.write(TABLE, 'x', 1)],
      'step 0: recorded read "t a", attempted random',
    ],
    [
      'to now',
      async (ctx) => [ctx.now(), await ctx.write(TABLE, 'x', 1)],
      'step 0: recorded read "t a", attempted now',
    ],
    [
      'to branches',
      (ctx) => ctx.all([(branch) => branch.write(TABLE, 'x', 1)]),
      'step 0: recorded read "t a", attempted all',
    ],
    [
      'fewer steps',
      (ctx) => ctx.read(TABLE, 'a'),
      'the handler ended without step 1: recorded step "charge", attempted nothing',
    ],
    ['no steps', async () => 1, 'the handler ended without step 0: recorded read "t a", attempted nothing'],
  ];

  test.each(CHANGES)(
    '%s: paused, with recorded and attempted, before any effect',
    async (_, then, reason) => {
      const { reply, at } = await continued(first, then);
      expect(reply).toMatchObject({
        reply: 'pending',
        state: 'paused',
        reason: expect.stringContaining(reason),
      });
      expect(stateOf(at, 'main', 'r')).toBe('paused');
      expect(at.memory.rows().filter(({ key }) => key.table === 'items')).toEqual([]);
    },
  );

  test('steps added after the recorded ones are fine', async () => {
    const { reply } = await continued(first, async (ctx) => {
      await first(ctx);
      return ctx.step('audit', () => 'noted');
    });
    expect(reply).toMatchObject({ reply: 'result', value: '1["noted"]' });
  });

  test('back on the old code, resume finishes the run: the wrong code has recorded nothing', async () => {
    const two = (ctx: Context, n: number) =>
      ctx.all([
        async (branch) => branch.step('one', () => 1),
        async (branch) => {
          for (let i = 0; i < n; i++) await branch.step(`two ${i}`, () => i);
        },
      ]);
    const { reply, at, code } = await continued(
      (ctx) => two(ctx, 1),
      (ctx) =>
        ctx.all([
          async () => 0,
          async (branch) => [await branch.step('two 0', () => 0), await branch.read(TABLE, 'new')],
        ]),
    );
    expect(reply).toMatchObject({ state: 'paused', reason: expect.stringContaining('step 0.0.0') });
    code.main = (ctx) => two(ctx, 2);
    const run = at.functions().run('r');
    expect(await run.resume()).toBe(true);
    expect(await at.deliverAll()).toMatchObject([{ reply: 'result' }]);
    expect(await run.resume()).toBe(false);
  });

  test('result and invoke tell that it is paused, and why', async () => {
    const { at } = await continued(first, async () => 1);
    const main = at.functions();
    await expect(main.run('r').result()).rejects.toMatchObject({
      code: 'RUN_PAUSED',
      message: expect.stringContaining('without step 0'),
    });
    await expect(main.invoke(null, { id: 'r' })).rejects.toMatchObject({ code: 'RUN_PAUSED' });
    expect(await main.run('r').status()).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('without step 0'),
    });
  });

  test('a callee whose input differs at the second attempt stops the caller', async () => {
    const { reply } = await continued(
      (ctx) => ctx.asyncInvoke({ name: 'other' }, 1),
      (ctx) => ctx.asyncInvoke({ name: 'other' }, 2),
    );
    expect(reply).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining('begun with another input'),
    });
  });
});

describe('operations that nobody awaits', () => {
  async function paused(main: Main): Promise<string> {
    const { at } = deployed(main);
    const reply = await callOnce(at.process(), 'main', 'r');
    expect(reply).toMatchObject({ reply: 'pending', state: 'paused' });
    return reply.reply === 'pending' ? String(reply.reason) : '';
  }

  test('never, as the last one', async () => {
    const reason = await paused(async (ctx) => void ctx.write(TABLE, 'a', 1));
    expect(reason).toContain('the handler ended while write "t a" (step 0) was not awaited');
  });

  test('never, though it was finished long before the end', async () => {
    const reason = await paused(async (ctx) => {
      void ctx.read(TABLE, 'a');
      await new Promise((resolve) => setTimeout(resolve, 5));
      await ctx.write(TABLE, 'b', 1);
    });
    expect(reason).toContain('read "t a" (step 0) was not awaited');
  });

  test('late: another operation was begun meanwhile', async () => {
    const reason = await paused(async (ctx) => {
      const late = ctx.step('slow', () => new Promise((resolve) => setTimeout(resolve, 20)));
      await Promise.resolve().then(() => undefined);
      await ctx.write(TABLE, 'b', 1);
      await late;
    });
    expect(reason).toContain('write "t b" was called inside step "slow" (step 0)');
  });

  test('in a branch', async () => {
    const reason = await paused((ctx) => ctx.all([async (branch) => void branch.write(TABLE, 'a', 1)]));
    expect(reason).toContain('a branch of all (step 0) ended while write "t a" (step 0.0.0) was not awaited');
  });

  test('a reason with names that no row could hold is stored all the same', async () => {
    const name = `\0\ud800${'x'.repeat(3000)}`;
    const reason = await paused(async (ctx) => void ctx.step(name, () => 1));
    expect(reason.length).toBeLessThanOrEqual(1024);
    expect(await paused(async (ctx) => void ctx.write(TABLE, 'a\0', 1))).toContain('not awaited');
  });

  test('awaited together they are branches, of any kind', async () => {
    const { at } = deployed((ctx) =>
      Promise.all([
        ctx.query('q', () => 1),
        ctx.query('r', () => 2),
        ctx.all([(branch) => branch.step('s', () => 3)]),
        ctx.step('t', () => 4),
        ctx.read(TABLE, 'none'),
        ctx.write(TABLE, 'w', 1),
        ctx.syncInvoke({ name: 'other' }, 1),
      ]),
    );
    expect(await at.functions().invoke(null)).toEqual([1, 2, [3], 4, undefined, undefined, 1]);
  });
});

describe('a context where it does not belong', () => {
  test.each<readonly [string, Main, string]>([
    [
      'inside a step',
      (ctx) => ctx.step('s', () => ctx.write(TABLE, 'a', 1)),
      'write "t a" was called inside step "s" (step 0)',
    ],
    [
      'inside a query',
      (ctx) => ctx.query('q', () => ctx.read(TABLE, 'a')),
      'read "t a" was called inside query "q" (step 0)',
    ],
    [
      'inside a branch',
      (ctx) => ctx.all([() => ctx.read(TABLE, 'a')]),
      'read "t a" was called inside all "1 branches" (step 0)',
    ],
    [
      'inside an update',
      (ctx) => ctx.update(TABLE, 'a', () => void ctx.read(TABLE, 'a')),
      'read "t a" was called while update "t a" (step 0)',
    ],
    [
      'for the time, inside a step',
      (ctx) => ctx.step('s', () => ctx.now()),
      'now "now" was called inside step "s"',
    ],
    [
      'for a number, inside a branch',
      (ctx) => ctx.map([1], async () => ctx.random()),
      'random "random" was called inside map',
    ],
  ])('%s: stopped', async (_, main, reason) => {
    const { at } = deployed(main);
    expect(await callOnce(at.process(), 'main', 'r')).toMatchObject({
      state: 'paused',
      reason: expect.stringContaining(reason),
    });
    expect(itemOf(at, 't', 'a')).toBeUndefined();
  });

  test('after its run ended: a mistake, and no request', async () => {
    let kept: Context | undefined;
    const { at } = deployed(async (ctx) => {
      kept = ctx;
    });
    await at.functions().invoke(null);
    at.counted.reset();
    await expect(kept?.write(TABLE, 'a', 1)).rejects.toThrow('the run of this context has ended');
    await expect(kept?.all([])).rejects.toThrow(TypeError);
    expect(() => kept?.now()).toThrow(TypeError);
    expect(() => kept?.uuid()).toThrow(TypeError);
    expect(at.counted.total()).toBe(0);
  });

  test('a condition that changes its copy does not change the item', async () => {
    const { at } = deployed(async (ctx) => {
      await ctx.write(TABLE, 'a', [1, 2]);
      return ctx.condWrite<number[]>(TABLE, 'a', [3], (list) => (list ?? []).splice(0).length === 0);
    });
    expect([await at.functions().invoke(null), itemOf(at, 't', 'a')]).toEqual([false, [1, 2]]);
  });
});

describe('a run that never gets anywhere', () => {
  /** Relaunches until nobody launches any more; answers how often the body was begun. */
  async function launches(main: Main, attemptsMax: number, deliver: (at: World) => Promise<unknown>) {
    const at = world((flow) => flow.function<null, unknown>('main', (ctx) => main(ctx)), {
      flow: { attemptsMax },
      waitsPass: false,
    });
    await at.functions().start(null, { id: 'r' });
    for (let i = 0; i < 100 && at.outbox.length > 0; i++) {
      await deliver(at).catch(() => undefined);
      await at.advance(100 * LEASE_MS);
      await at.process().collect();
    }
    expect(at.outbox).toEqual([]);
    return at;
  }

  const crash = async (at: World): Promise<void> => at.drop(at.outbox[0]!);

  test('is paused after attemptsMax launches, with the reason, never lost; resume lets it go on', async () => {
    let begun = 0;
    const at = await launches(async () => ++begun, 3, crash);
    const run = at.functions().run('r');
    expect(await run.status()).toMatchObject({
      state: 'paused',
      attempts: 3,
      reason: 'launched 3 times without progress',
    });
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_PAUSED' });
    expect(begun).toBe(0);
    expect(await at.process().collect()).toEqual({ looked: 0, launched: 0, paused: 0, notified: 0 });
    expect(await run.resume()).toBe(true);
    await at.deliverAll();
    expect(await run.result()).toBe(1);
    expect(await run.status()).not.toHaveProperty('reason');
  });

  test('a step that never fits between start and deadline is paused as well, whatever came before it', async () => {
    const stuck: Main = async (ctx) => {
      await ctx.write(TABLE, 'a', 1);
      await ctx.step('too long', forever);
    };
    const handsOver = async (at: World): Promise<void> => {
      const [sent] = at.outbox;
      at.drop(sent!);
      await at.until(at.process().receive(sent!.message, { deadline: at.now() + 10_000 }));
    };
    const at = await launches(stuck, 4, handsOver);
    expect(await at.functions().run('r').status()).toMatchObject({ state: 'paused' });
  });
});
