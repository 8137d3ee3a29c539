/** Executions that end early, late, twice or side by side: hand-over, lifetimes, launches, suspension, history. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import type { Flow } from '../src/flow.js';
import type { Message, Reply } from '../src/platform/message.js';
import type { Fields } from '../src/platform/store.js';
import { faulty } from '../src/testing/index.js';
import { callOnce, itemOf, LEASE_MS, stateOf, world } from './world.js';

const TABLE = { name: 't' } as const;
type Main = (ctx: Context) => Promise<unknown>;
const forever = (): Promise<never> => new Promise(() => undefined);
const append = (name: string) => (list: unknown) => [...(Array.isArray(list) ? list : []), name];

/** Time stands still unless the test moves it. */
function withMain(main: Main, settings = {}) {
  return world((flow) => flow.function<null, unknown>('main', (ctx) => main(ctx)), {
    waitsPass: false,
    flow: settings,
  });
}

describe('hand-over before the platform ends the execution', () => {
  test('the rest is done by relaunches; attempts begin anew with each progress', async () => {
    const bodies: string[] = [];
    const at = withMain(
      async (ctx) => {
        for (let i = 0; i < 6; i++) {
          await ctx.step(`s${i}`, async () => {
            bodies.push(`s${i}`);
            await at.wait(3000);
          });
        }
        return 'all';
      },
      { attemptsMax: 2, handOver: '2s' },
    );
    const receive = (message: Message) => at.process().receive(message, { deadline: at.now() + 10_000 });
    await at.functions().start(null, { id: 'r' });
    const replies: Reply[] = [];
    for (let i = 0; i < 20 && stateOf(at, 'main', 'r') === 'running'; i++) {
      const [sent] = at.outbox;
      if (sent === undefined) await at.process().collect();
      else {
        at.drop(sent);
        replies.push(await at.until(receive(sent.message)));
      }
    }
    expect(await at.functions().run('r').result()).toBe('all');
    expect(replies.map(({ reply }) => reply)).toEqual(['pending', 'pending', 'result']);
    // The step under way at the hand-over is begun again, the finished ones are not.
    expect(bodies).toEqual(['s0', 's1', 's2', 's2', 's3', 's4', 's4', 's5']);
  });

  test('what was read and not yet recorded is recorded, so that the next execution sees the same', async () => {
    let outside = 0;
    const at = withMain(async (ctx) => {
      const seen = await ctx.query('q', () => ++outside);
      if (at.now() < begin + 9000) await forever();
      return seen;
    });
    const begin = at.now();
    const first = at
      .process()
      .receive({ kind: 'call', function: 'main', id: 'r', input: '1-1' }, { deadline: begin + 10_000 });
    expect(await at.until(first)).toMatchObject({ reply: 'pending', state: 'running' });
    expect(at.now()).toBe(begin + 8000);
    expect(await at.functions().run('r').status()).toMatchObject({ attempts: 0 });
    await at.advance(2000);
    await at.recover();
    expect(await at.functions().run('r').result()).toBe(1);
  });

  test('a deadline that is over at once hands over; one that is far away changes nothing', async () => {
    const at = withMain((ctx) => ctx.step('s', () => at.wait(1)));
    const call = { kind: 'call', function: 'main', id: 'r', input: '1-1' };
    expect(await at.until(at.process().receive(call, { deadline: at.now() }))).toMatchObject({
      reply: 'pending',
    });
    await at.advance(10 * LEASE_MS);
    await at.process().collect();
    const [sent] = at.outbox;
    const again = at.process().receive(sent!.message, { deadline: at.now() + 1e9 });
    expect(await at.until(again)).toMatchObject({ reply: 'result' });
  });
});

describe('an execution frozen past its lifetime', () => {
  test('asks for nothing more when it wakes: what it would have done was done by others', async () => {
    const at = withMain(
      async (ctx) => {
        const seen = await ctx.read(TABLE, 'k');
        await ctx.update(TABLE, 'k', append('main'));
        return seen ?? 'nothing';
      },
      { lifetime: '5s' },
    );
    const zombie = faulty(at, { at: { request: 1, fault: 'frozen' } });
    const ending = await zombie.run((platform) => callOnce(at.process(platform), 'main', 'r'));
    expect(ending.ended).toBe('frozen');
    await at.advance(10_000);
    await at.recover();
    const woken = ending.ended === 'frozen' ? await ending.release() : ending;
    expect(woken).toMatchObject({
      ended: 'threw',
      error: { code: 'RUN_INFRASTRUCTURE', message: expect.stringContaining('lifetime') },
    });
    expect(zombie.requests).toHaveLength(2);
    expect(itemOf(at, 't', 'k')).toEqual(['main']);
  });
});

describe('launches', () => {
  const effects = () =>
    world((flow: Flow) => {
      flow.function('audit', (ctx) => ctx.update(TABLE, 'log', append('audit')));
      return flow.function<null, string>('main', (ctx) => ctx.asyncInvoke({ name: 'audit' }, null));
    });

  test('lost: the collector launches again; doubled, late: one effect', async () => {
    const at = effects();
    const id = await at.functions().invoke(null, { id: 'r' });
    expect(at.outbox.map(({ target }) => target)).toEqual(['audit']);
    const [sent] = at.outbox;
    await at.deliver(sent, { keep: true });
    await at.deliver(sent, { keep: true });
    expect(itemOf(at, 't', 'log')).toEqual(['audit']);
    await at.recover();
    expect(itemOf(at, 't', 'log')).toEqual(['audit']);
    expect(stateOf(at, 'audit', id)).toBe('done');

    const lost = effects();
    await lost.functions().invoke(null, { id: 'r' });
    lost.drop(lost.outbox[0]!);
    await lost.recover();
    expect(itemOf(lost, 't', 'log')).toEqual(['audit']);
  });

  test('a launch of a run that is not there creates none', async () => {
    const at = effects();
    const launch = { kind: 'launch', function: 'audit', run: '0'.repeat(32), epoch: 1, events: 0 };
    expect(await at.process().receive(launch)).toMatchObject({ reply: 'refused', code: 'RUN_UNKNOWN' });
    expect(at.memory.rows()).toEqual([]);
  });

  test('an older launch that comes after a newer one does nothing', async () => {
    let begun = 0;
    const at = withMain(async () => ++begun);
    await at.functions().start(null, { id: 'r' });
    await at.advance(2 * LEASE_MS);
    await at.process().collect();
    const [old, newer] = at.outbox;
    expect(await at.deliver(old)).toMatchObject({ reply: 'pending', state: 'running' });
    expect(begun).toBe(0);
    expect(await at.deliver(newer)).toMatchObject({ reply: 'result' });
    expect(begun).toBe(1);
  });

  test('two executions at once: one outcome, one effect', async () => {
    const at = world((flow) =>
      flow.function<null, unknown>('main', (ctx) =>
        ctx.update(TABLE, 'k', append('main'), { returns: (list) => list }),
      ),
    );
    await at.functions().start(null, { id: 'r' });
    const [sent] = at.outbox;
    const replies = await Promise.all([1, 2, 3].map(() => at.deliver(sent, { keep: true })));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(itemOf(at, 't', 'k')).toEqual(['main']);
  });

  test('two collectors at once claim each run once', async () => {
    const at = withMain(async () => 1);
    for (let i = 0; i < 20; i++) await at.functions().start(null, { id: `r${i}` });
    for (const sent of [...at.outbox]) at.drop(sent);
    await at.advance(2 * LEASE_MS);
    const [one, two] = await Promise.all([at.process().collect(), at.process().collect()]);
    expect([one.looked, two.looked, one.launched + two.launched]).toEqual([20, 20, 20]);
    expect(at.outbox).toHaveLength(20);
    await at.recover();
    expect(await at.functions().run('r19').result()).toBe(1);
  });

  test('a row that nobody can read keeps no other run from being collected', async () => {
    const at = withMain(async () => 1);
    for (const id of ['broken', 'fine']) await at.functions().start(null, { id });
    for (const sent of [...at.outbox]) at.drop(sent);
    const without = ({ nonce: _, ...rest }: Fields): Fields => rest;
    at.memory.load(
      at.memory
        .rows()
        .map((row) => (row.fields.runId === '"broken"' ? { ...row, fields: without(row.fields) } : row)),
    );
    await at.advance(2 * LEASE_MS);
    await expect(at.process().collect()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await at.deliverAll()).toMatchObject([{ reply: 'result' }]);
  });
});

describe('a caller whose callee is not done', () => {
  /** The first call of the callee hangs in another process; a second one finds it at work. */
  function busyCallee(main: Main) {
    const open: (() => void)[] = [];
    const at = world(
      (flow) => {
        flow.function('slow', async (ctx, name: string) => {
          await ctx.step('wait', () => new Promise<void>((resolve) => void open.push(resolve)));
          return name;
        });
        return flow.function<null, unknown>('main', (ctx) => main(ctx));
      },
      { waitsPass: false },
    );
    at.receiveWith(async (message) => {
      if (message.kind === 'call') {
        void at.process().receive(message);
        await at.advance(0);
      }
      return at.process().receive(message);
    });
    return { at, open };
  }

  test.each([undefined, 1, 2])(
    'it suspends, without a timer, and is woken; concurrency %s',
    async (concurrency) => {
      const options = concurrency === undefined ? {} : { concurrency };
      const { at, open } = busyCallee((ctx) =>
        ctx.map(
          ['a', 'b', 'c'],
          (name, branch) => branch.syncInvoke<string, string>({ name: 'slow' }, name),
          options,
        ),
      );
      expect(await callOnce(at.process(), 'main', 'r')).toMatchObject({ reply: 'pending', state: 'waiting' });
      expect(await at.functions().run('r').status()).toMatchObject({ state: 'waiting', attempts: 0 });
      expect(await at.process().collect()).toMatchObject({ looked: 0 });
      for (let i = 0; i < 10 && stateOf(at, 'main', 'r') !== 'done'; i++) {
        open.splice(0).map((go) => go());
        await at.advance(0);
        await at.deliverAll();
      }
      expect(await at.functions().run('r').result()).toEqual(['a', 'b', 'c']);
    },
  );

  test('a callee that dies between its completion and telling: the collector tells', async () => {
    const { at, open } = busyCallee((ctx) => ctx.syncInvoke({ name: 'slow' }, 'a'));
    await callOnce(at.process(), 'main', 'r');
    // The first execution of the callee is gone; another one completes, and dies with its bump unsent.
    open.splice(0);
    await at.advance(2 * LEASE_MS);
    await at.process().collect();
    const launch = at.outbox[0]!;
    at.drop(launch);
    const dies = faulty(at, { at: { request: 2, fault: 'crash-after' } });
    const ending = dies.run((platform) => at.process(platform).receive(launch.message));
    await at.advance(0);
    open.splice(0).map((go) => go());
    expect((await ending).ended).toBe('crashed');
    expect(dies.requests.map(({ about }) => about.replace(/[0-9a-f]{32}/, ''))).toEqual([
      'query runs/run:',
      'create runs/run:/log:00000000',
      'update runs/run:/intent',
    ]);
    expect(await at.process().collect()).toMatchObject({ notified: 1 });
    expect(await at.deliverAll()).toMatchObject([{ reply: 'result', value: '1["a"]' }]);
    await at.advance(100 * LEASE_MS);
    expect(await at.process().collect()).toMatchObject({ looked: 0 });
  });

  test('a callee that is done before its caller sleeps: the caller looks again', async () => {
    const { at, open } = busyCallee((ctx) => ctx.syncInvoke({ name: 'slow' }, 'a'));
    let calls = 0;
    at.receiveWith(async (message) => {
      if (message.kind !== 'call') return at.process().receive(message);
      calls += 1;
      if (calls === 1) void at.process().receive(message);
      await at.advance(0);
      const reply = await at.process().receive(message);
      open.splice(0).map((go) => go());
      await at.advance(0);
      return reply;
    });
    expect(await callOnce(at.process(), 'main', 'r')).toMatchObject({ reply: 'result', value: '1["a"]' });
    expect(calls).toBe(2);
  });

  test('result and invoke wait for it; a time-out tells where it stands', async () => {
    const { at, open } = busyCallee((ctx) => ctx.syncInvoke({ name: 'slow' }, 'a'));
    await callOnce(at.process(), 'main', 'r');
    const run = at.functions().run('r');
    await expect(at.until(run.result({ timeout: '3s' }))).rejects.toMatchObject({
      code: 'RUN_IN_PROGRESS',
      message: expect.stringContaining('waiting'),
    });
    await expect(run.result({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    const told = at.functions().invoke(null, { id: 'r' });
    open.splice(0).map((go) => go());
    await at.advance(0);
    await at.deliverAll();
    expect(await at.until(told)).toBe('a');
  });
});

describe('what a run tells of itself', () => {
  test('status and history: kinds, names, paths in order, times, values and errors', async () => {
    const at = withMain(async (ctx) => {
      await ctx.write(TABLE, 'k', 1);
      await at.wait(1000);
      await ctx.read(TABLE, 'k');
      await ctx.step('s', () => 'done', { onInterrupted: 'throw' });
      await ctx
        .step('bad', () => {
          throw new Error('no');
        })
        .catch(() => undefined);
      await ctx.all(Array.from({ length: 11 }, (_, i) => (branch: Context) => branch.query('q', () => i)));
      await ctx.delete(TABLE, 'k');
      return 'end';
    });
    const begin = at.now();
    const main = at.functions();
    expect(await main.run('r').status()).toBeUndefined();
    await at.until(main.invoke(null, { id: 'r' }));
    expect(await main.run('r').status()).toMatchObject({
      function: 'main',
      id: 'r',
      state: 'done',
      attempts: 1,
      epoch: 1,
    });
    const history = await main.run('r').history();
    expect(history.map(({ path, kind, name }) => `${path} ${kind} ${name}`)).toEqual([
      '0 write t k',
      '1 read t k',
      '2 step s',
      '3 step bad',
      ...Array.from({ length: 11 }, (_, i) => `4.${i}.0 query q`),
      '5 delete t k',
    ]);
    expect(history[1]).toMatchObject({ value: 1, at: new Date(begin + 1000) });
    expect(history[3]).toMatchObject({ error: { message: 'no' } });
  });

  test('a run that is not there has no status, no history, no result, and cannot be resumed', async () => {
    const run = withMain(async () => 1)
      .functions()
      .run('nobody');
    expect(await run.status()).toBeUndefined();
    await expect(run.history()).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    expect(await run.resume()).toBe(false);
  });
});
