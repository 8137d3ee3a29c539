import { FIELDS, type Fields, fieldKind, type RowKey, StoreError, shardOf } from '@flowstate/core/adapter';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dataOf,
  documentId,
  fieldsOf,
  keyAt,
  LOOKED_FOR,
  listedAt,
  placeOf,
  queuePlace,
  queueStart,
  replacementOf,
} from '../src/documents.js';

const CHARACTERS = [...'AZaz059_.:-'];
/** A part of a key, now and then one in a form that Firestore keeps for itself. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 12 }),
  fc.constantFrom('.', '..', '__', '__a', 'a__', '__a__'),
);
const due = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e15, 1e15 - 1, -1e15),
);
const SHARDS = 4;

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

describe('ids', () => {
  test('are the place, or in another form where Firestore keeps that for itself', () => {
    expect(documentId({ partition: 'a', sort: 'b' })).toBe('a#b');
    expect(documentId({ partition: '__a', sort: 'b__' })).toBe('#__a#b__');
    expect(documentId({ partition: '__', sort: '__' })).toBe('#__#__');
    expect(documentId({ partition: '__a', sort: 'b_' })).toBe('__a#b_');
  });

  test('are none that Firestore refuses, and never the same for two rows', () => {
    fc.assert(
      fc.property(part, part, part, part, (partition, sort, other, another) => {
        const id = documentId({ partition, sort });
        expect(id).not.toMatch(/^(\.\.?|__.*__)$|\//);
        const same = partition === other && sort === another;
        expect(id === documentId({ partition: other, sort: another })).toBe(same);
      }),
    );
  });

  test('and both places fit: an index holds 1500 bytes of a value, an id may have as many', () => {
    const long = '_'.repeat(250);
    const id = documentId({ partition: long, sort: long });
    expect(id).toBe(`#${long}#${long}`);
    const listed = listedAt(long, 63, [Number.MIN_SAFE_INTEGER, long, long]);
    for (const text of [id, listed]) expect(Buffer.byteLength(text)).toBeLessThan(1500);
  });

  test('a place says whose it is; what is no place is corrupt', () => {
    fc.assert(
      fc.property(part, part, (partition, sort) => {
        expect(keyAt('runs', placeOf({ partition, sort }))).toEqual({ table: 'runs', partition, sort });
      }),
    );
    for (const place of [undefined, 7, '', 'a', '#b', 'a#', 'a#b#c'])
      expect(() => keyAt('runs', place)).toThrow(StoreError);
  });
});

describe('order', () => {
  test('of places is that of `sort` within a partition, and all of a partition lie within its bounds', () => {
    fc.assert(
      fc.property(part, part, part, (partition, one, other) => {
        const [a, b] = [placeOf({ partition, sort: one }), placeOf({ partition, sort: other })];
        expect(inOrder(a, b)).toBe(inOrder(one, other));
        expect(a > placeOf({ partition, sort: '' }) && a < `${partition}$`).toBe(true);
      }),
    );
  });

  test('of another partition none lies within these bounds, whatever its name begins with', () => {
    fc.assert(
      fc.property(part, fc.oneof(part, fc.constant('')), part, (partition, more, sort) => {
        const place = placeOf({ partition: `${partition}${more}`, sort });
        const within = place > placeOf({ partition, sort: '' }) && place < `${partition}$`;
        expect(within).toBe(more === '');
      }),
    );
  });

  test('of places in a queue is that of due, negative or of sixteen digits, then of the row', () => {
    fc.assert(
      fc.property(part, due, due, part, part, (queue, one, other, partition, sort) => {
        const a = listedAt(queue, 0, [one, partition, sort]);
        const b = listedAt(queue, 0, [other, partition, sort]);
        expect(inOrder(a, b)).toBe(Math.sign(one - other) + 0);
        expect(queuePlace('items', a)).toEqual([one, partition, sort]);
      }),
    );
  });

  test('what is due by then lies before the end of it, and nothing else', () => {
    fc.assert(
      fc.property(part, due, due, part, part, (queue, at, until, partition, sort) => {
        const place = listedAt(queue, 3, [at, partition, sort]);
        // As the store asks: behind the separator that follows `until`.
        const end = `${queueStart(queue, 3, until).slice(0, -1)}$`;
        expect(place > queueStart(queue, 3) && place < end).toBe(at <= until);
      }),
    );
  });

  test('no place of one queue or shard lies in another', () => {
    fc.assert(
      fc.property(part, part, fc.nat(63), fc.nat(63), due, (queue, other, shard, another, at) => {
        const place = listedAt(queue, shard, [at, 'p', 's']);
        const same = queue === other && shard === another;
        expect(place.startsWith(queueStart(other, another))).toBe(same);
      }),
    );
  });
});

/** A row of a table, with some of its fields. */
function rowFields(table: RowKey['table']): fc.Arbitrary<Fields> {
  const number = fc.maxSafeInteger();
  const values = {
    text: fc.oneof(part, fc.string({ unit: 'grapheme', maxLength: 5 })),
    number,
    boolean: fc.boolean(),
    map: fc.dictionary(
      part.filter((name) => /^[A-Za-z0-9]/.test(name)),
      fc.oneof(part, number, fc.boolean()),
      { maxKeys: 4, noNullPrototype: true },
    ),
  };
  const fields = FIELDS.filter((field) => field.table === table);
  const record = Object.fromEntries(fields.map(({ name, kind }) => [name, values[kind]]));
  // A queue is a key's part.
  return fc.record(
    { ...record, queue: part },
    { requiredKeys: [], noNullPrototype: true },
  ) as fc.Arbitrary<Fields>;
}

const key: RowKey = { table: 'runs', partition: 'p', sort: '0' };

describe('content', () => {
  test('comes back as it was, and is in a queue where it has a queue and is due', () => {
    fc.assert(
      fc.property(rowFields('runs'), (fields) => {
        const data = dataOf(key, fields, SHARDS);
        expect(fieldsOf(key, data)).toEqual(fields);
        expect(data[LOOKED_FOR.at]).toBe('p#0');
        const { queue, due: at } = fields;
        const listed = typeof queue === 'string' && typeof at === 'number';
        expect(LOOKED_FOR.list in data).toBe(listed);
        if (listed) expect(data[LOOKED_FOR.list]).toBe(listedAt(queue, shardOf('p', SHARDS), [at, 'p', '0']));
      }),
    );
  });

  test('has no field that is called as what is looked for', () => {
    for (const name of Object.values(LOOKED_FOR)) {
      expect(fieldKind('runs', name)).toBeUndefined();
      expect(fieldKind('items', name)).toBeUndefined();
    }
  });

  test('integers may come back as big ones; what others added is left alone', () => {
    expect(fieldsOf(key, { age: 5n, log: { a: 6n }, theirs: [1] })).toEqual({ age: 5, log: { a: 6 } });
    expect(() => fieldsOf(key, { age: 2n ** 60n })).toThrow('age is not what Flowstate writes');
  });

  test.each([
    [{ age: '5' }],
    [{ age: 1.5 }],
    [{ age: 2 ** 60 }],
    [{ state: 5 }],
    [{ cancel: 1 }],
    [{ log: 'a' }],
    [{ log: null }],
    [{ log: [1] }],
    [{ log: { a: { b: 1 } } }],
    [{ state: null }],
  ])('%j is not what was written, and corrupt', (data) => {
    expect(() => fieldsOf(key, data)).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT', message: expect.stringContaining('p#0') }),
    );
  });
});

describe('a replacement', () => {
  test('makes the old data the new: what changed is sent, what is gone is named, what stays is not told', () => {
    fc.assert(
      fc.property(rowFields('runs'), rowFields('runs'), (before, fields) => {
        const { values, gone } = replacementOf(key, before, fields, SHARDS);
        const [old, wanted] = [dataOf(key, before, SHARDS), dataOf(key, fields, SHARDS)];
        const kept = Object.entries(old).filter(([name]) => !gone.includes(name));
        expect({ ...Object.fromEntries(kept), ...values }).toEqual(wanted);
        for (const name of gone) expect(wanted).not.toHaveProperty([name]);
        for (const [name, value] of Object.entries(values))
          if (name !== LOOKED_FOR.at) expect(old[name]).not.toEqual(value);
      }),
    );
  });

  test('leaves the queue when the row does', () => {
    const queued = { queue: 'wake', due: 5, state: 'running' };
    expect(replacementOf(key, queued, { state: 'done' }, SHARDS)).toEqual({
      values: { at: 'p#0', state: 'done' },
      gone: ['queue', 'due', 'list'],
    });
    const later = replacementOf(key, queued, { ...queued, due: 6 }, SHARDS);
    expect(new Set(Object.keys(later.values))).toEqual(new Set(['at', 'due', 'list']));
    expect(later.gone).toEqual([]);
  });

  test('of nothing is one all the same: the place alone', () => {
    fc.assert(
      fc.property(rowFields('runs'), (fields) => {
        const copy = structuredClone(fields);
        expect(replacementOf(key, fields, copy, SHARDS)).toEqual({ values: { at: 'p#0' }, gone: [] });
      }),
    );
  });
});
