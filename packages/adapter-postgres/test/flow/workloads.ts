/** Small programs that use every operation, and what must be true once each of them is over, whatever happened. */
import { type Context, type Flow, flowstate } from '@flowstate/core';
import type { Invoker, Platform } from '@flowstate/core/adapter';
import { expect } from 'vitest';

export { encode } from '@flowstate/core/adapter';

/** The lease of every flow here, in ms of virtual time. */
export const LEASE_MS = 1000;

/** A cold process of a flow. Without an invoker its functions call each other inside it. */
export function flowstateOf(platform: Platform, invoker: Invoker | undefined): Flow {
  const { store, now, id, random, wait } = platform;
  const reached = invoker === undefined ? {} : { invoker };
  return flowstate({
    name: 'faults',
    store,
    platform: { now, id, random, wait },
    lease: LEASE_MS,
    ...reached,
  });
}

/** The world outside of Flowstate: it never answers the same twice, and remembers who asked. */
export interface Outside {
  /** Every effect asked for, in order: its idempotency key, and the receipt given for it. */
  readonly effects: { readonly what: string; readonly key: string; readonly receipt: string }[];
  effect(what: string, key: string): string;
  /** Another number each time. */
  look(): number;
}

/** A fresh one. */
export function outside(): Outside {
  const effects: Outside['effects'] = [];
  let looks = 0;
  return {
    effects,
    effect(what, key) {
      const receipt = `${what} ${effects.length}`;
      effects.push({ what, key, receipt });
      return receipt;
    },
    look: () => ++looks,
  };
}

/** One program. `check` gets the one outcome of the root. */
export interface Workload {
  readonly name: string;
  readonly root: string;
  readonly input: unknown;
  readonly entriesPerRow?: number;
  /** Whether it matters where its functions are. */
  readonly calls?: boolean;
  define(flow: Flow, outside: Outside): void;
  check(outcome: unknown, flow: Flow, outside: Outside): Promise<void>;
}

const T = { name: 'things' };
const plusOne = (count: number | undefined): number => (count ?? 0) + 1;
const bump = (ctx: Context, key: string): Promise<number> =>
  ctx.update<number, number>(T, key, plusOne, { returns: (count) => count });

/** Items by their keys. */
export async function items(flow: Flow, ...keys: string[]): Promise<unknown[]> {
  const table = flow.table<unknown>(T.name);
  return Promise.all(keys.map((key) => table.get(key)));
}

/** The effects of one kind: one key, however often it was tried, and the receipt that was recorded among them. */
function expectOneEffect(world: Outside, what: string, receipt: unknown): void {
  const asked = world.effects.filter((effect) => effect.what === what);
  expect(new Set(asked.map(({ key }) => key)).size, `keys of "${what}"`).toBe(1);
  expect(asked.map((effect) => effect.receipt)).toContain(receipt);
}

const onItems: Workload = {
  name: 'read, write, condWrite, update, delete',
  root: 'items',
  input: { by: 'me' },
  define(flow, world) {
    flow.function('items', async (ctx, { by }: { by: string }) => {
      const before = await ctx.read<number>(T, 'count');
      const seen = await ctx.query('look', () => world.look());
      await ctx.write(T, 'plain', { by, seen });
      const first = await ctx.condWrite<string>(T, 'claim', `${by} ${seen}`, (owner) => owner === undefined);
      const second = await ctx.condWrite<string>(T, 'claim', 'another', (owner) => owner === undefined);
      const counts = [await bump(ctx, 'count'), await bump(ctx, 'count'), await bump(ctx, 'count')];
      await ctx.delete(T, 'plain');
      const gone = await ctx.read(T, 'plain');
      for (const word of ['first', 'second', 'third']) await ctx.write(T, 'plain', word);
      const failed = await ctx
        .update(T, 'count', () => {
          throw new RangeError('no');
        })
        .catch((error: unknown) => (error instanceof RangeError ? error.message : 'another error'));
      await ctx.write(T, 'copy', seen);
      return { before, seen, first, second, counts, gone, failed };
    });
  },
  async check(outcome, flow) {
    const [count, plain, claim, copy] = await items(flow, 'count', 'plain', 'claim', 'copy');
    expect([count, plain, claim]).toEqual([3, 'third', `me ${String(copy)}`]);
    const seen = copy;
    const rest = { before: undefined, first: true, second: false, gone: undefined, failed: 'no' };
    expect(outcome).toEqual({ ...rest, seen, counts: [1, 2, 3] });
  },
};

const steps: Workload = {
  name: 'step, query, now, uuid',
  root: 'steps',
  input: null,
  define(flow, world) {
    flow.function('steps', async (ctx) => {
      const begun = ctx.now();
      const look = await ctx.query('look', () => world.look());
      const paid = await ctx.step('pay', ({ idempotencyKey }) => world.effect('pay', idempotencyKey));
      const mailed = await ctx
        .step('mail', ({ idempotencyKey }) => world.effect('mail', idempotencyKey), {
          onInterrupted: 'throw',
        })
        .catch((error: Error) => error.name);
      const tried = await ctx
        .step(
          'fail',
          ({ idempotencyKey, attempt }) => {
            world.effect(`fail ${attempt}`, idempotencyKey);
            throw new Error(`attempt ${attempt}`);
          },
          { retry: { attempts: 2, delay: 10 } },
        )
        .catch((error: Error) => error.message);
      await ctx.write(T, 'record', { begun, look, paid, mailed });
      return { begun, look, paid, mailed, tried, uuid: ctx.uuid(), random: ctx.random() };
    });
  },
  async check(outcome, flow, world) {
    const [record] = await items(flow, 'record');
    const result = outcome as { paid: string; mailed: string; tried: string; begun: number; look: number };
    const { begun, look, paid, mailed } = result;
    expect(record).toEqual({ begun, look, paid, mailed });
    expectOneEffect(world, 'pay', paid);
    const mails = world.effects.filter(({ what }) => what === 'mail');
    // Begun at most once; told as interrupted only where it may or may not have happened.
    expect(mails.length).toBeLessThanOrEqual(1);
    if (mailed !== 'StepInterrupted') expect(mails.map(({ receipt }) => receipt)).toEqual([mailed]);
    expect(result.tried).toBe('attempt 2');
  },
};

const branches: Workload = {
  name: 'all and map',
  root: 'branches',
  input: [1, 2, 3],
  entriesPerRow: 3,
  define(flow, world) {
    flow.function('branches', async (ctx, numbers: number[]) => {
      const pair = await ctx.all([
        async (left) => {
          const look = await left.query('look', () => world.look());
          await left.write(T, 'left', look);
          return [look, await bump(left, 'shared')];
        },
        async (right) => {
          const paid = await right.step('pay', ({ idempotencyKey }) => world.effect('pay', idempotencyKey));
          await bump(right, 'shared');
          return paid;
        },
      ]);
      const squares = await ctx.map(
        numbers,
        async (n, branch) => {
          await bump(branch, `square ${n}`);
          return n * n;
        },
        { concurrency: 2 },
      );
      return { pair, squares, shared: await bump(ctx, 'shared') };
    });
  },
  async check(outcome, flow, world) {
    const { pair, squares, shared } = outcome as {
      pair: [[number, number], string];
      squares: number[];
      shared: number;
    };
    const found = await items(flow, 'left', 'shared', 'square 1', 'square 2', 'square 3');
    expect(found).toEqual([pair[0][0], 3, 1, 1, 1]);
    expect([squares, shared]).toEqual([[1, 4, 9], 3]);
    expect([1, 2]).toContain(pair[0][1]);
    expectOneEffect(world, 'pay', pair[1]);
  },
};

const chain: Workload = {
  name: 'a chain of calls',
  root: 'front',
  calls: true,
  input: 7,
  define(flow, world) {
    const back = flow.function('back', async (ctx, order: number) => {
      const paid = await ctx.step('pay', ({ idempotencyKey }) => world.effect('pay', idempotencyKey));
      await bump(ctx, 'back');
      return `${order} ${paid}`;
    });
    const refuse = flow.function('refuse', async (ctx, _: null) => {
      await bump(ctx, 'refused');
      throw new RangeError('sold out');
    });
    const middle = flow.function('middle', async (ctx, order: number) => {
      await bump(ctx, 'middle');
      return ctx.syncInvoke(back, order);
    });
    flow.function('front', async (ctx, order: number) => {
      const answer = await ctx.syncInvoke(middle, order);
      const refused = await ctx.syncInvoke(refuse, null).catch((error: unknown) => String(error));
      await bump(ctx, 'front');
      return { answer, refused };
    });
  },
  async check(outcome, flow, world) {
    expect(await items(flow, 'front', 'middle', 'back', 'refused')).toEqual([1, 1, 1, 1]);
    const { answer, refused } = outcome as { answer: string; refused: string };
    expect(refused).toBe('RangeError: sold out');
    expectOneEffect(world, 'pay', answer.slice('7 '.length));
  },
};

const fanOut: Workload = {
  name: 'fan-out: asyncInvoke, and syncInvoke in branches',
  root: 'spread',
  calls: true,
  input: ['a', 'b'],
  define(flow, world) {
    const note = flow.function('note', async (ctx, line: string) => {
      await ctx.update<string[]>(T, 'notes', (lines) => [...(lines ?? []), line]);
    });
    const part = flow.function('part', async (ctx, name: string) => {
      const paid = await ctx.step('pay', ({ idempotencyKey }) => world.effect(`pay ${name}`, idempotencyKey));
      await ctx.asyncInvoke(note, `part ${name}`);
      return paid;
    });
    flow.function('spread', async (ctx, names: string[]) => {
      await ctx.asyncInvoke(note, 'begun');
      const paid = await ctx.map(names, (name, branch) => branch.syncInvoke(part, name));
      const id = await ctx.asyncInvoke(note, 'ended');
      return { paid, noted: id.length };
    });
  },
  async check(outcome, flow, world) {
    const { paid, noted } = outcome as { paid: string[]; noted: number };
    expect(noted).toBe(32);
    expectOneEffect(world, 'pay a', paid[0]);
    expectOneEffect(world, 'pay b', paid[1]);
    const [notes] = await items(flow, 'notes');
    expect([...(notes as string[])].sort()).toEqual(['begun', 'ended', 'part a', 'part b']);
  },
};

interface Stock {
  readonly free: number;
  readonly got: boolean;
}

const take = (stock: Stock | undefined): Stock => {
  const { free } = stock ?? { free: 1 };
  return free > 0 ? { free: free - 1, got: true } : { free, got: false };
};

const travel: Workload = {
  name: 'a travel reservation',
  root: 'reserve',
  calls: true,
  input: { hotel: 'Ritz', flight: 'full' },
  define(flow, world) {
    const hold = flow.function('hold', (ctx, what: string) =>
      ctx.update<Stock, boolean>(
        T,
        what,
        what === 'full' ? (stock) => stock ?? { free: 0, got: false } : take,
        {
          returns: ({ got }) => got,
        },
      ),
    );
    const release = flow.function('release', (ctx, what: string) =>
      ctx.update<Stock>(T, what, (stock) => ({ free: (stock?.free ?? 0) + 1, got: false })),
    );
    flow.function('reserve', async (ctx, trip: { hotel: string; flight: string }) => {
      const [hotel, flight] = await ctx.all([
        (branch) => branch.syncInvoke(hold, trip.hotel),
        (branch) => branch.syncInvoke(hold, trip.flight),
      ]);
      const fee = await ctx.step('fee', ({ idempotencyKey }) => world.effect('fee', idempotencyKey));
      if (hotel && !flight) await ctx.syncInvoke(release, trip.hotel);
      await ctx.write(T, 'booking', { hotel, flight, fee });
      return { booked: hotel && flight, fee };
    });
  },
  async check(outcome, flow, world) {
    const { booked, fee } = outcome as { booked: boolean; fee: string };
    expect(booked).toBe(false);
    expectOneEffect(world, 'fee', fee);
    const [ritz, full, booking] = await items(flow, 'Ritz', 'full', 'booking');
    expect(ritz).toEqual({ free: 1, got: false });
    expect(full).toEqual({ free: 0, got: false });
    expect(booking).toEqual({ hotel: true, flight: false, fee });
  },
};

/** The same where almost every operation fills a row and makes the next one. */
const onFullRows: Workload = { ...onItems, name: `${onItems.name} in rows of 2 entries`, entriesPerRow: 2 };

/** All of them. */
export const WORKLOADS: readonly Workload[] = [onItems, onFullRows, steps, branches, chain, fanOut, travel];
