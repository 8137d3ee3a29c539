/** Real rows pass; every way of spoiling one of them is told. */
import type { Fields, Row } from '@flowstate/core/adapter';
import { runKey } from '@flowstate/core/adapter';
import { itemPartition, runPartition } from '@flowstate/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { Wrong } from '../../src/bench/wrong.js';
import { endViolations, itemViolations, mustHold, rowViolations } from '../../src/oracles/rows.js';
import { ENTRIES_PER_ROW, evidence, spoilt, without } from './evidence.js';

let rows: Row[];
beforeAll(async () => {
  rows = await evidence();
});

const COUNT = itemPartition('t', 'count');
const isCount =
  (sort: string) =>
  ({ key }: Row): boolean =>
    key.partition === COUNT && key.sort === sort;
const MAIN = runPartition(runKey('main', 'one'));
const isMain =
  (sort: string) =>
  ({ key }: Row): boolean =>
    key.partition === MAIN && key.sort === sort;
const logOf = (fields: Fields) => fields.log as Readonly<Record<string, string>>;

test('what real runs leave is right', () => {
  expect(rows.length).toBeGreaterThan(8);
  expect(rows.some(isCount('00000001'))).toBe(true);
  expect(rowViolations(rows, { entriesPerRow: ENTRIES_PER_ROW })).toEqual([]);
  expect(endViolations(rows)).toEqual([]);
  expect(rowViolations([])).toEqual([]);
});

describe('items', () => {
  type Spoil = (rows: readonly Row[]) => Row[];
  const first = isCount('00000000');
  const last = isCount('00000001');
  const set =
    (which: (row: Row) => boolean, change: Fields): Spoil =>
    (rows) =>
      spoilt(rows, which, (fields) => ({ ...fields, ...change }));
  const cases: [string, Spoil, RegExp][] = [
    [
      'a token in two rows',
      (rows) => {
        const [token] = Object.keys(logOf(rows.find(first)!.fields));
        return spoilt(rows, last, (fields) => ({
          ...fields,
          log: { ...logOf(fields), [token!]: 'ok' },
          n: 2,
        }));
      },
      /step .* took effect in 2 rows: .*00000000 .*and .*00000001/,
    ],
    [
      'a token in two items',
      (rows) => {
        const [token] = Object.keys(logOf(rows.find(last)!.fields));
        const other = itemPartition('t', 'owner');
        return spoilt(
          rows,
          ({ key }) => key.partition === other,
          (fields) => ({
            ...fields,
            log: { ...logOf(fields), [token!]: 'ok' },
            n: Number(fields.n) + 1,
          }),
        );
      },
      /took effect in 2 rows/,
    ],
    [
      'a chain without its first row',
      (rows) => spoilt(rows, first, () => undefined),
      /does not begin at row 0/,
    ],
    [
      'a chain with a gap',
      (rows) => [
        ...rows,
        ...rows.filter(last).map((row) => ({
          key: { ...row.key, sort: '00000003' },
          fields: { ...row.fields, log: { t: 'ok' }, n: 1, rev: 't' },
        })),
      ],
      /lacks a row between .*00000001 .*00000003/,
    ],
    [
      'a row below the last that is open',
      (rows) =>
        spoilt(rows, first, (fields) => without(without({ ...fields, n: ENTRIES_PER_ROW }, 'queue'), 'due')),
      /below the last is not sealed/,
    ],
    ['another life', set(last, { life: 'x' }), /life differs from row to row/],
    ['another key', set(last, { key: '"x"' }), /key differs from row to row/],
    ['no key', (rows) => spoilt(rows, last, (fields) => without(fields, 'key')), /without its key in clear/],
    ['a wrong count', set(last, { n: 2 }), /counts 2 entries and holds 1/],
    ['a revision of nobody', set(last, { rev: 'x' }), /a revision that is none of the operations/],
    [
      'no row of an item',
      (rows) => spoilt(rows, last, (fields) => without(fields, 'rev')),
      /not a row of a managed item/,
    ],
    ['a log that is no map', set(last, { log: 'x' }), /not a row of a managed item/],
    [
      'a sealed row that waits for nothing',
      (rows) => spoilt(rows, first, (fields) => without(without(fields, 'queue'), 'due')),
      /does not wait to be trimmed/,
    ],
    ['an open row that waits', set(last, { queue: 'trim', due: 1 }), /an open row with a value that waits/],
    [
      'an empty row that waits for nothing',
      (rows) => spoilt(rows, last, (fields) => without(fields, 'value')),
      /does not wait to be trimmed/,
    ],
  ];
  test.each(cases)('%s', (_, spoil, message) => {
    const violations = itemViolations(spoil(rows));
    expect(violations.join('\n')).toMatch(message);
    // Each says which rows.
    for (const violation of violations) expect(violation).toMatch(/items\/item:t:/);
  });

  test('a row with more entries than it may have', () => {
    expect(itemViolations(rows, { entriesPerRow: 2 }).join('\n')).toMatch(/a row of 3 entries where 2 are/);
  });

  test('a chain whose lower rows were collected may begin above row 0', () => {
    const collected = spoilt(rows, first, () => undefined);
    expect(itemViolations(collected, { collected: true })).toEqual([]);
  });
});

describe('logs', () => {
  const cases: [string, (rows: readonly Row[]) => Row[], RegExp][] = [
    ['a gap', (rows) => spoilt(rows, isMain('log:00000000'), () => undefined), /lacks record 0/],
    [
      'a record of nobody',
      (rows) => spoilt(rows, isMain('log:00000000'), (f) => without(f, 'by')),
      /of nobody/,
    ],
    [
      'a record that cannot be read',
      (rows) => spoilt(rows, isMain('log:00000000'), (f) => ({ ...f, record: '[["0"]]' })),
      /cannot be read/,
    ],
    [
      'a step recorded twice',
      (rows) => {
        const { record } = rows.find(isMain('log:00000000'))!.fields;
        return spoilt(rows, isMain('log:00000001'), (f) => ({ ...f, record: record! }));
      },
      /step 0 is recorded twice/,
    ],
    ['a log without a run', (rows) => spoilt(rows, isMain('intent'), () => undefined), /a log without a run/],
  ];
  test.each(cases)('%s', (_, spoil, message) => {
    expect(rowViolations(spoil(rows)).join('\n')).toMatch(message);
  });
});

describe('ends', () => {
  const cases: [string, (fields: Fields) => Fields, RegExp][] = [
    ['not done', (f) => ({ ...f, state: 'running', queue: 'wake' }), /a run that is running, not done: /],
    [
      'set aside',
      (f) => ({ ...f, state: 'paused', reason: 'why' }),
      /a run that is paused, not done \(why\)/,
    ],
    ['still queued', (f) => ({ ...f, queue: 'wake' }), /is done and waits in queue wake/],
    [
      'never to be collected',
      (f) => without(without(f, 'queue'), 'due'),
      /is done and waits in queue undefined/,
    ],
    ['its caller never told', (f) => ({ ...f, notify: true }), /its caller never told/],
    ['no outcome', (f) => without(f, 'outcome'), /without an outcome/],
    ['an outcome that is none', (f) => ({ ...f, outcome: 'x' }), /without an outcome/],
    ['done at no time', (f) => without(f, 'done'), /done at no time/],
  ];
  test.each(cases)('%s', (_, change, message) => {
    const violations = endViolations(spoilt(rows, isMain('intent'), change));
    expect(violations.join('\n')).toMatch(message);
    expect(violations[0]).toContain(MAIN);
  });
});

test('violations are thrown together, with the rows', () => {
  expect(() => mustHold('items', [])).not.toThrow();
  const failure = (() => {
    try {
      mustHold('two runs', ['first', 'second'], rows.slice(0, 1));
    } catch (error) {
      return error;
    }
  })();
  expect(failure).toBeInstanceOf(Wrong);
  expect(failure).toMatchObject({
    message: 'two runs: first\nsecond',
    exhibits: { rows: [expect.stringContaining(rows[0]!.key.partition)] },
  });
});
