import { decode } from '../codec.js';
import { isSealed, itemRow } from '../protocol/item-row.js';
import { readRows } from '../protocol/plain-read.js';
import type { Requests } from '../protocol/requests.js';

/** One row of an item's LinkedDAAL, for people. */
export interface ItemHistoryRow {
  /** 0, 1, 2, …: the greatest holds the current value. */
  readonly number: number;
  readonly value: unknown;
  /** Operations recorded in it. */
  readonly entries: number;
  /** A sealed row is full: its value never changes again, and what comes is in the next row. */
  readonly sealed: boolean;
  /** The operation that wrote it last: `<run key>.<nonce>.<step path>`. */
  readonly revision: string;
}

/** The rows of an item, the first one first. */
export async function itemHistory(requests: Requests, partition: string): Promise<ItemHistoryRow[]> {
  const rows = await readRows(requests, partition);
  return rows.map(itemRow).map((row) => ({
    number: row.i,
    value: row.value === undefined ? undefined : decode(row.value),
    entries: Object.keys(row.log).length,
    sealed: isSealed(row),
    revision: row.rev,
  }));
}
