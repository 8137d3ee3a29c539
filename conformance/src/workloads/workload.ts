/** What a workload is: a small program, and what must be true once it is over, whatever happened meanwhile. */
import assert from 'node:assert/strict';
import type { Context } from '@flowstate/core';
import type { Flow } from '@flowstate/core/adapter';

/** The world outside of Flowstate, as bodies of steps and queries reach it: it never answers the same twice. */
export interface Outside {
  /** Does something under an idempotency key, however often it is asked; answers another receipt each time. */
  effect(what: string, key: string): string | Promise<string>;
  /** Another number each time. */
  look(): number | Promise<number>;
}

/** One effect that was asked for. */
export interface Effect {
  readonly what: string;
  /** Its idempotency key. */
  readonly key: string;
  /** The receipt given for it. */
  readonly receipt: string;
}

/** What there is to judge a workload by, once nothing is due any more. */
export interface Evidence {
  /** The value of an item as its rows hold it now, past the adapter; undefined: it has none. */
  item(key: string): Promise<unknown>;
  /** Every effect asked for, in order. */
  readonly effects: readonly Effect[];
  /** How many rival runs went over the same items. */
  readonly rivals: number;
  /** Whether reads may be old: a plain read then need not show what was written last, not even by the reader. */
  readonly old: boolean;
}

/** One program. Its names are its own: all workloads can be defined in one flow. */
export interface Workload {
  /** Letters, digits and hyphens: part of the names of cases. */
  readonly name: string;
  /** The function that begins it. */
  readonly root: string;
  /** Log entries in a row: few where rows are to overflow. 8 unless given. */
  readonly entriesPerRow?: number;
  /** Whether functions call each other, so that it matters where they are. */
  readonly calls?: boolean;
  /** Keys of its items: letters, digits, `.` and `-`. */
  readonly items: readonly string[];
  /** The root's input: the items are in a table of that name. */
  input(table: string): unknown;
  /** A function that others run on the same items, and its input. */
  readonly rival: { readonly root: string; input(table: string): unknown };
  define(flow: Flow, outside: Outside): void;
  /** Throws unless the outcome of the root and all that it left are what one faultless run may leave. */
  check(outcome: unknown, evidence: Evidence): Promise<void>;
}

/** Adds one to an item and answers the number that it made. */
export function bump(ctx: Context, table: string, key: string): Promise<number> {
  return ctx.update<number, number>({ name: table }, key, (count) => (count ?? 0) + 1, {
    returns: (count) => count,
  });
}

/** The items by their keys, as their rows hold them now. */
export function itemsOf(evidence: Evidence, ...keys: string[]): Promise<unknown[]> {
  return Promise.all(keys.map((key) => evidence.item(key)));
}

/** The effects of one kind have one key, however often they were tried, and the recorded receipt is one of theirs. */
export function assertOneEffect({ effects }: Evidence, what: string, receipt: unknown): void {
  const asked = effects.filter((effect) => effect.what === what);
  const keys = new Set(asked.map(({ key }) => key));
  assert.equal(keys.size, 1, `the effect "${what}" was asked for under ${keys.size} idempotency keys`);
  const receipts = asked.map((effect) => effect.receipt);
  assert.ok(
    receipts.some((given) => given === receipt),
    `the effect "${what}" answered ${JSON.stringify(receipts)}, the run recorded ${JSON.stringify(receipt)}`,
  );
}
