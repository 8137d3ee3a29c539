/**
 * What a write means, as pure functions: the oracle that every adapter is compared with, and the whole of a store that
 * can only compare versions (`versioned-store.ts`).
 */
import { fieldKind } from './fields.js';
import type { Change, Entries, Fields, Listing, Path, Query, RowKey, Scalar, Test, Write } from './store.js';

const KEY_PART = /^[A-Za-z0-9_.:-]{1,250}$/;
/** No leading `_`: names such as `__proto__` are reserved in one database or driver or another. */
const ENTRY_NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,249}$/;

/** The value at a path, or undefined. An entry of an absent map is missing. */
export function valueAt(fields: Fields, path: Path): Scalar | Entries | undefined {
  if (typeof path === 'string') return Object.hasOwn(fields, path) ? fields[path] : undefined;
  const map = Object.hasOwn(fields, path[0]) ? fields[path[0]] : undefined;
  return typeof map === 'object' && Object.hasOwn(map, path[1]) ? map[path[1]] : undefined;
}

/** Whether one test holds on a row's content. */
export function holds(fields: Fields, test: Test): boolean {
  const value = valueAt(fields, test.path);
  switch (test.test) {
    case 'missing':
      return value === undefined;
    case 'equals':
      return value === test.value;
    case 'below':
      return typeof value === 'number' && value < test.value;
  }
}

/** Whether every test holds. */
export function holdsAll(fields: Fields, tests: readonly Test[]): boolean {
  return tests.every((test) => holds(fields, test));
}

/** Of a row's content, what a query with `paths` gives: those fields and entries, where they are there. */
export function projected(fields: Fields, paths: readonly Path[]): Fields {
  const chosen: Record<string, Scalar | Entries> = {};
  for (const path of paths) {
    const value = valueAt(fields, path);
    if (value === undefined) continue;
    if (typeof path === 'string') chosen[path] = value;
    else if (typeof value !== 'object') {
      const entries = chosen[path[0]];
      chosen[path[0]] = { ...(typeof entries === 'object' ? entries : {}), [path[1]]: value };
    }
  }
  return chosen;
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  const { [name]: _, ...rest } = record;
  return rest;
}

function applyOne(fields: Fields, change: Change): Fields {
  const { path } = change;
  if (typeof path === 'string') {
    if (change.change === 'remove') return without(fields, path);
    return { ...fields, [path]: change.change === 'set' ? change.value : added(fields[path], change.value) };
  }
  const [name, entry] = path;
  const map = fields[name];
  if (typeof map !== 'object')
    throw new TypeError(`change of entry "${entry}": the row has no map "${name}"`);
  if (change.change === 'remove') return { ...fields, [name]: without(map, entry) };
  const value = change.change === 'set' ? change.value : added(valueAt(fields, path), change.value);
  return { ...fields, [name]: { ...map, [entry]: value } };
}

function added(current: Scalar | Entries | undefined, value: number): number {
  if (current !== undefined && typeof current !== 'number')
    throw new TypeError('add to a value that is no number');
  return (current ?? 0) + value;
}

/** The content after all changes. */
export function changed(fields: Fields, changes: readonly Change[]): Fields {
  return changes.reduce(applyOne, fields);
}

/** The content a write leaves where `current` is the row's content now: null = no row; 'refused' = the condition fails. */
export function effectOf(current: Fields | undefined, write: Write): Fields | null | 'refused' {
  if (write.write === 'create') return current === undefined ? write.fields : 'refused';
  if (current === undefined || !holdsAll(current, write.when)) return 'refused';
  return write.write === 'delete' ? null : changed(current, write.changes);
}

/** @throws TypeError where the key is outside the domain. */
export function checkKey({ table, partition, sort }: RowKey): void {
  checkTable(table);
  checkKeyPart(partition);
  checkKeyPart(sort);
}

function checkTable(table: string): void {
  if (table !== 'runs' && table !== 'items') throw new TypeError(`no such table: ${String(table)}`);
}

function checkKeyPart(part: string): void {
  if (typeof part !== 'string' || !KEY_PART.test(part))
    throw new TypeError(`key part outside [A-Za-z0-9_.:-]{1,250}: ${JSON.stringify(part)}`);
}

function checkScalar(what: string, kind: string | undefined, value: Scalar): void {
  if (kind !== undefined && kind !== 'map' && typeof value !== (kind === 'text' ? 'string' : kind)) {
    throw new TypeError(`${what}: ${typeof value} where the field is ${kind}`);
  }
  if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\0'))) {
    throw new TypeError(`${what}: strings must be well-formed, without U+0000`);
  }
  if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
    throw new TypeError(`${what}: numbers must be safe integers, not -0`);
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw new TypeError(`${what}: not a scalar`);
}

/** A queue is a key of an index: a word that every database takes as one. */
function checkQueue(what: string, value: Scalar): void {
  if (typeof value !== 'string' || !KEY_PART.test(value))
    throw new TypeError(`${what}: a queue's name is of [A-Za-z0-9_.:-]{1,250}: ${JSON.stringify(value)}`);
}

function checkPath(write: Write, path: Path): string | undefined {
  const [name, entry] = typeof path === 'string' ? [path, undefined] : path;
  const kind = fieldKind(write.key.table, name);
  if (kind === undefined) throw new TypeError(`no field "${name}" in table ${write.key.table}`);
  if ((kind === 'map') !== (entry !== undefined))
    throw new TypeError(`field "${name}": a map takes an entry, others none`);
  if (entry !== undefined) checkEntry(name, entry);
  return kind;
}

function checkEntry(map: string, entry: string): void {
  if (!ENTRY_NAME.test(entry))
    throw new TypeError(
      `field "${map}": entry's name outside ${ENTRY_NAME.source}: ${JSON.stringify(entry)}`,
    );
}

/** @throws TypeError where a write is outside the domain: to be called before any request. */
export function checkWrite(write: Write): void {
  checkKey(write.key);
  if (write.write === 'create') {
    for (const [name, value] of Object.entries(write.fields)) {
      const kind = fieldKind(write.key.table, name);
      if (kind === undefined) throw new TypeError(`no field "${name}" in table ${write.key.table}`);
      if ((kind === 'map') !== isEntries(value)) throw new TypeError(`field "${name}" is ${kind}`);
      if (name === 'queue') checkQueue(name, value as Scalar);
      if (!isEntries(value)) checkScalar(name, kind, value);
      else {
        for (const [entry, scalar] of Object.entries(value)) {
          checkEntry(name, entry);
          checkScalar(`${name}.${entry}`, 'map', scalar);
        }
      }
    }
    return;
  }
  if (write.when.length === 0) throw new TypeError(`${write.write} without a test`);
  for (const test of write.when) {
    const kind = checkPath(write, test.path);
    if (test.test === 'below' && kind !== 'number' && kind !== 'map')
      throw new TypeError(`below on ${String(test.path)}, which is ${kind}`);
    if (test.test !== 'missing')
      checkScalar(`test of ${String(test.path)}`, test.test === 'below' ? 'number' : kind, test.value);
  }
  if (write.write === 'update') checkChanges(write, write.changes);
}

function isEntries(value: Scalar | Entries): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkChanges(write: Write, changes: readonly Change[]): void {
  const paths = new Set<string>();
  for (const change of changes) {
    const kind = checkPath(write, change.path);
    const path = String(change.path);
    if (paths.has(path)) throw new TypeError(`overlapping changes of ${path}`);
    paths.add(path);
    if (change.change === 'remove') continue;
    if (change.change === 'add' && kind !== 'number' && kind !== 'map')
      throw new TypeError(`add to ${path}, which is ${kind}`);
    checkScalar(path, change.change === 'add' ? 'number' : kind, change.value);
    if (path === 'queue') checkQueue(path, change.value);
  }
}

/** @throws TypeError where a query is outside the domain: to be called before any request. */
export function checkQuery({ table, partition, limit, paths = [] }: Query): void {
  checkTable(table);
  checkKeyPart(partition);
  checkLimit(limit);
  for (const path of paths) {
    const name = typeof path === 'string' ? path : path[0];
    if (fieldKind(table, name) === undefined) throw new TypeError(`no field "${name}" in table ${table}`);
    if (typeof path !== 'string') checkEntry(name, path[1]);
  }
}

/** @throws TypeError where a listing is outside the domain: to be called before any request. */
export function checkListing({ queue, limit }: Listing): void {
  checkQueue('a listing', queue);
  checkLimit(limit);
}

function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new TypeError(`limit must be a whole number of at least 1: ${limit}`);
}
