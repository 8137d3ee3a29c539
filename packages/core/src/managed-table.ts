import { decode } from './codec.js';
import type { Context } from './context.js';
import type { FlowFunction, FunctionHandler, RunOptions } from './function.js';
import { type ItemHistoryRow, itemHistory } from './inspect/item-history.js';
import { readTail } from './protocol/plain-read.js';
import type { Requests } from './protocol/requests.js';
import type { TailHints } from './protocol/tail-hints.js';
import { itemOf, type Table } from './table.js';

/** A table of managed items, readable and writable outside of runs as well. */
export interface ManagedTable<T> extends Table<T> {
  /** The value of an item now, or undefined. */
  get(key: string): Promise<T | undefined>;
  /** Sets an item, exactly once: a run of a built-in function, with an id of its own unless one is given. */
  set(key: string, value: T, options?: RunOptions): Promise<void>;
  /** Removes an item, likewise. */
  delete(key: string, options?: RunOptions): Promise<void>;
  /** The rows of an item's LinkedDAAL, for people. */
  rows(key: string): Promise<readonly ItemHistoryRow[]>;
}

interface Place {
  readonly table: string;
  readonly key: string;
}

const SET = 'flowstate.set';
const DELETE = 'flowstate.delete';

/** The functions behind writes from outside of runs. */
export const TABLE_FUNCTIONS: readonly {
  readonly name: string;
  readonly handler: FunctionHandler<never, unknown>;
}[] = [
  {
    name: SET,
    handler: (ctx: Context, input: Place & { readonly value: unknown }) =>
      ctx.write({ name: input.table }, input.key, input.value),
  },
  { name: DELETE, handler: (ctx: Context, input: Place) => ctx.delete({ name: input.table }, input.key) },
];

/** A table by its name. */
export function managedTable<T>(
  name: string,
  requests: Requests,
  hints: TailHints,
  functionOf: <I, O>(name: string) => FlowFunction<I, O>,
): ManagedTable<T> {
  if (typeof name !== 'string' || name === '') throw new TypeError('a table needs a name');
  return {
    name,
    get: async (key) => {
      const { partition } = itemOf({ name }, key);
      const tail = await readTail(requests, partition, hints.remembered(partition));
      if (tail !== undefined)
        hints.learn(partition, { i: tail.i, life: tail.life, top: false, seen: tail.row });
      // The caller's word for the type: what was written, stored and read back.
      return tail?.value === undefined ? undefined : (decode(tail.value) as T);
    },
    set: async (key, value, options) => {
      if (value === undefined)
        throw new TypeError(`${name}.set("${key}"): the value is undefined; to remove the item use delete`);
      itemOf({ name }, key);
      await functionOf<Place & { value: T }, void>(SET).invoke({ table: name, key, value }, options);
    },
    rows: (key) => itemHistory(requests, itemOf({ name }, key).partition),
    delete: async (key, options) => {
      itemOf({ name }, key);
      await functionOf<Place, void>(DELETE).invoke({ table: name, key }, options);
    },
  };
}
