/** Every write, its outcome and the row it leaves, compared with what `semantics.ts` says of it. */
import {
  type Change,
  effectOf,
  FIELDS,
  type Fields,
  type Path,
  type RowKey,
  type Scalar,
  type Test,
  valueAt,
  type Write,
} from '@flowstate/core/adapter';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { store, useDatabase } from './database.js';

useDatabase();

const MAX = Number.MAX_SAFE_INTEGER;
const names = [
  'a',
  'run.nonce.1',
  'a,b',
  '{x}',
  '"q"',
  '\\',
  ' ',
  "'",
  '$1',
  '?',
  'é😀\u{10ffff}',
  '0',
  'null',
  'x'.repeat(300),
];

const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      'a',
      '1',
      'true',
      'null',
      '\\u0000',
      "'; --",
      '\u{1f600}\u{10ffff}\uffff\u0001',
      'ß\u0301',
    ),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 20_000 }).map((length) => '"é\\'.repeat(length)) },
);
const whole = fc.oneof(
  fc.constantFrom(0, 1, -1, MAX, -MAX),
  fc.integer({ min: -3, max: 3 }),
  fc.maxSafeInteger(),
);
const number = whole.map((value) => value + 0);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean());
const entries = fc.dictionary(fc.constantFrom(...names), scalar, { maxKeys: 5, noNullPrototype: true });

function valuesOf(kind: string): fc.Arbitrary<Scalar> {
  return kind === 'text' ? text : kind === 'number' ? number : kind === 'boolean' ? fc.boolean() : scalar;
}

function rowOf(table: RowKey['table']): fc.Arbitrary<Fields> {
  const kinds = FIELDS.filter((field) => field.table === table);
  const model = kinds.map(({ name, kind }) => [name, kind === 'map' ? entries : valuesOf(kind)] as const);
  return fc.record(Object.fromEntries(model), { requiredKeys: ['log'], noNullPrototype: true });
}

/** A path with values that fit it. What a test or change says is settled when the row is known. */
interface Spot {
  readonly path: Path;
  readonly value: Scalar;
  readonly number: number;
  readonly choice: number;
}

function spotOf(table: RowKey['table']): fc.Arbitrary<Spot> {
  const field = fc.constantFrom(...FIELDS.filter((each) => each.table === table));
  return field.chain(({ name, kind }) =>
    fc.record({
      path:
        kind === 'map'
          ? fc.constantFrom(...names).map((entry): Path => [name, entry])
          : fc.constant<Path>(name),
      value: valuesOf(kind),
      number,
      choice: fc.nat(5),
    }),
  );
}

/** Mostly a test that holds, so that most writes with several tests are applied. */
function testAt(fields: Fields, { path, value, number: limit, choice }: Spot): Test {
  const current = valueAt(fields, path);
  if (choice === 0) return { test: 'missing', path };
  if (choice === 1) return { test: 'equals', path, value };
  if (choice === 2 && (typeof path !== 'string' || typeof value === 'number'))
    return { test: 'below', path, value: limit };
  if (current === undefined) return { test: 'missing', path };
  if (choice === 3 && typeof current === 'number' && current < MAX)
    return { test: 'below', path, value: current + 1 };
  return { test: 'equals', path, value: typeof current === 'object' ? value : current };
}

function changeAt(fields: Fields, { path, value, number: amount, choice }: Spot): Change | undefined {
  // Entries of an absent map, sums beyond the safe integers and sums of words are outside the contract.
  if (typeof path !== 'string' && valueAt(fields, path[0]) === undefined) return undefined;
  if (choice < 2) return { change: 'remove', path };
  if (choice < 4) return { change: 'set', path, value };
  const current = valueAt(fields, path) ?? (typeof value === 'number' ? 0 : undefined);
  if (typeof current !== 'number' || !Number.isSafeInteger(current + amount))
    return { change: 'set', path, value };
  return { change: 'add', path, value: amount };
}

type Step =
  | { readonly step: 'create'; readonly fields: Fields; readonly returning: boolean }
  | {
      readonly step: 'update' | 'delete';
      readonly tests: Spot[];
      readonly changes: Spot[];
      readonly returning: boolean;
    };

function stepOf(table: RowKey['table']): fc.Arbitrary<Step> {
  const spots = (minLength: number) => fc.array(spotOf(table), { minLength, maxLength: 4 });
  const change = (step: 'update' | 'delete') =>
    fc.record({ step: fc.constant(step), tests: spots(1), changes: spots(0), returning: fc.boolean() });
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        step: fc.constant('create' as const),
        fields: rowOf(table),
        returning: fc.boolean(),
      }),
    },
    { weight: 6, arbitrary: change('update') },
    { weight: 1, arbitrary: change('delete') },
  );
}

function writeOf(key: RowKey, step: Step, current: Fields): Write {
  if (step.step === 'create') return { write: 'create', key, fields: step.fields };
  const [first, ...rest] = step.tests.map((spot) => testAt(current, spot));
  const when = [first!, ...rest] as const;
  if (step.step === 'delete') return { write: 'delete', key, when };
  const changes = new Map<string, Change>();
  for (const spot of step.changes) {
    const change = changeAt(current, spot);
    if (change !== undefined) changes.set(String(change.path), change);
  }
  return { write: 'update', key, when, changes: [...changes.values()] };
}

let run = 0;

test.each(['items', 'runs'] as const)('rows of table %s', async (table) => {
  const counts = { applied: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf(table), { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      async (steps, prepare) => {
        const rows = store({ prepare });
        run += 1;
        const key: RowKey = { table, partition: `generated:${run}`, sort: 'A' };
        let current: Fields | undefined;
        for (const step of steps) {
          const write = writeOf(key, step, current ?? { log: {} });
          const effect = effectOf(current, write);
          const outcome = await rows.write(write, { returning: step.returning });
          const refused = effect === 'refused';
          counts[refused ? 'refused' : 'applied'] += 1;
          if (!refused) current = effect ?? undefined;
          const row = current === undefined ? null : { key, fields: current };
          expect(outcome).toStrictEqual({ applied: !refused, ...(step.returning ? { row } : {}) });
          expect(await rows.read(key)).toStrictEqual(row ?? undefined);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(counts.applied).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(100);
});
