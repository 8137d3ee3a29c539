/** Writes of one row, one after the other: what each tests and changes is settled when the row before it is known. */
import {
  type Change,
  type Fields,
  type Path,
  type RowKey,
  type Scalar,
  type TableName,
  type Test,
  type Tests,
  valueAt,
  type Write,
} from '@flowstate/core/adapter';
import fc from 'fast-check';
import { anyRow, anyValue, fieldsOf } from './rows.js';
import { anyName, anyNumber, MAX } from './texts.js';

/** A path with values that fit it. */
export interface Spot {
  readonly path: Path;
  readonly value: Scalar;
  readonly number: number;
  /** What is done there: {@link writeOf} decides by it and by what is there. */
  readonly choice: number;
}

/** A write in the making. */
export interface Step {
  /** Of 0 to {@link LAST_CHOICE}: whether it creates, updates or deletes. */
  readonly choice: number;
  readonly fields: Fields;
  readonly tests: readonly [Spot, ...Spot[]];
  readonly changes: readonly Spot[];
}

const LAST_CHOICE = 9;

/** A row that is not there has this much of a content, for what is settled by it. */
const NOTHING: Fields = { log: {} };

function anySpot(table: TableName): fc.Arbitrary<Spot> {
  return fc.constantFrom(...fieldsOf(table)).chain((field) =>
    fc.record({
      path:
        field.kind === 'map'
          ? anyName.map((entry): Path => [field.name, entry])
          : fc.constant<Path>(field.name),
      value: anyValue(field),
      number: anyNumber,
      choice: fc.nat(7),
    }),
  );
}

/** Any step on a row of that table. */
export function anyStep(table: TableName): fc.Arbitrary<Step> {
  const spot = anySpot(table);
  const tests = fc
    .tuple(spot, fc.array(spot, { maxLength: 3 }))
    .map(([first, rest]): readonly [Spot, ...Spot[]] => [first, ...rest]);
  const changes = fc.array(spot, { maxLength: 4 });
  return fc.record({ choice: fc.nat(LAST_CHOICE), fields: anyRow(table), tests, changes });
}

/** The write that a step is on a row with that content; mostly one that is applied. */
export function writeOf(key: RowKey, step: Step, present: Fields | undefined): Write {
  const current = present ?? NOTHING;
  const { choice, fields } = step;
  // Most of the time what is absent is created, and what is there updated.
  if (present === undefined ? choice < LAST_CHOICE - 2 : choice === 0)
    return { write: 'create', key, fields };
  const [first, ...rest] = step.tests;
  const when: Tests = [testAt(current, first), ...rest.map((spot) => testAt(current, spot))];
  if (choice === LAST_CHOICE) return { write: 'delete', key, when };
  const changes = new Map<string, Change>();
  for (const spot of step.changes) {
    const change = changeAt(current, spot);
    // Two changes of one path are outside the domain.
    if (change !== undefined) changes.set(JSON.stringify(change.path), change);
  }
  return { write: 'update', key, when, changes: [...changes.values()] };
}

/** Mostly a test that holds, so that most writes with several tests are applied. */
function testAt(fields: Fields, { path, value, number: limit, choice }: Spot): Test {
  const current = valueAt(fields, path);
  if (choice === 0) return { test: 'equals', path, value };
  if (choice === 1) return { test: 'missing', path };
  if (choice === 2 && (typeof path !== 'string' || typeof value === 'number'))
    return { test: 'below', path, value: limit };
  if (current === undefined) return { test: 'missing', path };
  if (choice < 5 && typeof current === 'number' && current < MAX)
    return { test: 'below', path, value: current + 1 };
  return { test: 'equals', path, value: typeof current === 'object' ? value : current };
}

function changeAt(fields: Fields, { path, value, number: amount, choice }: Spot): Change | undefined {
  // Entries of an absent map, sums beyond the safe integers and sums of words are outside the contract.
  if (typeof path !== 'string' && valueAt(fields, path[0]) === undefined) return undefined;
  if (choice < 2) return { change: 'remove', path };
  if (choice < 5) return { change: 'set', path, value };
  const current = valueAt(fields, path) ?? (typeof value === 'number' ? 0 : undefined);
  if (typeof current !== 'number' || !Number.isSafeInteger(current + amount))
    return { change: 'set', path, value };
  return { change: 'add', path, value: amount };
}
