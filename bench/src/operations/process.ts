/** What is measured of every database: one operation in a run of its own. */
import { type Context, flowstate } from '@flowstate/core';
import type { Store } from '@flowstate/core/adapter';

/** The operations that are measured, each by its name in the context. */
export const OPERATIONS = ['write', 'condWrite', 'update', 'read'] as const;
/** One of {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/** What a run does: its value is made from this in the handler, so that no input carries it. */
export interface Work {
  readonly key: string;
  readonly bytes: number;
  readonly turn: number;
}

/** A process of its own: what it knows of items, it learnt itself. */
export interface Process {
  run(operation: Operation | 'nothing', work: Work): Promise<void>;
}

/** Starts a process that knows nothing yet, on a store of its own. */
export function processOn(store: Store): Process {
  const flow = flowstate({ name: 'bench', store });
  const items = flow.table<string>('items');
  const does = (name: string, deed: (ctx: Context, work: Work) => Promise<unknown>) =>
    flow.function(name, async (ctx: Context, work: Work) => void (await deed(ctx, work)));
  const functions = {
    nothing: does('nothing', async () => undefined),
    write: does('write', (ctx, work) => ctx.write(items, work.key, textOf(work))),
    condWrite: does('condWrite', (ctx, work) => ctx.condWrite(items, work.key, textOf(work), () => true)),
    update: does('update', (ctx, work) => ctx.update(items, work.key, () => textOf(work))),
    read: does('read', (ctx, { key }) => ctx.read(items, key)),
  };
  return { run: (operation, work) => functions[operation].invoke(work) };
}

/** A text of so many bytes, another one each turn. */
export function textOf({ bytes, turn }: Pick<Work, 'bytes' | 'turn'>): string {
  return String(turn).padEnd(bytes, '.');
}
