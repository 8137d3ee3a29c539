import assert from 'node:assert/strict';
import { assertOneEffect, type Workload } from './workload.js';

interface Input {
  readonly table: string;
  readonly line: string;
}

const PARTS = ['a', 'b'];
const LINES = ['begun', 'ended', 'part a', 'part b'];
const RIVAL = 'rival';

/** Asynchronous calls, and synchronous ones in branches that call asynchronously in turn. */
export const fanOut: Workload = {
  name: 'fan-out',
  root: 'fan-out.spread',
  calls: true,
  items: ['notes'],
  input: (table): Input => ({ table, line: '' }),
  rival: { root: 'fan-out.note', input: (table): Input => ({ table, line: RIVAL }) },
  define(flow, outside) {
    const note = flow.function('fan-out.note', async (ctx, { table, line }: Input) => {
      await ctx.update<string[]>({ name: table }, 'notes', (lines) => [...(lines ?? []), line]);
    });
    const part = flow.function('fan-out.part', async (ctx, { table, line }: Input) => {
      const paid = await ctx.step('pay', ({ idempotencyKey }) =>
        outside.effect(`pay ${line}`, idempotencyKey),
      );
      await ctx.asyncInvoke(note, { table, line: `part ${line}` });
      return paid;
    });
    flow.function('fan-out.spread', async (ctx, { table }: Input) => {
      await ctx.asyncInvoke(note, { table, line: 'begun' });
      const paid = await ctx.map(PARTS, (line, branch) => branch.syncInvoke(part, { table, line }));
      const id = await ctx.asyncInvoke(note, { table, line: 'ended' });
      return { paid, noted: id.length };
    });
  },
  async check(outcome, evidence) {
    const { paid, noted } = outcome as { readonly paid: readonly string[]; readonly noted: number };
    assert.equal(noted, 32, 'an id of 32 digits for the last asynchronous call');
    for (const [i, part] of PARTS.entries()) assertOneEffect(evidence, `pay ${part}`, paid[i]);
    const notes = await evidence.item('notes');
    const expected = [...LINES, ...Array<string>(evidence.rivals).fill(RIVAL)].sort();
    assert.deepEqual(Array.isArray(notes) ? [...notes].sort() : notes, expected, 'every call noted once');
  },
};
