/** Histories of one row over so few contents that old ones come back: what was seen long ago looks as if it were still there. */
import type { Change, Fields, RowKey, Test, Tests, Write } from '@flowstate/core/adapter';
import fc from 'fast-check';

/** One write of a history, for a row of `items`. */
export interface SmallMove {
  writeOf(key: RowKey): Write;
  readonly returning: boolean;
  /** Which of the rows seen so far it names, counted from the newest; beyond them: none. */
  readonly seen: number;
  /** Whether it names that row without its version. */
  readonly bare: boolean;
  /** Whether the row is read after it. */
  readonly look: boolean;
}

const word = fc.constantFrom('a', 'b');
const small = fc.integer({ min: 0, max: 2 });

const anyContent: fc.Arbitrary<Fields> = fc.record({
  rev: word,
  n: small,
  log: fc.constantFrom({}, { x: 1 }),
});

const anyTest: fc.Arbitrary<Test> = fc.oneof(
  fc.constant<Test>({ test: 'missing', path: ['log', 'x'] }),
  word.map((value): Test => ({ test: 'equals', path: 'rev', value })),
  small.map((value): Test => ({ test: 'below', path: 'n', value: value + 1 })),
);

const anyTests: fc.Arbitrary<Tests> = fc
  .tuple(anyTest, fc.array(anyTest, { maxLength: 1 }))
  .map(([first, rest]): Tests => [first, ...rest]);

const anyChanges: fc.Arbitrary<Change[]> = fc
  .tuple(
    word.map((value): Change => ({ change: 'set', path: 'rev', value })),
    fc.constantFrom<Change>(
      { change: 'set', path: 'n', value: 0 },
      { change: 'add', path: 'n', value: 1 },
      { change: 'remove', path: 'n' },
    ),
    fc.constantFrom<Change>(
      { change: 'set', path: ['log', 'x'], value: 1 },
      { change: 'remove', path: ['log', 'x'] },
    ),
  )
  .chain((changes) => fc.subarray(changes));

const anyWrite: fc.Arbitrary<(key: RowKey) => Write> = fc.oneof(
  {
    weight: 3,
    arbitrary: anyContent.map(
      (fields) =>
        (key: RowKey): Write => ({ write: 'create', key, fields }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(anyTests, anyChanges).map(
      ([when, changes]) =>
        (key: RowKey): Write => ({ write: 'update', key, when, changes }),
    ),
  },
  {
    weight: 2,
    arbitrary: anyTests.map(
      (when) =>
        (key: RowKey): Write => ({ write: 'delete', key, when }),
    ),
  },
);

/** Any history. */
export const anySmallHistory: fc.Arbitrary<readonly SmallMove[]> = fc.array(
  fc.record({
    writeOf: anyWrite,
    returning: fc.boolean(),
    seen: fc.nat(7),
    bare: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    look: fc.boolean(),
  }),
  { minLength: 2, maxLength: 14 },
);
