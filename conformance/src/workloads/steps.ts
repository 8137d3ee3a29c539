import assert from 'node:assert/strict';
import { assertOneEffect, bump, itemsOf, type Workload } from './workload.js';

interface Input {
  readonly table: string;
}

interface Told {
  readonly begun: number;
  readonly look: number;
  readonly paid: string;
  readonly mailed: string;
  readonly tried: string;
}

/** What is not an item: a step, one that may not be begun twice, one that fails, a query, and the derived values. */
export const steps: Workload = {
  name: 'steps',
  root: 'steps.all',
  items: ['record', 'tally'],
  input: (table): Input => ({ table }),
  rival: { root: 'steps.rival', input: (table): Input => ({ table }) },
  define(flow, outside) {
    flow.function('steps.all', async (ctx, { table }: Input) => {
      const begun = ctx.now();
      const look = await ctx.query('look', () => outside.look());
      const paid = await ctx.step('pay', ({ idempotencyKey }) => outside.effect('pay', idempotencyKey));
      const mailed = await ctx
        .step('mail', ({ idempotencyKey }) => outside.effect('mail', idempotencyKey), {
          onInterrupted: 'throw',
        })
        .catch((error: Error) => error.name);
      const tried = await ctx
        .step(
          'fail',
          async ({ idempotencyKey, attempt }) => {
            await outside.effect(`fail ${attempt}`, idempotencyKey);
            throw new Error(`attempt ${attempt}`);
          },
          { retry: { attempts: 2, delay: 10 } },
        )
        .catch((error: Error) => error.message);
      await ctx.write({ name: table }, 'record', { begun, look, paid, mailed });
      await bump(ctx, table, 'tally');
      return { begun, look, paid, mailed, tried, uuid: ctx.uuid(), random: ctx.random() };
    });
    flow.function('steps.rival', (ctx, { table }: Input) => bump(ctx, table, 'tally'));
  },
  async check(outcome, evidence) {
    const { begun, look, paid, mailed, tried } = outcome as Told;
    const [record, tally] = await itemsOf(evidence, 'record', 'tally');
    assert.deepEqual(record, { begun, look, paid, mailed }, 'what was recorded is what was answered');
    assert.equal(tally, 1 + evidence.rivals, 'one addition, and one of every rival');
    assertOneEffect(evidence, 'pay', paid);
    const mails = evidence.effects.filter(({ what }) => what === 'mail');
    assert.ok(mails.length <= 1, `a step that may not be begun twice was begun ${mails.length} times`);
    // Told as interrupted only where it may or may not have happened.
    if (mailed !== 'StepInterrupted')
      assert.deepEqual(
        mails.map(({ receipt }) => receipt),
        [mailed],
      );
    assert.equal(tried, 'attempt 2');
  },
};
