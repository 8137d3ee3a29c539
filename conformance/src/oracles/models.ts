/** What the linearizability oracle compares histories with: a register, a list, a row of the port, a managed item. */

import { isDeepStrictEqual } from 'node:util';
import { effectOf, encode, type Fields, type Outcome, type Row, type Write } from '@flowstate/core/adapter';
import type { Model, Operation, Step } from './linearizability.js';

/** An operation on a register. */
export type RegisterInput =
  | { readonly op: 'read' }
  | { readonly op: 'write'; readonly value: unknown }
  | { readonly op: 'cas'; readonly from: unknown; readonly to: unknown };

/** A register with compare-and-set: read answers the value, write nothing, cas whether it set. */
export function registerModel(initial?: unknown): Model<unknown, RegisterInput, unknown> {
  return {
    initial,
    outcomes(state, input) {
      if (input.op === 'read') return [{ state, output: state }];
      if (input.op === 'write') return [{ state: input.value, output: undefined }];
      const set = isDeepStrictEqual(state, input.from);
      return [{ state: set ? input.to : state, output: set }];
    },
    keyOf: text,
    describe: (input) =>
      input.op === 'read'
        ? 'read'
        : input.op === 'write'
          ? `write ${text(input.value)}`
          : `set ${text(input.to)} if ${text(input.from)}`,
    tell: text,
  };
}

/** An operation on a list. */
export type ListInput = { readonly op: 'read' } | { readonly op: 'append'; readonly element: unknown };

/** A list to which elements are appended: read answers it all, append nothing or, where the client was told, the list. */
export function listModel(initial: readonly unknown[] = []): Model<readonly unknown[], ListInput, unknown> {
  return {
    initial,
    outcomes(state, input) {
      if (input.op === 'read') return [{ state, output: state }];
      const longer = [...state, input.element];
      return [{ state: longer, output: longer }];
    },
    keyOf: text,
    agrees: (told, possible) => told === undefined || isDeepStrictEqual(told, possible),
    describe: (input) => (input.op === 'read' ? 'read' : `append ${text(input.element)}`),
    tell: text,
  };
}

/** A request of the port that is about one row. */
export type RowInput = { readonly op: 'read' } | { readonly op: 'write'; readonly write: Write };

/** What a row's model answers: a read its content (undefined: no row), a write its outcome. */
export type RowOutput =
  | { readonly content: Fields | undefined }
  | { readonly applied: boolean; readonly row?: Fields | null };

/** A row: its content now, and what else a read of a bounded store may show. */
export interface RowState {
  readonly content: Fields | undefined;
  readonly older: readonly (Fields | undefined)[];
}

/**
 * One row of the port, after `semantics.ts`. 'bounded': reads, and refusals of a store that compares versions, may rest on
 * any content that the row ever had before; what is applied is applied to the current one.
 */
export function rowModel(
  reads: 'linearizable' | 'bounded',
  initial?: Fields,
): Model<RowState, RowInput, RowOutput> {
  const shown = ({ content, older }: RowState): readonly (Fields | undefined)[] => [content, ...older];
  const after = (state: RowState, content: Fields | undefined): RowState => ({
    content,
    older: reads === 'bounded' ? distinct(shown(state)) : [],
  });
  return {
    initial: { content: initial, older: [] },
    outcomes(state, input) {
      if (input.op === 'read') return shown(state).map((content) => ({ state, output: { content } }));
      const { write } = input;
      const steps: Step<RowState, RowOutput>[] = [];
      const effect = effectOf(state.content, write);
      if (effect !== 'refused')
        steps.push({ state: after(state, effect ?? undefined), output: { applied: true, row: effect } });
      // A create is refused by what is there; tests are evaluated on what was read.
      for (const content of write.write === 'create' ? [state.content] : shown(state)) {
        if (effectOf(content, write) === 'refused')
          steps.push({ state, output: { applied: false, row: content ?? null } });
      }
      return steps;
    },
    keyOf: ({ content, older }) =>
      [content === undefined ? 'no row' : text(content), ...older.map(text)].join(' before: '),
    agrees(told, possible) {
      // By their texts: a driver's objects may be of any prototype.
      if ('content' in told) return 'content' in possible && text(told.content) === text(possible.content);
      if ('content' in possible || told.applied !== possible.applied) return false;
      // Without a row nothing was claimed.
      return told.row === undefined || text(told.row) === text(possible.row);
    },
    describe: (input) => (input.op === 'read' ? 'read' : describeWrite(input.write)),
    tell(output) {
      if ('content' in output) return output.content === undefined ? 'no row' : text(output.content);
      const row = output.row === undefined ? '' : output.row === null ? ', no row' : `, ${text(output.row)}`;
      return `${output.applied ? 'applied' : 'refused'}${row}`;
    },
  };
}

/** What was asked of one row through the port, and what was answered. */
export type RowExchange = {
  readonly client: string;
  readonly invoked: number;
  readonly returned?: number;
} & (
  | { readonly asked: 'read'; readonly row?: Row | undefined }
  | { readonly asked: Write; readonly outcome?: Outcome }
);

/**
 * The history of a row from what the port was asked. The row of a refused create may have been read after the refusal:
 * that is an operation of its own.
 */
export function rowHistory(exchanges: readonly RowExchange[]): Operation<RowInput, RowOutput>[] {
  return exchanges.flatMap((exchange): Operation<RowInput, RowOutput>[] => {
    const { client, invoked, returned } = exchange;
    const seen = { client, invoked, ...(returned === undefined ? {} : { returned }) };
    if (exchange.asked === 'read')
      return [{ ...seen, input: { op: 'read' }, output: { content: exchange.row?.fields } }];
    const { asked: write, outcome } = exchange;
    const input: RowInput = { op: 'write', write };
    if (outcome === undefined) return [{ ...seen, input }];
    const { applied, row } = outcome;
    if (!applied && write.write === 'create' && row !== undefined)
      return [
        { ...seen, input, output: { applied } },
        { ...seen, input: { op: 'read' }, output: { content: row?.fields } },
      ];
    const left = row === undefined ? {} : { row: row?.fields ?? null };
    return [{ ...seen, input, output: { applied, ...left } }];
  });
}

/** An operation of a context on a managed item. Functions must be pure; `says` is how they are shown. */
export type ItemInput =
  | { readonly op: 'read' }
  /** The value past the adapter: never old. */
  | { readonly op: 'look' }
  | { readonly op: 'write'; readonly value: unknown }
  | { readonly op: 'delete' }
  | {
      readonly op: 'condWrite';
      readonly value: unknown;
      readonly condition: (current: unknown) => boolean;
      readonly says: string;
    }
  | {
      readonly op: 'update';
      readonly next: (current: unknown) => unknown;
      readonly returns?: (next: unknown) => unknown;
      readonly says: string;
    };

/** A managed item: its value (undefined: none), and what else a read of a bounded store may show. */
export interface ItemState {
  readonly value: unknown;
  readonly older: readonly unknown[];
}

/** A managed item. Every effect is linearizable on every store; 'bounded': reads may show any value that it ever had. */
export function itemModel(
  reads: 'linearizable' | 'bounded',
  initial?: unknown,
): Model<ItemState, ItemInput, unknown> {
  const after = ({ value, older }: ItemState, next: unknown): ItemState => ({
    value: next,
    older: reads === 'bounded' ? distinct([value, ...older]) : [],
  });
  return {
    initial: { value: initial, older: [] },
    outcomes(state, input): Step<ItemState, unknown>[] {
      switch (input.op) {
        case 'read':
          return [state.value, ...state.older].map((output) => ({ state, output }));
        case 'look':
          return [{ state, output: state.value }];
        case 'write':
          return [{ state: after(state, input.value), output: undefined }];
        case 'delete':
          return [{ state: after(state, undefined), output: undefined }];
        case 'condWrite': {
          const holds = input.condition(state.value);
          return [{ state: holds ? after(state, input.value) : state, output: holds }];
        }
        case 'update': {
          const next = input.next(state.value);
          return [{ state: after(state, next), output: input.returns?.(next) }];
        }
      }
    },
    keyOf: ({ value, older }) => [value, ...older].map(text).join(' before: '),
    describe(input) {
      if (input.op === 'read' || input.op === 'look' || input.op === 'delete') return input.op;
      if (input.op === 'write') return `write ${text(input.value)}`;
      return input.op === 'update' ? `update ${input.says}` : `condWrite ${text(input.value)} ${input.says}`;
    },
    tell: text,
  };
}

/** Each content once, in one order: which of them came first is of no account to a read that may show any. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [text(value), value])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
}

/** Any value as a short text; equal texts, equal values. */
function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  return isPlain(value) ? JSON.stringify(value, sorted) : encode(value);
}

/** Whether JSON tells it apart from all others. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every(isPlain);
}

/** Fields have no order. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describeWrite(write: Write): string {
  if (write.write === 'create') return `create ${text(write.fields)}`;
  const when = write.when.map((test) =>
    test.test === 'missing' ? `no ${test.path}` : `${test.path} ${test.test} ${text(test.value)}`,
  );
  const changes =
    write.write === 'delete'
      ? ''
      : `: ${write.changes.map((c) => (c.change === 'remove' ? `remove ${c.path}` : `${c.change} ${c.path} ${text(c.value)}`)).join(', ')}`;
  return `${write.write} when ${when.join(', ')}${changes}`;
}
