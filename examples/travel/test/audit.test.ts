import { describe, expect, test } from 'vitest';
import { type Asked, audit, type Seen } from '../src/audit.js';
import type { Order, Stock, Trip } from '../src/reservation.js';

const trip = (id: string): Trip => ({
  id,
  customer: 'Ada',
  hotel: 'Alpenrose',
  flight: 'ZRH-LIS',
  price: 100,
});
const booked = (id: string): Asked => ({ trip: trip(id), outcome: { status: 'booked', charge: `ch_${id}` } });
const soldOut = (id: string): Asked => ({ trip: trip(id), outcome: { status: 'sold out', what: 'ZRH-LIS' } });
const stock = (capacity: number, ...sold: string[]): Stock => ({
  capacity,
  left: capacity - sold.length,
  sold,
});
const order = (id: string, copies = 1): [string, Order] => [id, { ...trip(id), charge: `ch_${id}`, copies }];
const entry = (reservation: string) => ({ id: `x_${reservation}`, reservation, amount: 100, at: 0 });

interface Parts {
  readonly rooms?: Stock;
  readonly seats?: Stock;
  readonly orders?: readonly [string, Order][];
  readonly charges?: readonly string[];
  readonly mails?: readonly string[];
}

/** What can be seen after `a` was booked, but for what a test changes. */
function seen({
  rooms = stock(9, 'a'),
  seats = stock(9, 'a'),
  orders = [order('a')],
  ...outside
}: Parts = {}): Seen {
  const { charges = ['a'], mails = ['a'] } = outside;
  return {
    hotels: new Map([['Alpenrose', rooms]]),
    flights: new Map([['ZRH-LIS', seats]]),
    orders: new Map(orders),
    ledger: { charges: charges.map(entry), mails: mails.map(entry), repeats: 0 },
  };
}

test('all is well where each booked reservation has each effect once', () => {
  expect(audit([booked('a'), soldOut('b')], seen())).toEqual({
    ...{ asked: 2, completed: 2, booked: 1, rooms: 1, seats: 1, orders: 1, charges: 1, mails: 1 },
    ...{ underWay: 0, lost: 0, doubled: 0, problems: [] },
  });
});

describe('lost', () => {
  test.each<[string, Parts, string]>([
    ['a room', { rooms: stock(9) }, 'a is booked and has no room'],
    ['a seat', { seats: stock(9) }, 'a is booked and has no seat'],
    ['an order', { orders: [] }, 'a is booked and has no order'],
    ['a charge', { charges: [] }, 'a is booked and has no charge'],
    ['a mail', { mails: [] }, 'a is booked and has no mail'],
    ['charge and mail', { charges: [], mails: [] }, 'a is booked and has no charge, no mail'],
  ])('%s is missing', (_, parts, problem) => {
    expect(audit([booked('a')], seen(parts))).toMatchObject({ lost: 1, doubled: 0, problems: [problem] });
  });

  test('a reservation was never answered', () => {
    const count = audit([booked('a'), { trip: trip('b') }], seen());
    expect(count).toMatchObject({ asked: 2, completed: 1, lost: 1, problems: ['b was never answered'] });
  });

  test('a room is neither sold nor left', () => {
    const rooms = { ...stock(9, 'a'), left: 7 };
    const problems = ['Alpenrose: 1 sold and 7 left of 9'];
    expect(audit([booked('a')], seen({ rooms }))).toMatchObject({ lost: 1, doubled: 0, problems });
  });

  test('what may still come is under way, not lost', () => {
    const late = [
      { ...booked('a'), underWay: true },
      { trip: trip('b'), underWay: true },
    ];
    expect(audit(late, seen({ mails: [] }))).toMatchObject({ underWay: 2, lost: 0, problems: [] });
  });
});

describe('doubled', () => {
  test.each<[string, Parts]>([
    ['a room', { rooms: stock(9, 'a', 'a') }],
    ['a seat', { seats: stock(9, 'a', 'a') }],
    ['an order', { orders: [order('a', 2)] }],
    ['a charge', { charges: ['a', 'a'] }],
    ['a mail', { mails: ['a', 'a'] }],
  ])('%s is there twice', (what, parts) => {
    const count = audit([booked('a')], seen(parts));
    expect(count).toMatchObject({ lost: 0, doubled: 1 });
    expect(count.problems).toEqual([`a has 2 times ${what.split(' ')[1]} and should have 1`]);
  });

  test('a reservation that was sold out has kept its room', () => {
    const count = audit([booked('a'), soldOut('b')], seen({ rooms: stock(9, 'a', 'b') }));
    expect(count).toMatchObject({ lost: 0, doubled: 1, problems: ['b has 1 times room and should have 0'] });
  });

  test('a room that was given back twice is sold again', () => {
    const rooms = { ...stock(9, 'a'), left: 9 };
    expect(audit([booked('a')], seen({ rooms }))).toMatchObject({ lost: 0, doubled: 1 });
  });

  test('nobody asked for it', () => {
    expect(audit([booked('a')], seen({ charges: ['a', 'z'] }))).toMatchObject({ lost: 0, doubled: 1 });
  });

  test('every further one counts, beside what is lost', () => {
    const count = audit([booked('a'), { trip: trip('b') }], seen({ charges: ['a', 'a', 'a', 'b', 'b'] }));
    expect(count).toMatchObject({ lost: 1, doubled: 3 });
  });
});
