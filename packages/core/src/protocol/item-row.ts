import { StoreError } from '../errors.js';
import { byteLength } from '../platform/limits.js';
import type { Entries, Fields, Row, Scalar } from '../platform/store.js';
import { itemRowNumber } from './layout.js';

/** The count of a sealed row: above every limit, so that "sealed" never depends on a setting. */
export const SEALED = 1_000_000_000;

/** The revision that begins with this says: at that time the item was this row alone, and empty. */
export const STAMP_PREFIX = 'gone:';

/** The fields that a successor takes over from its sealed row besides the value. */
const CARRIED = [
  'key',
  'life',
  'horizon',
  'lockOwner',
  'lockAge',
  'lockBy',
  'lockHome',
  'lockOuter',
] as const;

/** One row of a managed item, as one atomic read showed it. */
export interface ItemRow {
  /** Its number: 0, 1, 2, … */
  readonly i: number;
  /** The encoded value; absent = never written, or deleted. */
  readonly value: string | undefined;
  /** Token to outcome of the operations recorded here. */
  readonly log: Entries;
  /** Entries in an open row; {@link SEALED} in a sealed one. */
  readonly n: number;
  readonly rev: string;
  /** The token that created row 0 in the empty partition. */
  readonly life: string;
  /** Carried by an overflow to the successor. */
  readonly carried: Fields;
  readonly row: Row;
}

/** Whether a row is final: value, lock, life and count never change again. */
export function isSealed(row: ItemRow): boolean {
  return row.n >= SEALED;
}

/** Entries below which a blind write goes in unseen: whoever takes the last slot has the row in hand. */
export function softLimit(entriesPerRow: number): number {
  return entriesPerRow - 1;
}

/** The count of a row that now holds `entries`: sealed when full, or when its log passes its share of the row. */
export function sealedCount(
  entries: number,
  entriesPerRow: number,
  log: Entries,
  logBytesMax: number,
): number {
  return entries >= entriesPerRow || logBytes(log) > logBytesMax ? SEALED : entries;
}

function logBytes(log: Entries): number {
  return Object.entries(log).reduce((sum, [token, outcome]) => sum + entryBytes(token, outcome), 0);
}

/** The size of one log entry in bytes. */
export function entryBytes(token: string, outcome: Scalar): number {
  return token.length + (typeof outcome === 'string' ? byteLength(outcome) : 8);
}

/** Reads a row's fields. @throws StoreError STORE_CORRUPT where it is not an item's row. */
export function itemRow(row: Row): ItemRow {
  const { value, log, n, rev, life } = row.fields;
  if (
    typeof log !== 'object' ||
    typeof n !== 'number' ||
    typeof rev !== 'string' ||
    typeof life !== 'string'
  ) {
    throw new StoreError(
      'STORE_CORRUPT',
      `row ${row.key.partition} ${row.key.sort} is not a row of a managed item`,
    );
  }
  const carried = Object.fromEntries(
    CARRIED.filter((name) => row.fields[name] !== undefined).map((name) => [name, row.fields[name]!]),
  );
  return {
    i: itemRowNumber(row.key),
    value: typeof value === 'string' ? value : undefined,
    log,
    n,
    rev,
    life,
    carried,
    row,
  };
}
