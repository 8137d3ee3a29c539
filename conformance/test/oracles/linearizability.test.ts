/** The oracle against histories whose verdict is known, and against every order tried by brute force. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Wrong } from '../../src/bench/wrong.js';
import { linearize, mustBeLinearizable, type Operation } from '../../src/oracles/linearizability.js';
import { type RegisterInput, registerModel } from '../../src/oracles/models.js';

type Op = Operation<RegisterInput, unknown>;
const register = registerModel(0);

/** `at`: [invoked, returned]; without an end, never heard of. */
function op(client: string, input: RegisterInput, at: [number, number?], output?: unknown): Op {
  const [invoked, returned] = at;
  return { client, input, invoked, ...(returned === undefined ? {} : { returned, output }) };
}
const write = (client: string, value: unknown, ...at: [number, number?]): Op =>
  op(client, { op: 'write', value }, at);
const read = (client: string, value: unknown, ...at: [number, number?]): Op =>
  op(client, { op: 'read' }, at, value);
const cas = (client: string, from: unknown, to: unknown, set: boolean, ...at: [number, number?]): Op =>
  op(client, { op: 'cas', from, to }, at, set);

const GOOD: Readonly<Record<string, readonly Op[]>> = {
  'nothing happened': [],
  'one after the other': [write('a', 1, 0, 1), read('b', 1, 2, 3), write('a', 2, 4, 5), read('b', 2, 6, 7)],
  'a read beside a write sees the value before': [write('a', 1, 0, 10), read('b', 0, 2, 3)],
  'a read beside a write sees the value after': [write('a', 1, 0, 10), read('b', 1, 2, 3)],
  'two reads beside a write: old, then new': [write('a', 1, 0, 10), read('b', 0, 1, 2), read('c', 1, 3, 4)],
  'of two writes at once the first may win': [write('a', 1, 0, 9), write('b', 2, 0, 9), read('c', 1, 10, 11)],
  'of two writes at once the second may win': [
    write('a', 1, 0, 9),
    write('b', 2, 0, 9),
    read('c', 2, 10, 11),
  ],
  'one of two compare-and-sets wins': [
    cas('a', 0, 1, true, 0, 9),
    cas('b', 0, 2, false, 1, 8),
    read('c', 1, 10, 11),
  ],
  'a write never heard of took effect': [write('a', 1, 0), read('b', 1, 5, 6)],
  'a write never heard of took effect late': [write('a', 1, 0), read('b', 0, 5, 6), read('b', 1, 7, 8)],
  'a write never heard of did not take effect': [write('a', 1, 0), read('b', 0, 5, 6), read('b', 0, 70, 80)],
  'a write never heard of, overwritten at once': [write('a', 1, 0), write('b', 2, 1, 2), read('b', 2, 3, 4)],
  'a read never heard of': [read('a', 77, 0), write('b', 2, 1, 2), read('b', 2, 3, 4)],
};

const BAD: Readonly<Record<string, readonly Op[]>> = {
  'stale read': [write('a', 1, 0, 1), read('b', 0, 2, 3)],
  'stale read of a value overwritten': [write('a', 1, 0, 1), write('a', 2, 2, 3), read('b', 1, 4, 5)],
  'dirty read: a value that nobody wrote': [write('a', 1, 0, 1), read('b', 9, 2, 3)],
  'dirty read: a compare-and-set that was refused': [cas('a', 5, 9, false, 0, 1), read('b', 9, 2, 3)],
  'read of the future': [read('b', 1, 0, 1), write('a', 1, 2, 3)],
  'reads that are not monotonic: new, then old': [
    write('a', 1, 0, 10),
    read('b', 1, 1, 2),
    read('c', 0, 3, 4),
  ],
  'lost write': [write('a', 1, 0, 1), write('b', 2, 2, 3), read('a', 1, 4, 5)],
  'lost update: two compare-and-sets from one value succeed': [
    cas('a', 0, 1, true, 0, 9),
    cas('b', 0, 2, true, 1, 8),
  ],
  'phantom success: the compare-and-set had no effect': [cas('a', 0, 1, true, 0, 1), read('b', 0, 2, 3)],
  'a compare-and-set that should have succeeded': [write('a', 1, 0, 1), cas('b', 1, 2, false, 2, 3)],
  'duplicate effect: a write comes back': [
    write('a', 1, 0, 1),
    write('b', 2, 2, 3),
    read('c', 2, 4, 5),
    read('c', 1, 6, 7),
  ],
  'a write never heard of took effect twice': [
    write('a', 1, 0),
    write('b', 2, 1, 2),
    read('b', 1, 3, 4),
    write('b', 3, 5, 6),
    read('b', 1, 7, 8),
  ],
  'a write never heard of before it was asked': [read('b', 1, 0, 1), write('a', 1, 2)],
  'real time between clients': [
    write('a', 1, 0, 1),
    write('b', 2, 2, 3),
    write('c', 3, 4, 5),
    read('d', 2, 6, 7),
  ],
  'two readers disagree on the order': [
    write('a', 1, 0, 20),
    write('b', 2, 0, 20),
    read('c', 1, 1, 2),
    read('c', 2, 3, 4),
    read('d', 1, 5, 6),
    read('d', 2, 7, 8),
  ],
};

describe('histories with known verdicts', () => {
  test.each(Object.entries(GOOD))('fits: %s', (_, history) => {
    expect(linearize(register, history)).toBeUndefined();
  });
  test.each(Object.entries(BAD))('does not fit: %s', (_, history) => {
    expect(linearize(register, history)).toBeDefined();
  });
});

/** Every order of every choice of the operations that were never heard of. */
function bruteForce(history: readonly Op[], state: unknown): boolean {
  if (history.every(({ returned }) => returned === undefined)) return true;
  return history.some((next) => {
    const others = history.filter((one) => one !== next);
    if (others.some(({ returned }) => returned !== undefined && returned < next.invoked)) return false;
    const [way] = register.outcomes(state, next.input);
    const fits = next.returned === undefined || Object.is(way!.output, next.output);
    return fits && bruteForce(others, way!.state);
  });
}

const value = fc.nat(2);
const input: fc.Arbitrary<{ input: RegisterInput; output: unknown }> = fc.oneof(
  fc.record({ input: fc.constant<RegisterInput>({ op: 'read' }), output: value }),
  fc.record({
    input: value.map((value): RegisterInput => ({ op: 'write', value })),
    output: fc.constant(undefined),
  }),
  fc.record({
    input: fc.tuple(value, value).map(([from, to]): RegisterInput => ({ op: 'cas', from, to })),
    output: fc.boolean(),
  }),
);
const history = fc
  .array(fc.tuple(input, fc.nat(20), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 5 })), {
    maxLength: 6,
  })
  .map((operations) =>
    operations.map(([{ input, output }, begin, lasts, heard], i): Op => {
      const told = heard === 0 ? {} : { returned: 10 * (begin + lasts) + i, output };
      return { client: `c${i}`, input, invoked: 10 * begin + i, ...told };
    }),
  );

test('says the same as every order tried, on generated histories', () => {
  const verdicts = { fits: 0, fails: 0 };
  fc.assert(
    fc.property(history, (operations) => {
      const fits = bruteForce(operations, register.initial);
      verdicts[fits ? 'fits' : 'fails'] += 1;
      expect(linearize(register, operations) === undefined).toBe(fits);
    }),
    { numRuns: 3000, seed: 11 },
  );
  // Neither verdict may be the exception: the comparison would show little.
  expect(Math.min(verdicts.fits, verdicts.fails)).toBeGreaterThan(500);
});

/** A register that really does one operation at a time, asked by several clients at once. */
function honestHistory(clients: number, each: number): Op[] {
  let state: unknown = 0;
  let moment = 0;
  const operations: Op[] = [];
  for (let round = 0; round < each; round++) {
    const invoked = Array.from({ length: clients }, () => moment++);
    for (let client = clients - 1; client >= 0; client--) {
      const input: RegisterInput =
        (round + client) % 3 === 0
          ? { op: 'read' }
          : (round + client) % 3 === 1
            ? { op: 'write', value: round * clients + client }
            : { op: 'cas', from: state, to: `set ${round} ${client}` };
      const [way] = register.outcomes(state, input);
      state = way!.state;
      operations.push({
        client: `c${client}`,
        input,
        invoked: invoked[client]!,
        output: way!.output,
        returned: moment++,
      });
    }
  }
  return operations;
}

test('a history of hundreds of operations is looked at in few steps, fitting or not', () => {
  const good = honestHistory(5, 100);
  let asked = 0;
  const counted = {
    ...register,
    outcomes: (state: unknown, input: RegisterInput) => {
      asked += 1;
      return register.outcomes(state, input);
    },
  };
  expect(linearize(counted, good)).toBeUndefined();
  expect(asked).toBeLessThan(20_000);
  const last = read('late', 'never written', 1e6, 1e6 + 1);
  expect(linearize(counted, [...good, last])?.misfits[0]?.operation).toBe(last);
  expect(asked).toBeLessThan(100_000);
});

test('many operations never heard of do not multiply what is looked at', () => {
  const unheard = Array.from({ length: 12 }, (_, i) => write(`dead ${i}`, i, i));
  const known = honestHistory(3, 20).map((one) => ({
    ...one,
    invoked: one.invoked + 100,
    ...(one.returned === undefined ? {} : { returned: one.returned + 100 }),
  }));
  expect(linearize(register, [...unheard, ...known])).toBeUndefined();
});

test('too many orders are refused, not looked at for ever', () => {
  const writes = Array.from({ length: 24 }, (_, i) => write(`c${i}`, i, i, 100 + i));
  const never = read('r', 'never written', 200, 201);
  expect(() => linearize(register, [...writes, never], 10_000)).toThrow(RangeError);
});

test('a failure shows the longest order that fits beside what does not', () => {
  const history = BAD['lost update: two compare-and-sets from one value succeed']!;
  const failure = thrown(() => mustBeLinearizable('item x', register, history));
  expect(failure).toBeInstanceOf(Wrong);
  expect(failure).toMatchObject({
    message:
      'item x: no order of its 2 operations explains what was told. The longest that fits has 1; then b: set 2 if 0 -> true does not',
    exhibits: {
      histories: [
        { title: 'the longest order that fits', lines: ['(at first 0)', 'a: set 1 if 0 -> true  (then 1)'] },
        {
          title: 'what would have to be next, at 1',
          lines: ['b: set 2 if 0 -> true [1, 8]', '    could have been told false'],
        },
      ],
    },
  });
});

test('an operation that was next in no order is marked', () => {
  const stuck = linearize(register, [write('a', 1, 0, 1), read('b', 9, 2, 3), read('c', 1, 2, 5)]);
  expect(stuck?.misfits.map(({ operation, nowhere }) => [operation.client, nowhere])).toEqual([['b', true]]);
  expect(stuck?.prefix.map(({ operation }) => operation.client)).toEqual(['a', 'c']);
});

function thrown(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
