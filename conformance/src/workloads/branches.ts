import assert from 'node:assert/strict';
import { assertOneEffect, bump, itemsOf, type Workload } from './workload.js';

interface Input {
  readonly table: string;
  readonly numbers: readonly number[];
}

interface Told {
  readonly pair: readonly [readonly [number, number], string];
  readonly squares: readonly number[];
  readonly shared: number;
}

/** Branches that do things at the same time, to items of their own and to one that they share: `all` and `map`. */
export const branches: Workload = {
  name: 'branches',
  root: 'branches.all',
  entriesPerRow: 3,
  items: ['left', 'shared', 'square-1', 'square-2', 'square-3'],
  input: (table): Input => ({ table, numbers: [1, 2, 3] }),
  rival: { root: 'branches.rival', input: (table): Input => ({ table, numbers: [] }) },
  define(flow, outside) {
    flow.function('branches.all', async (ctx, { table, numbers }: Input) => {
      const pair = await ctx.all([
        async (left) => {
          const look = await left.query('look', () => outside.look());
          await left.write({ name: table }, 'left', look);
          return [look, await bump(left, table, 'shared')];
        },
        async (right) => {
          const paid = await right.step('pay', ({ idempotencyKey }) => outside.effect('pay', idempotencyKey));
          await bump(right, table, 'shared');
          return paid;
        },
      ]);
      const squares = await ctx.map(
        [...numbers],
        async (n, branch) => {
          await bump(branch, table, `square-${n}`);
          return n * n;
        },
        { concurrency: 2 },
      );
      return { pair, squares, shared: await bump(ctx, table, 'shared') };
    });
    flow.function('branches.rival', (ctx, { table }: Input) => bump(ctx, table, 'shared'));
  },
  async check(outcome, evidence) {
    const { pair, squares, shared } = outcome as Told;
    const found = await itemsOf(evidence, ...branches.items);
    const all = 3 + evidence.rivals;
    assert.deepEqual(found, [pair[0][0], all, 1, 1, 1], `the items ${branches.items.join(', ')}`);
    assert.deepEqual(squares, [1, 4, 9]);
    if (evidence.rivals === 0) assert.equal(shared, 3, 'the last of three additions');
    assert.ok(pair[0][1] >= 1 && pair[0][1] < all, `one of the first additions: ${pair[0][1]}`);
    assertOneEffect(evidence, 'pay', pair[1]);
  },
};
