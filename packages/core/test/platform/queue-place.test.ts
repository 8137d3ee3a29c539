/** Places of rows and of what is due, as texts that sort like them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.js';
import {
  keyAt,
  listedAt,
  listedBetween,
  placeOf,
  placesOf,
  queuePlace,
} from '../../src/platform/queue-place.js';

const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'AZaz059_.:-'), minLength: 1, maxLength: 12 }),
  fc.constantFrom('.', '..', '__', '__a', 'a__', '__a__'),
);
const due = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e15, 1e15 - 1, -1e15),
);

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

test('a place says whose it is; what is no place is corrupt', () => {
  fc.assert(
    fc.property(part, part, (partition, sort) => {
      expect(keyAt('runs', placeOf({ partition, sort }))).toEqual({ table: 'runs', partition, sort });
    }),
  );
  for (const place of [undefined, 7, '', 'a', '#b', 'a#', 'a#b#c'])
    expect(() => keyAt('runs', place)).toThrow(StoreError);
});

describe('order', () => {
  test('of places is that of `sort` within a partition, and all of a partition lie within its bounds', () => {
    fc.assert(
      fc.property(part, part, part, (partition, one, other) => {
        const [a, b] = [placeOf({ partition, sort: one }), placeOf({ partition, sort: other })];
        expect(inOrder(a, b)).toBe(inOrder(one, other));
        const { after, before } = placesOf(partition, undefined, undefined);
        expect(a > after && a < before).toBe(true);
      }),
    );
  });

  test('of another partition none lies within these bounds, whatever its name begins with', () => {
    fc.assert(
      fc.property(part, fc.oneof(part, fc.constant('')), part, (partition, more, sort) => {
        const place = placeOf({ partition: `${partition}${more}`, sort });
        const { after, before } = placesOf(partition, undefined, undefined);
        expect(place > after && place < before).toBe(more === '');
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
        const { after, before } = listedBetween(queue, 3, undefined, until);
        expect(place > after && place < before).toBe(at <= until);
      }),
    );
  });

  test('no place of one queue or shard lies in another', () => {
    fc.assert(
      fc.property(part, part, fc.nat(63), fc.nat(63), due, (queue, other, shard, another, at) => {
        const place = listedAt(queue, shard, [at, 'p', 's']);
        const same = queue === other && shard === another;
        const { after, before } = listedBetween(other, another, undefined, Number.MAX_SAFE_INTEGER);
        expect(place > after && place < before).toBe(same);
      }),
    );
  });
});
