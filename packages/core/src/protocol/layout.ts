/**
 * The only file that spells keys and tokens. Every user part is escaped so that `:` only separates parts and `_` only
 * begins an escape: no database's ordering, collation, length or forbidden characters matter to anyone else.
 */
import { FlowstateError } from '../errors.js';
import { hash } from '../platform/hash.js';
import { checkSize, USER_KEY_BYTES_MAX } from '../platform/limits.js';
import type { RowKey } from '../platform/store.js';

const PART_LENGTH_MAX = 100;
const PATH_LENGTH_MAX = 60;
const encoder = new TextEncoder();

/** A user's text as one part of a key: letters, digits, `.` and `-` stay, each other byte is `_` and two hex digits. */
export function escapePart(text: string): string {
  const escaped = text.replace(/[^A-Za-z0-9.-]/gu, (char) =>
    Array.from(encoder.encode(char), (byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return escaped.length <= PART_LENGTH_MAX ? escaped : `_h${hash(text)}`;
}

/** A user's key or id as stored in clear, JSON-encoded. @throws TypeError, or VALUE_TOO_LARGE above 8 KiB. */
export function clearKey(what: string, text: string): string {
  if (typeof text !== 'string') throw new TypeError(`${what} must be a string, not ${typeof text}`);
  if (!text.isWellFormed())
    throw new TypeError(`${what} must be a well-formed string: it holds half a surrogate pair`);
  const encoded = JSON.stringify(text);
  checkSize(what, encoded, USER_KEY_BYTES_MAX);
  return encoded;
}

/** The fixed-length name of a run: a hash of its function and id. */
export function runKey(functionName: string, id: string): string {
  return hash(functionName, id);
}

/** The partition of a run. */
export function runPartition(run: string): string {
  return `run:${run}`;
}

/** The row of a run's intent. */
export function intentKey(run: string): RowKey {
  return { table: 'runs', partition: runPartition(run), sort: 'intent' };
}

const LOG_PREFIX = 'log:';

/** The row of one record of a run's numbered log. */
export function recordKey(run: string, n: number): RowKey {
  return { table: 'runs', partition: runPartition(run), sort: `${LOG_PREFIX}${padded(n)}` };
}

/** The number of a log record's row, or undefined where the row is of another kind. */
export function recordNumber(sort: string): number | undefined {
  return sort.startsWith(LOG_PREFIX) ? Number(sort.slice(LOG_PREFIX.length)) : undefined;
}

/** The run that a row of table `runs` belongs to. */
export function runOfKey(key: RowKey): string {
  if (!key.partition.startsWith('run:'))
    throw new FlowstateError('STORE_CORRUPT', `not a run's row: ${key.partition}`);
  return key.partition.slice('run:'.length);
}

/** The partition of a managed item. */
export function itemPartition(table: string, key: string): string {
  return `item:${escapePart(table)}:${escapePart(key)}`;
}

/** One row of a managed item. */
export function itemRowKey(partition: string, i: number): RowKey {
  return { table: 'items', partition, sort: padded(i) };
}

/** The number of an item's row. */
export function itemRowNumber(key: RowKey): number {
  return Number(key.sort);
}

function padded(n: number): string {
  if (n > 99_999_999)
    throw new FlowstateError('STORE_LIMIT_EXCEEDED', `row number ${n} has more than eight digits`);
  return String(n).padStart(8, '0');
}

/** The name of one step of one incarnation of a run: an entry of an item's log, or a callee's id. */
export function token(run: string, nonce: string, path: string): string {
  return `${run}.${nonce}.${path.length <= PATH_LENGTH_MAX ? path : hash(path)}`;
}

/** The id, and nonce, of the run that a step calls. */
export function calleeId(run: string, nonce: string, path: string): string {
  return hash(run, nonce, path);
}
