/** What real runs leave in a store, for tests to spoil. */
import { flowstate } from '@flowstate/core';
import { encode, type Fields, type Row } from '@flowstate/core/adapter';
import { memoryPlatform, memoryStore } from '@flowstate/core/testing';

const TABLE = { name: 't' } as const;

/** The log entries in one item row of {@link evidence}. */
export const ENTRIES_PER_ROW = 3;

/** The rows of a run that does everything, of its callees, and of one that was begun and not finished. */
export async function evidence(): Promise<Row[]> {
  const store = memoryStore({ entriesPerRow: ENTRIES_PER_ROW });
  const platform = memoryPlatform({ store });
  const flow = flowstate({ name: 'evidence', store: platform.store, platform, invoker: platform.invoker });
  platform.receiveWith((message) => flow.receive(message));
  const callee = flow.function('callee', async (ctx, n: number) => {
    await ctx.write(TABLE, `callee-${n}`, n);
    return n + 1;
  });
  flow.function('main', async (ctx) => {
    const before = await ctx.read<number>(TABLE, 'count');
    for (let i = 0; i < 4; i++)
      await ctx.update<number, number>(TABLE, 'count', (n) => (n ?? 0) + 1, { returns: (n) => n });
    const won = await ctx.condWrite<string>(TABLE, 'owner', 'main', (owner) => owner === undefined);
    await ctx.step('charge', () => 'receipt');
    await ctx.write(TABLE, 'gone', 1);
    await ctx.delete(TABLE, 'gone');
    const called = await ctx.syncInvoke(callee, 1);
    await ctx.asyncInvoke(callee, 2);
    const failed = await ctx
      .update(TABLE, 'owner', () => {
        throw new RangeError('no');
      })
      .catch((error: Error) => error.name);
    return { before, won, called, failed };
  });
  const reply = await flow.receive({ kind: 'call', function: 'main', id: 'one', input: encode(null) });
  if (reply.reply !== 'result') throw new Error(`the run was answered ${JSON.stringify(reply)}`);
  await platform.deliverAll();
  return store.rows();
}

/** The rows with one of them changed: what `change` makes of its fields, or nothing where it answers undefined. */
export function spoilt(
  rows: readonly Row[],
  which: (row: Row) => boolean,
  change: (fields: Fields) => Fields | undefined,
): Row[] {
  const at = rows.findIndex(which);
  if (at === -1) throw new Error('no row to spoil');
  const fields = change(rows[at]!.fields);
  const row = fields === undefined ? [] : [{ ...rows[at]!, fields }];
  return [...rows.slice(0, at), ...row, ...rows.slice(at + 1)];
}

/** Fields without one of them. */
export function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
}
