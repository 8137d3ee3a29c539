import assert from 'node:assert/strict';
import { bump, type Workload } from './workload.js';

/** How often one run adds one. */
export const TIMES = 5;

interface Input {
  readonly table: string;
  readonly times: number;
}

/** Runs that add one to a single hot item, in rows that are soon full. */
export const counter: Workload = {
  name: 'counter',
  root: 'counter.add',
  entriesPerRow: 2,
  items: ['hot'],
  input: (table): Input => ({ table, times: TIMES }),
  rival: { root: 'counter.add', input: (table): Input => ({ table, times: TIMES }) },
  define(flow) {
    flow.function('counter.add', async (ctx, { table, times }: Input) => {
      const counts: number[] = [];
      for (let i = 0; i < times; i++) counts.push(await bump(ctx, table, 'hot'));
      return counts;
    });
  },
  async check(outcome, evidence) {
    const total = TIMES * (1 + evidence.rivals);
    assert.equal(await evidence.item('hot'), total, `${total} additions, each recorded once`);
    assert.ok(Array.isArray(outcome) && outcome.length === TIMES, `${TIMES} counts: ${String(outcome)}`);
    const counts: unknown[] = outcome;
    if (evidence.rivals === 0)
      assert.deepEqual(
        counts,
        Array.from({ length: TIMES }, (_, i) => i + 1),
      );
    else
      assert.deepEqual(
        counts,
        [...new Set(counts)].sort((a, b) => Number(a) - Number(b)),
        'every count was given once',
      );
  },
};
