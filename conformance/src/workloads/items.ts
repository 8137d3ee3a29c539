import assert from 'node:assert/strict';
import { bump, itemsOf, type Workload } from './workload.js';

interface Input {
  readonly table: string;
  readonly by: string;
}

interface Told {
  readonly before: unknown;
  readonly seen: number;
  readonly first: boolean;
  readonly second: boolean;
  readonly counts: readonly number[];
  readonly gone: unknown;
  readonly failed: string;
}

/** Every operation on items: read, write, condWrite, update and delete. */
export const items: Workload = {
  name: 'items',
  root: 'items.all',
  items: ['count', 'plain', 'claim', 'copy'],
  input: (table): Input => ({ table, by: 'me' }),
  rival: { root: 'items.rival', input: (table): Input => ({ table, by: 'a rival' }) },
  define(flow, outside) {
    flow.function('items.all', async (ctx, { table, by }: Input): Promise<Told> => {
      const t = { name: table };
      const before = await ctx.read<number>(t, 'count');
      const seen = await ctx.query('look', () => outside.look());
      await ctx.write(t, 'plain', { by, seen });
      const first = await ctx.condWrite<string>(t, 'claim', `${by} ${seen}`, (owner) => owner === undefined);
      const second = await ctx.condWrite<string>(t, 'claim', 'another', (owner) => owner === undefined);
      const counts = [await bump(ctx, table, 'count'), await bump(ctx, table, 'count')];
      counts.push(await bump(ctx, table, 'count'));
      await ctx.delete(t, 'plain');
      const gone = await ctx.read(t, 'plain');
      for (const word of ['first', 'second', 'third']) await ctx.write(t, 'plain', word);
      const failed = await ctx
        .update(t, 'count', () => {
          throw new RangeError('no');
        })
        .then(
          () => 'no error',
          (error: unknown) => (error instanceof RangeError ? error.message : 'another error'),
        );
      await ctx.write(t, 'copy', seen);
      return { before, seen, first, second, counts, gone, failed };
    });
    flow.function('items.rival', async (ctx, { table, by }: Input) => {
      await bump(ctx, table, 'count');
      await ctx.condWrite({ name: table }, 'claim', by, () => false);
      await bump(ctx, table, 'count');
    });
  },
  async check(outcome, evidence) {
    const [count, plain, claim, copy] = await itemsOf(evidence, 'count', 'plain', 'claim', 'copy');
    const { before, seen, counts, gone, ...rest } = outcome as Told;
    assert.deepEqual(rest, { first: true, second: false, failed: 'no' });
    if (!evidence.old) assert.equal(gone, undefined, 'read after it was deleted');
    assert.deepEqual([plain, claim, copy], ['third', `me ${seen}`, seen]);
    assert.equal(count, 3 + 2 * evidence.rivals, 'three additions, and two of every rival');
    if (evidence.rivals === 0) assert.deepEqual([before, counts], [undefined, [1, 2, 3]]);
  },
};

/** The same where almost every operation fills a row and makes the next one. */
export const itemsInFullRows: Workload = { ...items, name: 'items-in-full-rows', entriesPerRow: 2 };
