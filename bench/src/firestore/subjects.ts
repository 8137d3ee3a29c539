/** What documents are counted of: one operation in a run of its own, and the plain requests that it is set beside. */
import { firestore } from '@flowstate/adapter-firestore/store';
import { type Context, flowstate } from '@flowstate/core';
import type { Firestore } from '@google-cloud/firestore';
import { type Process, textOf, type Work } from '../dynamodb/subjects.js';
import type { Meter } from './meter.js';
import type { Documents } from './prices.js';

/** Starts a process that knows nothing yet. */
export function processOn(db: Firestore, entriesPerRow: number): Process {
  const flow = flowstate({ name: 'bench', store: firestore({ db, entriesPerRow }) });
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

const FIELDS = ['reads', 'writes', 'deletes', 'refused', 'requests', 'writeBytes'] as const;

function each(value: (field: (typeof FIELDS)[number]) => number): Documents {
  return Object.fromEntries(FIELDS.map((field) => [field, value(field)])) as Record<keyof Documents, number>;
}

/** The mean of what is done so often. */
export async function meanOf(
  meter: Meter,
  times: number,
  deed: (turn: number) => Promise<unknown>,
): Promise<Documents> {
  meter.take();
  for (let turn = 0; turn < times; turn++) await deed(turn);
  const taken = meter.take();
  return each((field) => taken[field] / times);
}

/** The mean of several. */
export function mean(all: readonly Documents[]): Documents {
  return each((field) => all.reduce((sum, one) => sum + one[field], 0) / all.length);
}

/** What is left without the cost of something else. */
export function less(documents: Documents, other: Documents): Documents {
  return each((field) => documents[field] - other[field]);
}

/** An update of a value under the version that was read, and a read of it, as one writes them without Flowstate. */
export async function measurePlain(
  meter: Meter,
  bytes: number,
): Promise<{ readonly update: Documents; readonly read: Documents }> {
  const document = meter.db.collection('plain').doc(`plain-${bytes}`);
  let { writeTime } = await document.create({ value: textOf({ bytes, turn: 0 }) });
  const update = await meanOf(meter, 4, async (turn) => {
    const value = textOf({ bytes, turn: turn + 1 });
    ({ writeTime } = await document.update({ value }, { lastUpdateTime: writeTime }));
  });
  const read = await meanOf(meter, 4, () => document.get());
  return { update, read };
}
