import { expect, test } from 'vitest';
import { type Books, type Order, problemsOf } from '../../src/platform/order-books.js';
import { fullBowl } from '../../src/platform/suite-functions.js';

const chainOf = (order: number, nth: number): Order => ({
  id: `w-${order}`,
  kind: 'chain',
  input: order,
  answers: [{ order, receipt: `r${order}`, nth }],
});

/** After one rotation that found its marbles where they were at first: 0 and 10 have moved. */
const bowls = [
  { marbles: [1, 2, 3, 4, 10], taken: null },
  undefined,
  { marbles: [0, 11, 12, 13, 14], taken: null },
];

/** Two chains (one paid in two tries), two counts, a rotation. */
const RIGHT: Books = {
  orders: [
    chainOf(0, 2),
    chainOf(1, 1),
    { id: 'w-2', kind: 'count', input: 'hot', answers: [2, 2] },
    { id: 'w-3', kind: 'count', input: 'hot', answers: [1] },
    { id: 'w-4', kind: 'rotate', input: 4, answers: [[0, 5, 10]] },
  ],
  payments: [
    { key: 'k0', order: 0, receipt: 'lost' },
    { key: 'k0', order: 0, receipt: 'r0' },
    { key: 'k1', order: 1, receipt: 'r1' },
  ],
  counters: { chain: 2, middle: 2, back: 2, hot: 2 },
  states: { '0': 'paid', '1': 'paid' },
  lines: ['1 r1', '0 r0'],
  bowls,
  due: [],
  rows: [],
};

const withOrder = (id: string, change: Partial<Order>): readonly Order[] =>
  RIGHT.orders.map((order) => (order.id === id ? { ...order, ...change } : order));

test('books of orders that were carried out once are right', () => {
  expect(problemsOf(RIGHT)).toEqual([]);
  expect(problemsOf({ ...RIGHT, bowls: [undefined, undefined, undefined] })).toEqual([]);
  const nothing = { orders: [], payments: [], counters: {}, states: {}, lines: undefined };
  expect(problemsOf({ ...RIGHT, ...nothing, bowls: [] })).not.toEqual([]);
  expect(problemsOf({ ...RIGHT, ...nothing, bowls: [undefined, undefined, undefined] })).toEqual([]);
});

test.each<[what: string, change: Partial<Books>, problem: RegExp]>([
  ['a lost order', { orders: withOrder('w-4', { answers: [] }) }, /order w-4 was never answered/],
  [
    'an order answered otherwise later',
    { orders: withOrder('w-2', { answers: [2, 3] }) },
    /w-2 was answered 2, and later 3/,
  ],
  [
    'a doubled ledger: one order under two keys',
    { payments: [...RIGHT.payments, { key: 'k2', order: 1, receipt: 'r2' }] },
    /order 1 was paid under 2 keys: k1, k2/,
  ],
  [
    'a payment that nobody sent',
    { payments: [...RIGHT.payments, { key: 'k9', order: 9, receipt: 'r9' }] },
    /order 9, which nobody sent/,
  ],
  ['an order that was never paid', { payments: RIGHT.payments.slice(0, 2) }, /order w-1 was never paid/],
  [
    'one key for two orders',
    { payments: RIGHT.payments.map((payment) => ({ ...payment, key: 'k' })) },
    /orders 0 and 1 were paid under one key/,
  ],
  [
    'a receipt that nobody gave',
    { orders: withOrder('w-1', { answers: [{ order: 1, receipt: 'made up', nth: 1 }] }) },
    /order w-1 was told made up, but its payments are r1/,
  ],
  [
    'a link counted twice',
    { counters: { ...RIGHT.counters, back: 3 } },
    /2 chains were ordered, and counter back is 3/,
  ],
  ['a link not counted', { counters: { chain: 2, middle: 2, hot: 2 } }, /counter back is 0/],
  [
    'a number given twice',
    { orders: withOrder('w-0', { answers: [{ order: 0, receipt: 'r0', nth: 1 }] }) },
    /number "1".*: there 2 times/,
  ],
  [
    'a state that is not the last',
    { states: { '0': 'paid', '1': 'called' } },
    /order w-1 is answered, and its state is "called"/,
  ],
  ['a line noted twice', { lines: ['1 r1', '0 r0', '0 r0'] }, /asynchronous run "0 r0".*: there 2 times/],
  ['a line that is missing', { lines: ['1 r1'] }, /asynchronous run "0 r0".*: there 0 times/],
  ['a line of nobody', { lines: ['1 r1', '0 r0', '7 r7'] }, /asynchronous run "7 r7": of nobody/],
  [
    'an addition made twice',
    { counters: { ...RIGHT.counters, hot: 3 } },
    /2 additions were ordered, and counter hot is 3/,
  ],
  ['an addition told twice', { orders: withOrder('w-3', { answers: [2] }) }, /number "2".*: there 2 times/],
  [
    'a marble lost',
    { bowls: [{ marbles: [1, 2, 3, 4], taken: 10 }, undefined, bowls[2]] },
    /marble "10".*: there 0 times/,
  ],
  [
    'a marble doubled',
    { bowls: [bowls[0], fullBowl(1), { marbles: [0, 0, 11, 12, 13, 14], taken: null }] },
    /marble "0".*: there 2 times/,
  ],
  ['a run that is left', { due: ['w.note r running'] }, /still due: w.note r running/],
  ['rows that are wrong', { rows: ['step t took effect in 2 rows'] }, /step t took effect in 2 rows/],
])('%s is noticed', (_, change, problem) => {
  const problems = problemsOf({ ...RIGHT, ...change });
  expect(problems.filter((line) => problem.test(line))).toHaveLength(1);
});
