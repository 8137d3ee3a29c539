/** What a write means: the oracle that every adapter is compared with, so each rule is spelled out here once. */
import { describe, expect, test } from 'vitest';
import { FIELDS, fieldKind } from '../src/platform/fields.js';
import {
  changed,
  checkKey,
  checkWrite,
  effectOf,
  holds,
  holdsAll,
  valueAt,
} from '../src/platform/semantics.js';
import type { Change, Fields, RowKey, Test, Write } from '../src/platform/store.js';

const KEY: RowKey = { table: 'items', partition: 'item:t:k', sort: '00000000' };
const RUN: RowKey = { table: 'runs', partition: 'run:r', sort: 'intent' };
const row: Fields = { value: 'v', n: 2, rev: 't1', log: { t1: 'ok', t2: 5 } };

describe('paths and tests', () => {
  test('a field, an entry, and what is not there', () => {
    expect(valueAt(row, 'value')).toBe('v');
    expect(valueAt(row, ['log', 't2'])).toBe(5);
    expect([
      valueAt(row, 'life'),
      valueAt(row, ['log', 't3']),
      valueAt(row, ['prepared', 'x']),
      valueAt(row, ['value', 'x']),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('names that objects inherit are not there', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(valueAt(row, name)).toBeUndefined();
      expect(valueAt(row, ['log', name])).toBeUndefined();
      expect(holds(row, { test: 'missing', path: ['log', name] })).toBe(true);
    }
  });

  test.each<[Test, boolean]>([
    [{ test: 'missing', path: 'life' }, true],
    [{ test: 'missing', path: 'value' }, false],
    [{ test: 'missing', path: 'log' }, false],
    [{ test: 'missing', path: ['log', 't3'] }, true],
    [{ test: 'equals', path: 'rev', value: 't1' }, true],
    [{ test: 'equals', path: 'rev', value: 't2' }, false],
    [{ test: 'equals', path: 'life', value: 't1' }, false],
    [{ test: 'equals', path: 'n', value: '2' }, false],
    [{ test: 'below', path: 'n', value: 3 }, true],
    [{ test: 'below', path: 'n', value: 2 }, false],
    [{ test: 'below', path: 'horizon', value: 2 }, false],
    [{ test: 'below', path: 'value', value: 2 }, false],
    [{ test: 'below', path: ['log', 't2'], value: 6 }, true],
  ])('%j: %j', (what, expected) => {
    expect(holds(row, what)).toBe(expected);
  });

  test('tests of a write are joined by "and"', () => {
    const [yes, no]: Test[] = [
      { test: 'missing', path: 'life' },
      { test: 'missing', path: 'value' },
    ];
    expect([holdsAll(row, [yes!, yes!]), holdsAll(row, [yes!, no!])]).toEqual([true, false]);
  });
});

describe('changes', () => {
  test.each<[Change, Fields]>([
    [
      { change: 'set', path: 'value', value: 'w' },
      { ...row, value: 'w' },
    ],
    [
      { change: 'set', path: ['log', 't3'], value: true },
      { ...row, log: { t1: 'ok', t2: 5, t3: true } },
    ],
    [
      { change: 'add', path: 'n', value: -1 },
      { ...row, n: 1 },
    ],
    [
      { change: 'add', path: 'horizon', value: 7 },
      { ...row, horizon: 7 },
    ],
    [
      { change: 'add', path: ['log', 't2'], value: 1 },
      { ...row, log: { t1: 'ok', t2: 6 } },
    ],
    [
      { change: 'add', path: ['log', 'new'], value: 1 },
      { ...row, log: { t1: 'ok', t2: 5, new: 1 } },
    ],
    [
      { change: 'add', path: ['log', 'constructor'], value: 1 },
      { ...row, log: { t1: 'ok', t2: 5, constructor: 1 } },
    ],
    [
      { change: 'remove', path: 'value' },
      { n: 2, rev: 't1', log: { t1: 'ok', t2: 5 } },
    ],
    [{ change: 'remove', path: 'life' }, row],
    [
      { change: 'remove', path: ['log', 't1'] },
      { ...row, log: { t2: 5 } },
    ],
    [{ change: 'remove', path: ['log', 'none'] }, row],
  ])('%j', (change, expected) => {
    const before = structuredClone(row);
    expect(changed(row, [change])).toEqual(expected);
    expect(row).toEqual(before);
  });

  test('a map stays when its last entry goes', () => {
    expect(changed({ log: { a: 1 } }, [{ change: 'remove', path: ['log', 'a'] }])).toEqual({ log: {} });
  });

  test('a change of an absent map, or a sum with a text, is outside the contract', () => {
    expect(() => changed({}, [{ change: 'set', path: ['log', 'a'], value: 1 }])).toThrow(TypeError);
    expect(() => changed(row, [{ change: 'add', path: ['log', 't1'], value: 1 }])).toThrow(TypeError);
  });
});

describe('writes', () => {
  const create: Write = { write: 'create', key: KEY, fields: { n: 0, log: {} } };
  const update: Write = {
    write: 'update',
    key: KEY,
    when: [{ test: 'equals', path: 'n', value: 2 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  };
  const remove: Write = { write: 'delete', key: KEY, when: [{ test: 'equals', path: 'n', value: 2 }] };

  test('create: only where no row is; update and delete: only where one is, and passes', () => {
    expect(effectOf(undefined, create)).toEqual({ n: 0, log: {} });
    expect(effectOf(row, create)).toBe('refused');
    expect(effectOf(row, update)).toEqual({ ...row, n: 3 });
    expect(effectOf({ ...row, n: 3 }, update)).toBe('refused');
    expect(effectOf(undefined, update)).toBe('refused');
    expect(effectOf(row, remove)).toBeNull();
    expect(effectOf(undefined, remove)).toBe('refused');
  });
});

describe('the domain', () => {
  const set = (path: string, value: never): Write => ({
    write: 'update',
    key: KEY,
    when: [{ test: 'missing', path: 'life' }],
    changes: [{ change: 'set', path, value }],
  });

  test.each<[string, RowKey]>([
    ['an empty part', { ...KEY, sort: '' }],
    ['a long part', { ...KEY, partition: 'x'.repeat(251) }],
    ['a slash', { ...KEY, partition: 'a/b' }],
    ['a line end', { ...KEY, sort: 'a\n' }],
    ['a letter beyond ASCII', { ...KEY, sort: 'é' }],
    ['another table', { ...KEY, table: 'other' as 'items' }],
  ])('a key with %s is a TypeError', (_, key) => {
    expect(() => checkKey(key)).toThrow(TypeError);
    expect(() => checkWrite({ write: 'delete', key, when: [{ test: 'missing', path: 'n' }] })).toThrow(
      TypeError,
    );
  });

  test.each([
    '\0',
    'a\ud800',
    Number.NaN,
    0.5,
    -0,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    {},
    [],
    1n,
  ])('%s is not stored', (bad) => {
    for (const path of ['value', 'n']) expect(() => checkWrite(set(path, bad as never))).toThrow(TypeError);
    expect(() => checkWrite({ write: 'create', key: KEY, fields: { log: { t: bad as never } } })).toThrow(
      TypeError,
    );
  });

  test.each<[string, Write]>([
    ['an unknown field', { write: 'create', key: KEY, fields: { colour: 'red' } }],
    ['a field of the other table', { write: 'create', key: RUN, fields: { rev: 'x' } }],
    ['a map where a text belongs', { write: 'create', key: KEY, fields: { value: {} } }],
    ['a text where a map belongs', { write: 'create', key: KEY, fields: { log: 'x' } }],
    ['a number where a text belongs', set('value', 5 as never)],
    ['an entry without a name', { write: 'create', key: KEY, fields: { log: { '': 1 } } }],
    ['an entry whose name no row could hold', { write: 'create', key: KEY, fields: { log: { '\0': 1 } } }],
    ['no test', { write: 'delete', key: KEY, when: [] as never }],
    ['a whole map in a test', { write: 'delete', key: KEY, when: [{ test: 'missing', path: 'log' }] }],
    ['an entry of a text', { write: 'delete', key: KEY, when: [{ test: 'missing', path: ['value', 'x'] }] }],
    [
      'a sum with a text field',
      {
        write: 'update',
        key: KEY,
        when: [{ test: 'missing', path: 'life' }],
        changes: [{ change: 'add', path: 'value', value: 1 }],
      },
    ],
    [
      'the same path twice',
      {
        write: 'update',
        key: KEY,
        when: [{ test: 'missing', path: 'life' }],
        changes: [
          { change: 'set', path: 'n', value: 1 },
          { change: 'remove', path: 'n' },
        ],
      },
    ],
  ])('%s is a TypeError before any request', (_, write) => {
    expect(() => checkWrite(write)).toThrow(TypeError);
  });

  test('what protocols write is inside', () => {
    checkWrite({ write: 'create', key: KEY, fields: row });
    checkWrite({
      write: 'update',
      key: RUN,
      when: [{ test: 'missing', path: 'done' }],
      changes: [
        { change: 'set', path: 'notify', value: true },
        { change: 'add', path: 'epoch', value: 1 },
      ],
    });
  });
});

test('the list of fields is closed, and each has one kind: adapters make columns of it', () => {
  expect(FIELDS.map(({ table, name, kind }) => `${table}.${name}: ${kind}`).join('\n')).toMatchSnapshot();
  expect(new Set(FIELDS.map(({ table, name }) => `${table} ${name}`)).size).toBe(FIELDS.length);
  expect([
    fieldKind('items', 'log'),
    fieldKind('runs', 'epoch'),
    fieldKind('items', 'epoch'),
    fieldKind('runs', 'constructor'),
  ]).toEqual(['map', 'number', undefined, undefined]);
});
