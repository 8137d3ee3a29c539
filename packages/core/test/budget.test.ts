/** Requests per operation, counted where they reach the database: docs and bills rest on these numbers. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../src/context.js';
import type { Flow } from '../src/flow.js';
import type { StoreKind } from '../src/testing/index.js';
import { callOnce, LEASE_MS, type World, type WorldOptions, world } from './world.js';

const TABLE = { name: 't' } as const;
const KINDS = ['conditional', 'versioned'] as const satisfies readonly StoreKind[];
/** A value that a process does not remember: too large to be worth it. */
const LARGE = 'x'.repeat(20_000);
type Program = (ctx: Context) => Promise<unknown>;

/** One process, warm from what it did before, and what its next run costs. */
class Bench {
  requests = 0;
  private program: Program = async () => undefined;
  private runs = 0;
  readonly at: World;
  readonly flow: Flow;

  constructor(kind: StoreKind, options: WorldOptions = {}) {
    const before = (): void => {
      this.requests += 1;
    };
    this.at = world(() => undefined, { kind, before, ...options });
    this.flow = this.newProcess();
    this.at.receiveWith((message) => this.flow.receive(message));
  }

  newProcess(): Flow {
    const flow = this.at.process();
    flow.function('main', (ctx) => this.program(ctx));
    flow.function('one-write', (ctx, key: string) => ctx.write(TABLE, key, 1));
    return flow;
  }

  /** The requests of one whole run. */
  async cost(program: Program, flow = this.flow): Promise<number> {
    this.program = program;
    this.runs += 1;
    const before = this.requests;
    const reply = await callOnce(flow, 'main', `r${this.runs}`);
    expect(reply.reply).toBe('result');
    return this.requests - before;
  }
}

/** Two: the intent and the completion. */
const RUN = 2;

describe.each(KINDS)('%s store', (kind) => {
  test('a run: 2', async () => {
    expect(await new Bench(kind).cost(async () => 1)).toBe(RUN);
  });

  test('a read: 1, and its share of one flush', async () => {
    const bench = new Bench(kind);
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 1));
    expect(await bench.cost((ctx) => ctx.read(TABLE, 'a'))).toBe(RUN + 1 + 1);
    const three = async (ctx: Context) => {
      for (const key of ['a', 'b', 'c']) await ctx.read(TABLE, key);
    };
    expect(await bench.cost(three)).toBe(RUN + 3 + 1);
  });

  test('a write: 1 where the item is known, 2 where nothing is', async () => {
    const bench = new Bench(kind);
    expect(await bench.cost((ctx) => ctx.write(TABLE, 'a', 1))).toBe(RUN + 2);
    expect(await bench.cost((ctx) => ctx.write(TABLE, 'a', 2))).toBe(RUN + 1);
    expect(await bench.cost((ctx) => ctx.delete(TABLE, 'a'))).toBe(RUN + 1);
    const cold = bench.newProcess();
    expect(await bench.cost((ctx) => ctx.write(TABLE, 'a', 3), cold)).toBe(RUN + 2);
  });

  test('a write beside another process: 1 where the write tests, 3 where a stale version must be read anew', async () => {
    const bench = new Bench(kind, { entriesPerRow: 8 });
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 1));
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 2), bench.newProcess());
    const stale = await bench.cost((ctx) => ctx.write(TABLE, 'a', 3));
    expect(stale - RUN).toBe(kind === 'conditional' ? 1 : 3);
  });

  test('update, condWrite true and false: 1 with a current row in hand, 2 without one', async () => {
    const bench = new Bench(kind, { entriesPerRow: 8 });
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 1));
    expect(await bench.cost((ctx) => ctx.update(TABLE, 'a', (n) => Number(n) + 1))).toBe(RUN + 1);
    expect(await bench.cost((ctx) => ctx.condWrite(TABLE, 'a', 5, () => true))).toBe(RUN + 1);
    expect(await bench.cost((ctx) => ctx.condWrite(TABLE, 'a', 6, () => false))).toBe(RUN + 1);
    await bench.cost((ctx) => ctx.write(TABLE, 'large', LARGE));
    expect(await bench.cost((ctx) => ctx.update(TABLE, 'large', (text) => text))).toBe(RUN + 2);
  });

  test('an update of a row that moved on: 2', async () => {
    const bench = new Bench(kind, { entriesPerRow: 8 });
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 1));
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 2), bench.newProcess());
    const cost = await bench.cost((ctx) => ctx.update(TABLE, 'a', (n) => Number(n) + 1));
    expect(cost - RUN).toBe(kind === 'conditional' ? 2 : 3);
  });

  test('a row that is full: +0 where no greater row was seen, +1 with the row in hand, +2 from an old position', async () => {
    const N = 3;
    const bench = new Bench(kind, { entriesPerRow: N });
    const writes = (key: string, count: number, value: unknown) => async (ctx: Context) => {
      for (let i = 0; i < count; i++) await ctx.write(TABLE, key, value);
    };
    // A conditional store is not asked for the row with each blind write: its refusal costs a read.
    const look = kind === 'conditional' ? 1 : 0;
    const lastSlot = 1 + look; // refused, perhaps looked at, then written with the row in hand
    // From the first write on the run knows that there is no greater row.
    expect(await bench.cost(writes('new', 2 * N + 1, 1))).toBe(RUN + 2 + 2 * N + 2 * (look && lastSlot));
    await bench.cost(writes('seen', N, 1));
    expect(await bench.cost(writes('seen', 1, 2))).toBe(RUN + 1 + 1);
    await bench.cost(writes('large', N, LARGE));
    expect(await bench.cost(writes('large', 1, 2))).toBe(RUN + 1 + 2 + look);
  });

  test('a step: 1; with `throw` 2; reads before it are flushed', async () => {
    const bench = new Bench(kind);
    expect(await bench.cost((ctx) => ctx.step('s', () => 1))).toBe(RUN + 1);
    expect(await bench.cost((ctx) => ctx.step('s', () => 1, { onInterrupted: 'throw' }))).toBe(RUN + 2);
    const afterRead = async (ctx: Context) => {
      await ctx.read(TABLE, 'a');
      await ctx.step('s', () => 1);
    };
    expect(await bench.cost(afterRead)).toBe(RUN + 1 + 1 + 1);
  });

  test('query, now, random, uuid, log: no request of their own', async () => {
    const bench = new Bench(kind);
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 1));
    const program = async (ctx: Context) => {
      await ctx.query('q', () => 1);
      ctx.log(`${ctx.now()} ${ctx.random()} ${ctx.uuid()}`);
      await ctx.write(TABLE, 'a', 2);
    };
    expect(await bench.cost(program)).toBe(RUN + 1 + 1);
    expect(await bench.cost(async (ctx) => [ctx.random(), ctx.uuid()])).toBe(RUN);
  });

  test("syncInvoke: the callee's 2 and its body; five at once of a one-write callee: 17 in all", async () => {
    const bench = new Bench(kind);
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await bench.cost((ctx) => ctx.write(TABLE, key, 0));
    const target = { name: 'one-write' };
    expect(await bench.cost((ctx) => ctx.syncInvoke(target, 'a'))).toBe(RUN + 2 + 1);
    expect(await bench.cost((ctx) => ctx.map(keys, (key, branch) => branch.syncInvoke(target, key)))).toBe(
      17,
    );
  });

  test('asyncInvoke: 1, and at the callee 2 and its body', async () => {
    const bench = new Bench(kind);
    await bench.cost((ctx) => ctx.write(TABLE, 'a', 0));
    expect(await bench.cost((ctx) => ctx.asyncInvoke({ name: 'one-write' }, 'a'))).toBe(RUN + 1);
    const before = bench.requests;
    await bench.at.deliverAll();
    // The launch's execution did not create the intent, but row 0 anybody may start at.
    expect(bench.requests - before).toBe(2 + 1);
  });

  test('whole programs: read, write: 5; twice: 8; three branches of the same: at most 11', async () => {
    const bench = new Bench(kind, { entriesPerRow: 8 });
    for (const key of ['a', 'b', 'c']) await bench.cost((ctx) => ctx.write(TABLE, key, 1));
    const once = async (ctx: Context, key = 'a') => {
      await ctx.read(TABLE, key);
      await ctx.write(TABLE, key, 2);
    };
    expect(await bench.cost((ctx) => once(ctx))).toBe(5);
    const twice = async (ctx: Context) => {
      await once(ctx);
      await once(ctx);
    };
    expect(await bench.cost(twice)).toBe(8);
    expect(
      await bench.cost((ctx) => ctx.map(['a', 'b', 'c'], (key, branch) => once(branch, key))),
    ).toBeLessThanOrEqual(11);
  });

  test('replay: load, completion, 1 per stable outcome that no record holds; recorded ones are free', async () => {
    let dies = true;
    const bench = new Bench(kind, { entriesPerRow: 8 });
    const program = async (ctx: Context) => {
      await ctx.write(TABLE, 'a', 1);
      await ctx.step('s', () => 1); // its record carries the write
      await ctx.write(TABLE, 'a', 2);
      await ctx.write(TABLE, 'b', 2);
      if (dies) await new Promise(() => undefined);
    };
    void bench.cost(program);
    await bench.at.advance(0);
    dies = false;
    await bench.at.advance(2 * LEASE_MS);
    const collecting = bench.requests;
    await bench.flow.collect();
    expect(bench.requests - collecting).toBe(1 + 1 + 1); // list, look, claim
    const before = bench.requests;
    bench.at.receiveWith((message) => bench.newProcess().receive(message));
    expect((await bench.at.deliver()).reply).toBe('result');
    expect(bench.requests - before).toBe(2 + 2);
  });

  test('a repeated call of a finished run: 1, and 1 to read it where a refused create shows no row', async () => {
    const bench = new Bench(kind);
    await bench.cost(async () => 1);
    const before = bench.requests;
    expect((await callOnce(bench.flow, 'main', 'r1')).reply).toBe('result');
    expect(bench.requests - before).toBe(kind === 'conditional' ? 1 : 2);
  });
});
