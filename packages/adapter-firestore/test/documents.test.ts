import { FIELDS, type Fields, fieldKind, listedAt, type RowKey, shardOf } from '@flowstate/core/adapter';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataOf, documentId, fieldsOf, LOOKED_FOR, replacementOf } from '../src/documents.js';

const CHARACTERS = [...'AZaz059_.:-'];
/** A part of a key, now and then one in a form that Firestore keeps for itself. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 12 }),
  fc.constantFrom('.', '..', '__', '__a', 'a__', '__a__'),
);
const SHARDS = 4;

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
