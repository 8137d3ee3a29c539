/** Stores that keep another value than was written, or take what is outside of the domain. */
import {
  type Change,
  checkWrite,
  FIELDS,
  type Fields,
  fieldKind,
  type Path,
  type Row,
  type Write,
} from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { eachNumber, eachScalar, eachText, gives, stores, storing, updates, writes } from './decorations.js';
import { broken } from './subjects.js';

/** What a column of 16 bits of length takes, in characters. */
const COLUMN_LENGTH = 65_535;
const INTEGER_MAX = 2 ** 31 - 1;

/** Whether the check of the port takes the write. */
function isTaken(write: Write): boolean {
  try {
    checkWrite(write);
    return true;
  } catch {
    return false;
  }
}

/** Of a write that is outside of the domain, what is inside. */
function takenPart(write: Write): Write {
  if (write.write === 'create') {
    const parts = Object.entries(write.fields).filter(([name, value]) =>
      isTaken({ ...write, fields: { [name]: value } }),
    );
    return { ...write, fields: Object.fromEntries(parts) };
  }
  if (write.write === 'delete') return write;
  return { ...write, changes: write.changes.filter((change) => isTaken({ ...write, changes: [change] })) };
}

/** A whole number that is safe, near the one given. */
function nearestSafe(value: number): number {
  const whole = Number.isFinite(value) ? Math.round(value) : 0;
  return Math.min(Math.max(whole, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER) + 0;
}

/** The fields without those that the closed list does not have. */
function knownFields(write: Write, fields: Fields): Fields {
  const known = Object.entries(fields).filter(([name]) => fieldKind(write.key.table, name) !== undefined);
  return Object.fromEntries(known);
}

/** Of several changes of one path the last. */
function lastOfEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [String(change.path), change])).values()];
}

/** The row with 1 and 0 where its booleans were. */
function withNumbers(row: Row): Row {
  return { ...row, fields: eachScalar(row.fields, (value) => (typeof value === 'boolean' ? +value : value)) };
}

/** A map that stands empty is left out. */
function withoutEmptyMaps(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(
    ([, value]) => typeof value !== 'object' || Object.keys(value).length > 0,
  );
  return Object.fromEntries(kept);
}

/** The maps of a table, as paths. */
function mapsOf({ key }: Write): Path[] {
  return FIELDS.filter(({ table, kind }) => table === key.table && kind === 'map').map(({ name }) => name);
}

/** Values that come back changed. */
const CHANGED: readonly Mutant[] = [
  broken(
    {
      id: 'truncated',
      what: 'a text longer than its column is cut, without an error',
      source: 'usual sin: truncated value',
      laws: ['store/values', 'store/limits'],
    },
    stores(eachText((text) => text.slice(0, COLUMN_LENGTH))),
  ),
  broken(
    {
      id: 'trimmed',
      what: 'blanks at the end of a text are dropped, as by a column of fixed length',
      source: 'usual sin',
      laws: ['store/values', 'store/many-at-once'],
    },
    stores(eachText((text) => text.replace(/ +$/, ''))),
  ),
  broken(
    {
      id: 'one line end',
      what: 'the ends of lines are made one kind',
      source: 'usual sin',
      laws: ['store/values', 'store/semantics'],
    },
    stores(eachText((text) => text.replaceAll('\r\n', '\n'))),
  ),
  broken(
    {
      id: 'normalised',
      what: 'texts are stored in normal form C',
      source: 'usual sin: normalisation of values',
      laws: ['store/values', 'store/types-apart'],
    },
    stores(eachText((text) => text.normalize('NFC'))),
  ),
  broken(
    {
      id: 'first plane only',
      what: 'characters beyond the first plane become question marks, as in an encoding of three bytes',
      source: 'issue: every Unicode plane',
      laws: ['store/values', 'store/limits'],
    },
    stores(eachText((text) => text.replace(/[\u{10000}-\u{10ffff}]/gu, '?'))),
  ),
  broken(
    {
      id: 'empty is missing',
      what: 'an empty text is stored as nothing',
      source: 'usual sin: empty string as missing',
      laws: ['store/values', 'store/types-apart'],
    },
    stores(eachText((text) => (text === '' ? undefined : text))),
  ),
  broken(
    {
      id: 'integers of 32 bits',
      what: 'numbers that 32 bits do not hold end at the greatest that they do',
      source: 'issue: 2^53',
      laws: ['store/values', 'store/list'],
    },
    stores(eachNumber((number) => Math.min(Math.max(number, -INTEGER_MAX - 1), INTEGER_MAX))),
  ),
  broken(
    {
      id: 'short floats',
      what: 'large numbers lose their last digits, as in a float of fifteen digits',
      source: 'issue: 2^53',
      laws: ['store/values', 'store/domain'],
    },
    stores(eachNumber((number) => Number(number.toPrecision(15)))),
  ),
  broken(
    {
      id: 'booleans as numbers',
      what: 'a boolean comes back as 1 or 0',
      source: 'usual sin: boolean as number',
      laws: ['store/values', 'store/projection'],
    },
    gives(withNumbers),
  ),
  broken(
    {
      id: 'empty map is missing',
      what: 'a map that a row is created with, empty, is not stored',
      source: 'fields.ts: maps are created with their row, possibly empty',
      laws: ['store/maps', 'store/semantics'],
    },
    writes((store, write, options) =>
      store.write(
        write.write === 'create' ? { ...write, fields: withoutEmptyMaps(write.fields) } : write,
        options,
      ),
    ),
  ),
  broken(
    {
      id: 'map goes with its last entry',
      what: 'a map is removed with its last entry',
      source: 'store.ts: a map stays when its last entry goes',
      laws: ['store/maps', 'store/semantics'],
    },
    gives((row) => ({ ...row, fields: withoutEmptyMaps(row.fields) })),
  ),
];

/** Values outside of the domain that are taken. */
const TAKEN: readonly Mutant[] = [
  broken(
    {
      id: 'minus zero and more',
      what: '-0, fractions and numbers beyond 2^53 are taken and rounded',
      source: 'issue: -0, 2^53',
      laws: ['store/domain'],
    },
    stores(eachNumber(nearestSafe)),
  ),
  broken(
    {
      id: 'lone surrogates',
      what: 'texts that are not well-formed are taken and repaired',
      source: 'store.ts: a well-formed string without U+0000',
      laws: ['store/domain'],
    },
    stores(eachText((text) => text.toWellFormed())),
  ),
  broken(
    {
      id: 'ends at zero',
      what: 'a text with U+0000 is taken and ends there',
      source: 'store.ts: a well-formed string without U+0000',
      laws: ['store/domain'],
    },
    stores(eachText((text) => text.split('\0')[0])),
  ),
  broken(
    {
      id: 'unknown fields',
      what: 'fields that the closed list does not have are taken and forgotten',
      source: 'fields.ts: a closed list',
      laws: ['store/domain'],
    },
    writes((store, write, options) =>
      store.write(
        write.write === 'create' ? { ...write, fields: knownFields(write, write.fields) } : write,
        options,
      ),
    ),
  ),
  broken(
    {
      id: 'overlapping changes',
      what: 'of two changes of one path the last is taken',
      source: 'store.ts: overlapping paths are a TypeError',
      laws: ['store/domain'],
    },
    updates((write) => ({ ...write, changes: lastOfEach(write.changes) })),
  ),
  broken(
    {
      id: 'whole map',
      what: 'a change of a whole map is taken, and does nothing',
      source: 'store.ts: a path is a field, or one entry of a map field',
      laws: ['store/domain'],
    },
    updates((write) => ({
      ...write,
      changes: write.changes.filter(({ path }) => !mapsOf(write).includes(path)),
    })),
  ),
  broken(
    {
      id: 'no test',
      what: 'an update or delete without a test is taken for one that is always right',
      source: 'store.ts: there is no unconditional write',
      laws: ['store/domain'],
    },
    writes(async (store, write, options) => {
      if (write.write === 'create' || (write.when as readonly unknown[]).length > 0)
        return store.write(write, options);
      const there = await store.read(write.key);
      const free = FIELDS.find(
        ({ table, name }) => table === write.key.table && !(name in (there?.fields ?? {})),
      );
      return store.write({ ...write, when: [{ test: 'missing', path: free?.name ?? 'queue' }] }, options);
    }),
  ),
  broken(
    {
      id: 'checked too late',
      what: 'what is outside of the domain is noticed when the rest is written',
      source: 'store.ts: a TypeError before any request',
      laws: ['store/domain'],
    },
    writes(async (store, write, options) => {
      if (!isTaken(write) && isTaken(takenPart(write))) await store.write(takenPart(write));
      return store.write(write, options);
    }),
  ),
  broken(
    {
      id: 'error of another class',
      what: 'what is outside of the domain is a store error, to be tried again',
      source: 'store.ts: values outside the domain are a TypeError',
      laws: ['store/domain'],
    },
    writes(async (store, write, options) => {
      if (!isTaken(write)) throw new Error('the driver cannot serialise a parameter');
      return store.write(
        storing(write, (value) => value),
        options,
      );
    }),
  ),
];

/** All of them. */
export const VALUES: readonly Mutant[] = [...CHANGED, ...TAKEN];
