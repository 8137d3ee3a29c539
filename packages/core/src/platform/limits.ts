/**
 * Every ceiling, as a share of the store's row. Checked before the request and named in the error, so that no row ever
 * exceeds what its database takes.
 */
import { type ErrorDetails, FlowstateError, StoreError } from '../errors.js';
import type { StoreTraits } from './store.js';

/** One entry of an item's log, token included, when the write is blind. Bytes. */
export const BLIND_ENTRY_BYTES_MAX = 512;
/** Room for keys, counters and names of one row. Bytes. */
const ROW_OVERHEAD_BYTES = 16 * 1024;
/** What a record holds around one value that was read: path, kind, name, time. Bytes. */
const RECORD_OVERHEAD_BYTES = 4 * 1024;
/** A user's key or id, JSON-encoded. Bytes. */
export const USER_KEY_BYTES_MAX = 8 * 1024;
/** A reason, an error's message: longer ones are cut. Characters. */
export const REASON_LENGTH_MAX = 1024;

/** The ceilings of one store, in bytes. */
export interface Limits {
  /** A value, an input. */
  readonly value: number;
  /** A run's outcome. */
  readonly outcome: number;
  /** One entry of an item's log, when the writer has the row in hand. */
  readonly entry: number;
  /** A log above this seals its row. */
  readonly log: number;
  /** One record of a run's log. */
  readonly record: number;
}

/** The ceilings that follow from a store's traits. @throws StoreError STORE_MISCONFIGURED where its rows are too small. */
export function limitsOf(traits: StoreTraits): Limits {
  const { rowBytesMax, entriesPerRow, name } = traits;
  if (!Number.isSafeInteger(entriesPerRow) || entriesPerRow < 1) {
    throw new StoreError(
      'STORE_MISCONFIGURED',
      `store ${name}: entriesPerRow must be a whole number of at least 1`,
    );
  }
  if (entriesPerRow * BLIND_ENTRY_BYTES_MAX + ROW_OVERHEAD_BYTES > rowBytesMax / 8) {
    throw new StoreError(
      'STORE_MISCONFIGURED',
      `store ${name}: ${entriesPerRow} entries per row need rows of ${8 * (entriesPerRow * BLIND_ENTRY_BYTES_MAX + ROW_OVERHEAD_BYTES)} bytes, it has ${rowBytesMax}`,
    );
  }
  // Inside a record a value is quoted once more, which at worst doubles it: half of what one row takes, less what is around it.
  return {
    value: rowBytesMax / 2 - RECORD_OVERHEAD_BYTES,
    outcome: rowBytesMax / 4,
    entry: rowBytesMax / 8,
    log: rowBytesMax / 4,
    record: rowBytesMax / 2,
  };
}

/** The size of a string in UTF-8, in bytes. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** @throws FlowstateError VALUE_TOO_LARGE, naming what, its size and the limit. */
export function checkSize(what: string, text: string, bytesMax: number, details?: ErrorDetails): void {
  // A UTF-16 unit is at most three bytes: most values are known to fit without being measured.
  if (text.length * 3 <= bytesMax) return;
  const bytes = byteLength(text);
  if (bytes > bytesMax)
    throw new FlowstateError(
      'VALUE_TOO_LARGE',
      `${what} has ${bytes} bytes, the limit is ${bytesMax}`,
      details,
    );
}
