import { expect, test } from 'vitest';
import { percentile } from '../src/driver.js';
import { CLIENTS, planOf } from '../src/plan.js';

const size = { seed: 11, reservations: 200, kills: 24, freezes: 2, timeouts: 0 };

test('the seed says everything', () => {
  expect(planOf(size)).toEqual(planOf(size));
  expect(planOf({ ...size, seed: 12 }).trips).not.toEqual(planOf(size).trips);
});

test('twenty kills come at random moments, four at the worst, all before the last reservations', () => {
  const { accidents } = planOf(size);
  const count = (wanted: string) => accidents.filter(({ kind }) => kind === wanted).length;
  const kinds = ['now', 'after the charge', 'before the answer', 'freeze'] as const;
  expect(kinds.map(count)).toEqual([20, 2, 2, 2]);
  expect(Math.max(...accidents.map(({ answered }) => answered))).toBeLessThan(200 - CLIENTS);
  const moments = accidents.map(({ answered }) => answered);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
});

test.each([1, 2, 3, 4, 5])('with seed %i some trips find everything sold out, and most do not', (seed) => {
  const { trips, hotels, flights } = planOf({ ...size, seed });
  const wishes = trips.filter(({ flight }) => flight === 'ZRH-LIS').length;
  expect(wishes).toBeGreaterThan(flights.get('ZRH-LIS') ?? 0);
  const places = (stocks: ReadonlyMap<string, number>) => [...stocks.values()].reduce((sum, n) => sum + n, 0);
  expect(places(hotels)).toBeGreaterThan(trips.length);
  expect(places(flights)).toBeGreaterThan(trips.length);
});

test('percentiles are values that were measured', () => {
  const values = Array.from({ length: 200 }, (_, i) => i + 1);
  expect([percentile(values, 50), percentile(values, 99), percentile([7], 99), percentile([], 50)]).toEqual([
    100, 198, 7, 0,
  ]);
});
