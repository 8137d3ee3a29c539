/** What is counted: one operation in a run of its own, and the plain requests that it is set beside. */
import { cosmos } from '@flowstate/adapter-cosmos/store';
import { type Context, flowstate } from '@flowstate/core';
import { type Process, textOf, type Work } from '../dynamodb/subjects.js';
import { type Meter, NOTHING, type Requests } from './meter.js';

/** The containers of a database, as the store takes them. */
export type Containers = Parameters<typeof cosmos>[0]['containers'];

/** Starts a process that knows nothing yet. */
export function processOn(containers: Containers, entriesPerRow: number): Process {
  const flow = flowstate({ name: 'bench', store: cosmos({ containers, entriesPerRow }) });
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

const FIELDS = Object.keys(NOTHING) as (keyof Requests)[];

function each(value: (field: keyof Requests) => number): Requests {
  return Object.fromEntries(FIELDS.map((field) => [field, value(field)])) as Record<keyof Requests, number>;
}

/** The mean of what is done so often. */
export async function meanOf(
  meter: Meter,
  times: number,
  deed: (turn: number) => Promise<unknown>,
): Promise<Requests> {
  meter.take();
  for (let turn = 0; turn < times; turn++) await deed(turn);
  const taken = meter.take();
  return each((field) => taken[field] / times);
}

/** What is left without the cost of something else. */
export function less(requests: Requests, other: Requests): Requests {
  return each((field) => requests[field] - other[field]);
}

/** A replacement of a value under its entity tag, and a read of it, as one writes them without Flowstate. */
export async function measurePlain(
  meter: Meter,
  { items }: Containers,
  bytes: number,
): Promise<{ readonly replace: Requests; readonly read: Requests }> {
  const place = { id: `plain-${bytes}`, pk: 'plain' };
  let { etag } = await items.items.create({ ...place, value: textOf({ bytes, turn: 0 }) });
  const document = items.item(place.id, place.pk);
  const replace = await meanOf(meter, 4, async (turn) => {
    const value = textOf({ bytes, turn: turn + 1 });
    const accessCondition = { type: 'IfMatch', condition: etag };
    ({ etag } = await document.replace({ ...place, value }, { accessCondition }));
  });
  const read = await meanOf(meter, 4, () => document.read());
  return { replace, read };
}
