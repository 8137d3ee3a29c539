/** What each model lets pass and what it does not, anomaly by anomaly. */
import type { Fields, Write } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { historyLines, linearize, type Operation } from '../../src/oracles/linearizability.js';
import {
  type ItemInput,
  itemModel,
  type ListInput,
  listModel,
  type RowExchange,
  rowHistory,
  rowModel,
} from '../../src/oracles/models.js';

type At = readonly [invoked: number, returned?: number];

function op<Input>(client: string, at: At, input: Input, output?: unknown): Operation<Input, unknown> {
  const [invoked, returned] = at;
  return { client, input, invoked, ...(returned === undefined ? {} : { returned, output }) };
}

describe('a list', () => {
  const append = (client: string, element: unknown, at: At, list?: readonly unknown[]) =>
    op<ListInput>(client, at, { op: 'append', element }, list);
  const read = (client: string, list: readonly unknown[], at: At) =>
    op<ListInput>(client, at, { op: 'read' }, list);
  const fits = (...history: Operation<ListInput, unknown>[]) => linearize(listModel(), history) === undefined;

  test.each<[string, boolean, Operation<ListInput, unknown>[]]>([
    [
      'appends at once, in either order',
      true,
      [append('a', 1, [0, 9]), append('b', 2, [1, 8]), read('c', [2, 1], [10, 11])],
    ],
    [
      'an append that was told the list it left',
      true,
      [append('a', 1, [0, 1]), append('b', 2, [2, 3], [1, 2])],
    ],
    ['duplicate effect: an element twice', false, [append('a', 1, [0, 1]), read('b', [1, 1], [2, 3])]],
    [
      'lost write: an element is missing',
      false,
      [append('a', 1, [0, 1]), append('b', 2, [2, 3]), read('c', [2], [4, 5])],
    ],
    [
      'lost update: both were told that they were first',
      false,
      [append('a', 1, [0, 9], [1]), append('b', 2, [1, 8], [2])],
    ],
    [
      'an order against real time',
      false,
      [append('a', 1, [0, 1]), append('b', 2, [2, 3]), read('c', [2, 1], [4, 5])],
    ],
    [
      'an append never heard of, late',
      true,
      [append('a', 1, [0]), append('b', 2, [1, 2]), read('c', [2], [3, 4]), read('c', [2, 1], [5, 6])],
    ],
    [
      'an append never heard of, twice',
      false,
      [append('a', 1, [0]), append('b', 2, [1, 2]), read('c', [1, 2, 1], [3, 4])],
    ],
    [
      'readers that see different orders',
      false,
      [
        append('a', 1, [0, 9]),
        append('b', 2, [0, 9]),
        read('c', [1, 2], [10, 11]),
        read('d', [2, 1], [12, 13]),
      ],
    ],
  ])('%s: %s', (_, verdict, history) => {
    expect(fits(...history)).toBe(verdict);
  });
});

const KEY = { table: 'items', partition: 'p', sort: '00000000' } as const;
const create = (fields: Fields): Write => ({ write: 'create', key: KEY, fields });
const bump = (from: string, to: string): Write => ({
  write: 'update',
  key: KEY,
  when: [{ test: 'equals', path: 'rev', value: from }],
  changes: [
    { change: 'set', path: 'rev', value: to },
    { change: 'add', path: 'n', value: 1 },
  ],
});
const drop = (rev: string): Write => ({
  write: 'delete',
  key: KEY,
  when: [{ test: 'equals', path: 'rev', value: rev }],
});
const FIRST: Fields = { n: 1, rev: 'a' };
const SECOND: Fields = { n: 2, rev: 'b' };

/** A write and its outcome; a read and its row. */
function wrote(at: At, asked: Write, applied?: boolean, row?: Fields | null): RowExchange {
  const [invoked, returned] = at;
  if (returned === undefined || applied === undefined) return { client: 'c', invoked, asked };
  const left = row === undefined ? {} : { row: row === null ? null : { key: KEY, fields: row } };
  return { client: 'c', invoked, returned, asked, outcome: { applied, ...left } };
}
function saw([invoked, returned]: [number, number], fields: Fields | undefined): RowExchange {
  return { client: 'r', invoked, returned, asked: 'read', row: fields && { key: KEY, fields } };
}

describe('a row', () => {
  const cases: [string, 'fits' | 'fits only where reads may be old' | 'never fits', RowExchange[]][] = [
    [
      'create, update, read, delete',
      'fits',
      [
        wrote([0, 1], create(FIRST), true, FIRST),
        wrote([2, 3], bump('a', 'b'), true, SECOND),
        saw([4, 5], SECOND),
        wrote([6, 7], drop('b'), true),
        saw([8, 9], undefined),
      ],
    ],
    ['fields in another order', 'fits', [wrote([0, 1], create(FIRST), true, { rev: 'a', n: 1 })]],
    [
      'of two updates of one revision one is refused, by what the other left',
      'fits',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2, 9], bump('a', 'b'), true),
        wrote([3, 8], bump('a', 'c'), false, SECOND),
      ],
    ],
    [
      'a refusal by a row that passes the tests',
      'never fits',
      [wrote([0, 1], create(FIRST), true), wrote([2, 3], bump('a', 'b'), false, FIRST)],
    ],
    [
      'a refusal by a row that is no longer there',
      'fits only where reads may be old',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2, 3], bump('a', 'b'), true),
        wrote([4, 5], drop('x'), false, FIRST),
      ],
    ],
    [
      'a refusal that should have been none',
      'fits only where reads may be old',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2, 3], bump('a', 'b'), true),
        wrote([4, 5], bump('b', 'c'), false),
      ],
    ],
    [
      'an update that should have been refused',
      'never fits',
      [wrote([0, 1], create(FIRST), true), wrote([2, 3], bump('x', 'b'), true)],
    ],
    [
      'applied to an older content: lost update',
      'never fits',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2, 9], bump('a', 'b'), true, SECOND),
        wrote([3, 8], bump('a', 'c'), true, { n: 2, rev: 'c' }),
      ],
    ],
    [
      'stale read',
      'fits only where reads may be old',
      [wrote([0, 1], create(FIRST), true), wrote([2, 3], bump('a', 'b'), true), saw([4, 5], FIRST)],
    ],
    [
      'dirty read: a content that never was',
      'never fits',
      [wrote([0, 1], create(FIRST), true), saw([2, 3], SECOND)],
    ],
    [
      'read of the future',
      'never fits',
      [wrote([0, 1], create(FIRST), true), saw([2, 3], SECOND), wrote([4, 5], bump('a', 'b'), true)],
    ],
    [
      'phantom success',
      'never fits',
      [wrote([0, 1], create(FIRST), true), wrote([2, 3], create(FIRST), true)],
    ],
    [
      'a refused create, its row read after more had happened',
      'fits',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2, 9], create(SECOND), false, null),
        wrote([3, 4], drop('a'), true),
      ],
    ],
    ['the row after a write is not what it left', 'never fits', [wrote([0, 1], create(FIRST), true, SECOND)]],
    [
      'a write never heard of, seen later',
      'fits',
      [wrote([0, 1], create(FIRST), true), wrote([2], bump('a', 'b')), saw([90, 91], SECOND)],
    ],
    [
      'a write never heard of, applied twice',
      'never fits',
      [
        wrote([0, 1], create(FIRST), true),
        wrote([2], { ...bump('a', 'b'), when: [{ test: 'below', path: 'n', value: 9 }] } as Write),
        saw([3, 4], { n: 3, rev: 'b' }),
      ],
    ],
  ];
  test.each(cases)('%s: %s', (_, verdict, exchanges) => {
    const history = rowHistory(exchanges);
    expect(linearize(rowModel('linearizable'), history) === undefined).toBe(verdict === 'fits');
    expect(linearize(rowModel('bounded'), history) === undefined).toBe(verdict !== 'never fits');
  });
});

describe('a managed item', () => {
  const write = (value: unknown, at: At) => op<ItemInput>('w', at, { op: 'write', value });
  const read = (value: unknown, at: At) => op<ItemInput>('r', at, { op: 'read' }, value);
  const look = (value: unknown, at: At) => op<ItemInput>('rows', at, { op: 'look' }, value);
  const drop = (at: At) => op<ItemInput>('d', at, { op: 'delete' });
  const count = (told: number | undefined, at: At) =>
    op<ItemInput>(
      'u',
      at,
      { op: 'update', next: (n) => Number(n ?? 0) + 1, returns: (n) => n, says: '+1' },
      told,
    );
  const claim = (value: string, told: boolean, at: At) =>
    op<ItemInput>(
      'k',
      at,
      { op: 'condWrite', value, condition: (now) => now === undefined, says: 'if absent' },
      told,
    );

  const cases: [
    string,
    'fits' | 'fits only where reads may be old' | 'never fits',
    Operation<ItemInput, unknown>[],
  ][] = [
    ['counted by two at once', 'fits', [count(2, [0, 9]), count(1, [1, 8]), look(2, [10, 11])]],
    ['lost update', 'never fits', [count(1, [0, 9]), count(1, [1, 8])]],
    ['duplicate effect', 'never fits', [count(1, [0, 1]), look(2, [2, 3])]],
    ['lost write', 'never fits', [write(7, [0, 1]), look(undefined, [2, 3])]],
    [
      'of two claims one is true',
      'fits',
      [claim('x', true, [0, 9]), claim('y', false, [1, 8]), look('x', [10, 11])],
    ],
    ['both claims are true', 'never fits', [claim('x', true, [0, 9]), claim('y', true, [1, 8])]],
    [
      'true was told, and nothing happened',
      'never fits',
      [claim('x', true, [0, 1]), look(undefined, [2, 3])],
    ],
    ['false was told, and it happened', 'never fits', [claim('x', false, [0, 1]), look('x', [2, 3])]],
    [
      'a false that was never right',
      'never fits',
      [write('w', [0, 1]), drop([2, 3]), claim('x', false, [4, 5])],
    ],
    ['stale read', 'fits only where reads may be old', [write(1, [0, 1]), write(2, [2, 3]), read(1, [4, 5])]],
    [
      'new, then old',
      'fits only where reads may be old',
      [write(1, [0, 9]), read(1, [1, 2]), read(undefined, [3, 4])],
    ],
    ['a value that nobody wrote', 'never fits', [write(1, [0, 1]), read(2, [2, 3])]],
    ['read of the future', 'never fits', [read(1, [0, 1]), write(1, [2, 3])]],
    ['the rows are old', 'never fits', [write(1, [0, 1]), write(2, [2, 3]), look(1, [4, 5])]],
    ['an update never heard of happened', 'fits', [count(undefined, [0]), look(1, [5, 6])]],
    ['an update never heard of did not happen', 'fits', [count(undefined, [0]), look(undefined, [5, 6])]],
    [
      'a deleted item',
      'fits',
      [write(1, [0, 1]), drop([2, 3]), read(undefined, [4, 5]), claim('x', true, [6, 7])],
    ],
  ];
  test.each(cases)('%s: %s', (_, verdict, history) => {
    expect(linearize(itemModel('linearizable'), history) === undefined).toBe(verdict === 'fits');
    expect(linearize(itemModel('bounded'), history) === undefined).toBe(verdict !== 'never fits');
  });

  test('write skew is legal, item by item', () => {
    // Each reads both items and writes the other one: no single item shows anything wrong.
    const x = [read(undefined, [0, 1]), read(undefined, [0, 2]), write('off', [3, 6])];
    const y = [read(undefined, [0, 1]), read(undefined, [0, 2]), write('off', [4, 5])];
    for (const item of [x, y]) expect(linearize(itemModel('linearizable'), item)).toBeUndefined();
  });

  test('values of every type are told apart', () => {
    const date = new Date(0);
    expect(
      linearize(itemModel('linearizable'), [write(date, [0, 1]), read(new Date(0), [2, 3])]),
    ).toBeUndefined();
    expect(
      linearize(itemModel('linearizable'), [write(date, [0, 1]), read(new Date(1), [2, 3])]),
    ).toBeDefined();
    expect(
      linearize(itemModel('linearizable'), [write(new Map([[1, 2]]), [0, 1]), read({}, [2, 3])]),
    ).toBeDefined();
  });

  test('a history is shown line by line', () => {
    expect(
      historyLines(itemModel('linearizable'), [look(2, [4, 5]), count(1, [0, 3]), write(2, [1])]),
    ).toEqual(['[0, 3] u: update +1 -> 1', '[1, never] w: write 2 -> (nothing)', '[4, 5] rows: look -> 2']);
  });
});
