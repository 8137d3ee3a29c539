/** Few connections, many clients, two versions of the code: whatever shares the database. */
import { type Context, type Flow, type FlowFunction, flowstate } from '@flowstate/core';
import { expect, onTestFinished, test, vi } from 'vitest';
import { postgres } from '../../src/index.js';
import { database, poolOf, store, useDatabase } from '../database.js';
import { dying } from './dying-store.js';
import { doubledTokens, unfinishedRuns } from './evidence.js';

useDatabase();

const T = { name: 'things' };
const plusOne = (count: number | undefined): number => (count ?? 0) + 1;
const bump = (ctx: Context, key: string): Promise<number> =>
  ctx.update<number, number>(T, key, plusOne, { returns: (count) => count });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

async function expectOver(): Promise<void> {
  expect(await unfinishedRuns(database().pool)).toEqual([]);
  expect(await doubledTokens(database().pool)).toEqual([]);
}

test('a pool of one connection carries calls in branches, and many runs at once', async () => {
  const pool = poolOf(database().url, 1);
  onTestFinished(() => pool.end());
  const flow = flowstate({ name: 'one', store: postgres({ pool }) });
  const leaf = flow.function('one.leaf', (ctx, key: string) => bump(ctx, key));
  const tree = flow.function('one.tree', async (ctx, n: number) => {
    const leaves = await ctx.map([0, 1, 2], (i, branch) => branch.syncInvoke(leaf, `leaf ${i}`));
    // A body that asks the same pool: no connection is held across user code.
    const { rows } = await ctx.step('ask', () =>
      pool.query<{ n: number }>('SELECT $1::int AS n', [n]).then(({ rows }) => ({ rows })),
    );
    return { n: rows[0]?.n, leaves: leaves.length };
  });
  const answers = await Promise.all(upTo(12).map((n) => tree.invoke(n)));
  expect(answers).toEqual(upTo(12).map((n) => ({ n, leaves: 3 })));
  const things = flow.table<number>(T.name);
  expect(await Promise.all([0, 1, 2].map((i) => things.get(`leaf ${i}`)))).toEqual([12, 12, 12]);
  await expectOver();
});

test('32 clients of two processes at one hot item: each update counts once', async () => {
  const [clients, each] = [32, 6];
  const flows = [1, 2].map(() =>
    flowstate({ name: 'hot', store: store({ entriesPerRow: 8 }), lease: '60s' }),
  );
  const adders = flows.map((flow) => flow.function('hot.add', (ctx, _: null) => bump(ctx, 'hot')));
  const answers = await Promise.all(
    upTo(clients).map(async (client) => {
      const mine: number[] = [];
      for (let i = 0; i < each; i++) mine.push(await adders[client % 2]!.invoke(null));
      // What one client sees only grows.
      expect(mine).toEqual(sorted(mine));
      return mine;
    }),
  );
  expect(sorted(answers.flat())).toEqual(upTo(clients * each));
  for (const flow of flows) expect(await flow.table<number>(T.name).get('hot')).toBe(clients * each);
  await expectOver();
});

const LEASE_MS = 100;

type Version = (flow: Flow) => FlowFunction<string, string>;

/** One version of the code in a process of its own. */
interface Deployed {
  readonly flow: Flow;
  readonly ship: FlowFunction<string, string>;
}

function deployed(version: Version, on = store(), lease = LEASE_MS): Deployed {
  const flow = flowstate({ name: 'versions', lease, store: on });
  return { flow, ship: version(flow) };
}

const charged: string[] = [];
const charge = (ctx: Context, run: string): Promise<number> => ctx.step('charge', () => charged.push(run));
const chargesOf = (run: string): number => charged.filter((each) => each === run).length;

/** Charges, then ships. */
const version1: Version = (flow) =>
  flow.function('ship', async (ctx, run: string) => {
    await charge(ctx, run);
    await ctx.write(T, `shipped ${run}`, 1);
    return 'by version 1';
  });

/** Looks first, where version 1 charged. */
const version2: Version = (flow) =>
  flow.function('ship', async (ctx, run: string) => {
    const stock = await ctx.read<number>(T, 'stock');
    await charge(ctx, run);
    await ctx.write(T, `shipped ${run}`, stock ?? 2);
    return 'by version 2';
  });

/** Does more, once all that version 1 did is done. */
const version3: Version = (flow) =>
  flow.function('ship', async (ctx, run: string) => {
    await charge(ctx, run);
    await ctx.write(T, `shipped ${run}`, 1);
    await ctx.write(T, `told ${run}`, true);
    return 'by version 3';
  });

/** Ships nothing, and charges nothing. */
const version4: Version = (flow) => flow.function('ship', () => 'by version 4');

/** The intent and the record of the step: the effect after it is not sent any more. */
const WRITES_UNTIL_CHARGED = 2;

/** Leaves a run of version 1 that has charged, and whose process is dead. */
async function chargedByVersion1(run: string): Promise<void> {
  const { store: dies, died } = dying(store(), WRITES_UNTIL_CHARGED);
  const dead = deployed(version1, dies).ship.invoke(run, { id: run });
  expect(await Promise.race([died, dead])).toBeUndefined();
  expect(chargesOf(run)).toBe(1);
}

async function collectUntil({ flow, ship }: Deployed, run: string, state: string): Promise<void> {
  const look = async (): Promise<void> => {
    await flow.collect();
    expect((await ship.run(run).status())?.state).toBe(state);
  };
  await vi.waitFor(look, { timeout: 20_000, interval: 50 });
}

test.each([
  ['takes another path', version2, /step 0: recorded step "charge", attempted read "things stock"/],
  ['leaves out what was done', version4, /ended without step 0: recorded step "charge"/],
] as const)(
  'code that %s pauses a run, which the code it began with finishes',
  async (what, changed, reason) => {
    await chargedByVersion1(what);
    const newer = deployed(changed);
    await collectUntil(newer, what, 'paused');
    expect((await newer.ship.run(what).status())?.reason).toMatch(reason);
    await expect(newer.ship.run(what).result()).rejects.toMatchObject({ code: 'RUN_PAUSED' });
    expect(await newer.flow.table(T.name).get(`shipped ${what}`)).toBeUndefined();
    // Resumed by the same code, it is paused again.
    expect(await newer.ship.run(what).resume()).toBe(true);
    await collectUntil(newer, what, 'paused');

    const older = deployed(version1);
    expect(await older.ship.run(what).resume()).toBe(true);
    expect(await older.ship.run(what).result({ timeout: '20s' })).toBe('by version 1');
    expect(await newer.ship.invoke(what, { id: what })).toBe('by version 1');
    expect(chargesOf(what)).toBe(1);
    expect(await newer.flow.table(T.name).get(`shipped ${what}`)).toBe(1);
    await expectOver();
  },
);

test('code that only adds to what was done goes on with a run that older code began', async () => {
  await chargedByVersion1('added');
  const newer = deployed(version3);
  await collectUntil(newer, 'added', 'done');
  expect(await newer.ship.run('added').result()).toBe('by version 3');
  expect(chargesOf('added')).toBe(1);
  const things = newer.flow.table(T.name);
  expect([await things.get('shipped added'), await things.get('told added')]).toEqual([1, true]);
  await expectOver();
});

test("both versions at once: each run is one version's from beginning to end", async () => {
  const versions = [deployed(version1, store(), 60_000), deployed(version3, store(), 60_000)];
  const things = versions[0]!.flow.table(T.name);
  const check = async (run: string): Promise<void> => {
    const [first, second] = await Promise.all(versions.map(({ ship }) => ship.invoke(run, { id: run })));
    expect(first, run).toBe(second);
    expect(chargesOf(run), run).toBe(1);
    expect(await things.get(`told ${run}`), run).toBe(first === 'by version 3' ? true : undefined);
  };
  await Promise.all(upTo(20).map((n) => check(`mixed ${n}`)));
  await expectOver();
});
