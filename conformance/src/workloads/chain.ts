import assert from 'node:assert/strict';
import { assertOneEffect, bump, itemsOf, type Workload } from './workload.js';

const ITEMS = ['front', 'middle', 'back', 'refused'];

interface Input {
  readonly table: string;
  readonly order: number;
}

/** A chain of calls: each link does something of its own, the last pays, and one callee refuses. */
export const chain: Workload = {
  name: 'chain',
  root: 'chain.front',
  calls: true,
  items: ITEMS,
  input: (table): Input => ({ table, order: 7 }),
  rival: { root: 'chain.rival', input: (table): Input => ({ table, order: 0 }) },
  define(flow, outside) {
    const back = flow.function('chain.back', async (ctx, { table, order }: Input) => {
      const paid = await ctx.step('pay', ({ idempotencyKey }) => outside.effect('pay', idempotencyKey));
      await bump(ctx, table, 'back');
      return `${order} ${paid}`;
    });
    const refuse = flow.function('chain.refuse', async (ctx, { table }: Input) => {
      await bump(ctx, table, 'refused');
      throw new RangeError('sold out');
    });
    const middle = flow.function('chain.middle', async (ctx, input: Input) => {
      await bump(ctx, input.table, 'middle');
      return ctx.syncInvoke(back, input);
    });
    flow.function('chain.front', async (ctx, input: Input) => {
      const answer = await ctx.syncInvoke(middle, input);
      const refused = await ctx.syncInvoke(refuse, input).catch((error: unknown) => String(error));
      await bump(ctx, input.table, 'front');
      return { answer, refused };
    });
    flow.function('chain.rival', async (ctx, { table }: Input) => {
      for (const key of ITEMS) await bump(ctx, table, key);
    });
  },
  async check(outcome, evidence) {
    const counts = await itemsOf(evidence, ...ITEMS);
    assert.deepEqual(
      counts,
      ITEMS.map(() => 1 + evidence.rivals),
      `every link counted once, and every rival: ${ITEMS.join(', ')}`,
    );
    const { answer, refused } = outcome as { readonly answer: string; readonly refused: string };
    assert.equal(refused, 'RangeError: sold out');
    assertOneEffect(evidence, 'pay', answer.slice('7 '.length));
  },
};
