import { FIELDS, type Fields, listedAt, type RowKey, StoreError } from '@flowstate/core/adapter';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, fieldsOf, idOf, ROW_BYTES_MAX, selection, sortOf } from '../src/documents.js';
import { cosmos } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';

const CHARACTERS = [...'AZaz059_.:-'];
/** A part of a key, now and then one that means something in an address. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 12 }),
  fc.constantFrom('.', '..', '...', '~', '-'),
);
const due = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }));
const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const key: RowKey = { table: 'runs', partition: 'p', sort: '0' };
const DOCUMENT_BYTES_MAX = 2 * 1024 * 1024;

describe('ids', () => {
  test('none is `.` or `..`, and each says of which row it is', () => {
    for (const sort of ['.', '..']) expect(idOf(sort)).toBe(`~${sort}`);
    fc.assert(
      fc.property(part, (sort) => {
        expect(idOf(sort)).not.toMatch(/^\.\.?$|[/\\?#]/);
        expect(sortOf('runs', idOf(sort))).toBe(sort);
      }),
    );
    for (const id of ['', 'a', 7, undefined]) expect(() => sortOf('runs', id)).toThrow(StoreError);
  });

  test('are in the order of `sort`', () => {
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(inOrder(idOf(one), idOf(other))).toBe(inOrder(one, other));
      }),
    );
  });

  test('and partition keys are no longer than Cosmos DB takes: 1023 bytes, and 2048', () => {
    const { id, pk } = documentOf({ ...key, partition: 'a'.repeat(1023), sort: 'b'.repeat(1022) }, {});
    expect([id.length, pk.length]).toEqual([1023, 1023]);
  });
});

/** A row of a table, with some of its fields. */
function rowFields(table: RowKey['table']): fc.Arbitrary<Fields> {
  const number = fc.maxSafeInteger();
  const values = {
    text: fc.oneof(part, fc.string({ unit: 'grapheme', maxLength: 5 }), fc.constantFrom('"', '\\', '\u0000')),
    number,
    boolean: fc.boolean(),
    map: fc.dictionary(part, fc.oneof(part, number, fc.boolean()), { maxKeys: 4, noNullPrototype: true }),
  };
  const record = Object.fromEntries(
    FIELDS.filter((field) => field.table === table).map(({ name, kind }) => [name, values[kind]]),
  );
  return fc.record(
    { ...record, queue: part, due },
    { requiredKeys: [], noNullPrototype: true },
  ) as fc.Arbitrary<Fields>;
}

describe('content', () => {
  test.each(['runs', 'items'] as const)(
    'of %s comes back as it was, beside what the service adds',
    (table) => {
      const ofService = { _etag: '"1"', _ts: 5, _rid: 'r', _self: 's', _attachments: 'a', theirs: [1] };
      fc.assert(
        fc.property(rowFields(table), (fields) => {
          const document = documentOf({ ...key, table }, fields);
          const stored: object = JSON.parse(JSON.stringify({ ...document, ...ofService }));
          expect(fieldsOf({ ...key, table }, stored)).toEqual(fields);
        }),
      );
    },
  );

  test('is in a queue where it has a queue and is due, at its place', () => {
    fc.assert(
      fc.property(rowFields('runs'), (fields) => {
        const { queue, due: at } = fields;
        const place =
          typeof queue === 'string' && typeof at === 'number'
            ? listedAt(queue, 0, [at, 'p', '0'])
            : undefined;
        expect(documentOf(key, fields).list).toBe(place);
      }),
    );
  });

  test('places are in the order of due', () => {
    fc.assert(
      fc.property(part, due, due, (queue, one, other) => {
        const [a, b] = [one, other].map((at) => documentOf(key, { queue, due: at }).list ?? '');
        expect(inOrder(a ?? '', b ?? '')).toBe(Math.sign(one - other) + 0);
      }),
    );
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
  ])('%j is not what was written, and corrupt', (stored) => {
    expect(() => fieldsOf(key, stored)).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT', message: expect.stringContaining('runs p#0') }),
    );
  });

  test('what is asked for is named, and the id with it', () => {
    expect(selection(undefined)).toBe('*');
    expect(selection(['value', ['log', 'a'], ['log', 'b']])).toBe('c["value"], c["log"], c["id"]');
  });
});

describe('size', () => {
  const bytesOf = (document: object): number => Buffer.byteLength(JSON.stringify(document));
  const text = (value: string): number => Buffer.byteLength(value);

  test('a row of the most bytes fits, though each of its characters takes two in the document', () => {
    const long = 'k'.repeat(500);
    const place: RowKey = { table: 'items', partition: long, sort: long };
    const names = FIELDS.filter(
      ({ table, kind, name }) => table === 'items' && kind === 'text' && name !== 'queue',
    ).map(({ name }) => name);
    const each = Math.floor(ROW_BYTES_MAX / names.length);
    for (const character of ['"', '\\', 'a', 'ä', '€', '😀', '\n']) {
      const filled = character.repeat(Math.floor(each / text(character)));
      const document = documentOf(place, {
        ...Object.fromEntries(names.map((name) => [name, filled])),
        due: 1,
      });
      expect(bytesOf(document)).toBeLessThan(DOCUMENT_BYTES_MAX);
    }
  });

  test('one byte more than a document may have is refused before it is sent', () => {
    const empty = bytesOf(documentOf(key, { value: '' }));
    // What the service adds is kept free.
    const most = DOCUMENT_BYTES_MAX - 16 * 1024 - empty;
    expect(() => documentOf(key, { value: 'x'.repeat(most) })).not.toThrow();
    expect(() => documentOf(key, { value: 'x'.repeat(most + 1) })).toThrow(
      expect.objectContaining({ code: 'STORE_LIMIT_EXCEEDED', applied: 'no' }),
    );
  });
});

describe('on an engine', () => {
  useEngine();

  test('rows that are called `.` and `..` are rows as others are, in order', async () => {
    const store = cosmos({ containers: (await openWire()).containers() });
    const sorts = ['-', '.', '..', '0', 'A'];
    for (const sort of sorts)
      await store.write({ write: 'create', key: { ...key, sort, partition: '..' }, fields: { age: 1 } });
    const page = await store.query({ table: 'runs', partition: '..', order: 'ascending', limit: 9 });
    expect(page.rows.map((row) => row.key.sort)).toEqual(sorts);
    for (const sort of ['.', '..']) {
      const place = { ...key, sort, partition: '..' };
      expect(await store.read(place)).toMatchObject({ key: place, fields: { age: 1 } });
      const when = [{ test: 'equals', path: 'age', value: 1 }] as const;
      expect(await store.write({ write: 'delete', key: place, when })).toEqual({ applied: true });
    }
    expect(
      (await store.query({ table: 'runs', partition: '..', order: 'ascending', limit: 9 })).rows,
    ).toHaveLength(3);
  });
});
