/** Contents of rows compared strictly, by type and by every character; what differs is told in words. */
import type { Entries, Fields, RowKey, Scalar } from '@flowstate/core/adapter';
import type { Case } from '../bench/bench.js';
import { shown } from '../bench/shown.js';
import { Wrong } from '../bench/wrong.js';

/** Differences that are told of one row. */
const TOLD_MAX = 3;
/** Texts longer than this are shown around the first character that differs. */
const LONG = 80;

type Value = Scalar | Entries | undefined;

/** How a content differs from what it should be, in words; undefined where it does not. No content: no row. */
export function difference(found: Fields | undefined, expected: Fields | undefined): string | undefined {
  if (found === undefined && expected === undefined) return undefined;
  if (found === undefined) return `there is no row; there should be ${shown(expected)}`;
  if (expected === undefined) return `there is a row, ${shown(found)}; there should be none`;
  const all = differences('', found, expected);
  if (all.length === 0) return undefined;
  const more = all.length > TOLD_MAX ? `; and ${all.length - TOLD_MAX} more differences` : '';
  return all.slice(0, TOLD_MAX).join('; ') + more;
}

function differences(within: string, found: Fields, expected: Fields): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((name) => {
    const is = own(found, name);
    const should = own(expected, name);
    if (isMap(is) && isMap(should)) return differences(`${within}${name}.`, is, should);
    return Object.is(is, should) ? [] : [`${within}${name} ${told(is, should)}`];
  });
}

function own(fields: Fields, name: string): Value {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isMap(value: Value): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(is: Value, should: Value): string {
  if (typeof is === 'string' && typeof should === 'string' && Math.max(is.length, should.length) > LONG) {
    let at = 0;
    while (is[at] === should[at]) at++;
    const part = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 10), at + 20));
    return `has ${is.length} characters and should have ${should.length}; from character ${at} on it is …${part(is)}…, and should be …${part(should)}…`;
  }
  if (is === undefined) return `is missing and should be ${valueText(should)}`;
  return should === undefined
    ? `is ${valueText(is)} and should not be there`
    : `is ${valueText(is)} and should be ${valueText(should)}`;
}

function valueText(value: Value): string {
  return typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : shown(value);
}

/** A row's content now, read past the adapter; undefined: no row. @throws Wrong where there are two rows of the key */
export async function contentOf(on: Case, key: RowKey): Promise<Fields | undefined> {
  const rows = (await on.rows(key)).filter(({ key: { sort } }) => sort === key.sort);
  if (rows.length > 1) throw new Wrong(`${addressOf(key)} is there ${rows.length} times`);
  return rows[0]?.fields;
}

/** @throws Wrong unless the row, read past the adapter, is exactly that; undefined: no row */
export async function mustHold(
  on: Case,
  key: RowKey,
  expected: Fields | undefined,
  after: string,
): Promise<void> {
  const differs = difference(await contentOf(on, key), expected);
  if (differs !== undefined) throw new Wrong(`${addressOf(key)} after ${after}: ${differs}`);
}

/** A key on one line. */
export function addressOf({ table, partition, sort }: RowKey): string {
  return `${table}/${partition}/${sort}`;
}
