/** The laws of writes hold on the stores in memory, and their generators meet what they are for. */
import { effectOf, type Fields } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyStep, writeOf } from '../../src/generate/writes.js';
import { runSuite } from '../../src/index.js';
import { difference } from '../../src/judge/contents.js';
import { memoryHarness } from '../../src/subjects/memory.js';

const LAWS = [
  'create-once',
  'domain',
  'every-addition',
  'keys',
  'limits',
  'maps',
  'never-upsert',
  'no-torn-row',
  'one-winner',
  'refusal-changes-nothing',
  'refusing-row',
  'seen',
  'semantics',
  'types-apart',
  'values',
].map((law) => `store/${law}`);

describe.each(STORE_KINDS)('the %s store in memory', (kind) => {
  test.each(['full', 'slice'] as const)('keeps to every law, %s', async (depth) => {
    const { results } = await runSuite(memoryHarness(kind), { seed: 11, depth, only: LAWS });
    const told = results.map(({ law, verdict, failure }) => `${law} ${verdict} ${failure ?? ''}`.trim());
    expect(told).toEqual(LAWS.map((law) => `${law} passed`));
  });
});

test('a conditional store that gives no row of a refusal is as good', async () => {
  const harness = memoryHarness('conditional', { returnsRefused: false });
  const { results } = await runSuite(harness, { seed: 3, depth: 'slice', only: LAWS });
  expect(results.flatMap(({ failure }) => (failure === undefined ? [] : [String(failure)]))).toEqual([]);
});

test.each(['items', 'runs'] as const)(
  'generated writes of %s are applied and refused, each often',
  (table) => {
    const counts = { created: 0, updated: 0, deleted: 0, refused: 0, changes: 0 };
    const key = { table, partition: 'p', sort: 's' } as const;
    for (const steps of fc.sample(fc.array(anyStep(table), { minLength: 10, maxLength: 10 }), {
      numRuns: 60,
      seed: 1,
    })) {
      let current: Fields | undefined;
      for (const step of steps) {
        const write = writeOf(key, step, current);
        const effect = effectOf(current, write);
        if (effect === 'refused') {
          counts.refused += 1;
          continue;
        }
        counts[`${write.write}d`] += 1;
        if (write.write === 'update') counts.changes += write.changes.length;
        current = effect ?? undefined;
      }
    }
    expect(counts.created).toBeGreaterThan(30);
    expect(counts.updated).toBeGreaterThan(150);
    expect(counts.deleted).toBeGreaterThan(15);
    expect(counts.refused).toBeGreaterThan(100);
    expect(counts.changes).toBeGreaterThan(150);
  },
);

describe('contents are compared strictly, and what differs is told', () => {
  const cases: readonly [Fields | undefined, Fields | undefined, string | undefined][] = [
    [undefined, undefined, undefined],
    [{ n: 1, log: { a: 1, b: '' } }, { log: { b: '', a: 1 }, n: 1 }, undefined],
    [undefined, { n: 1 }, 'there is no row; there should be {"n":1}'],
    [{ n: 1 }, undefined, 'there is a row, {"n":1}; there should be none'],
    [{ n: 1 }, { n: 2 }, 'n is 1 and should be 2'],
    [{ n: -0 }, { n: 0 }, 'n is -0 and should be 0'],
    [{ value: '1' }, { value: 1 }, 'value is "1" and should be 1'],
    [{ log: {} }, {}, 'log is {} and should not be there'],
    [{}, { log: {} }, 'log is missing and should be {}'],
    [{ log: { a: true } }, { log: { a: 'true' } }, 'log.a is true and should be "true"'],
    [{ log: { toString: 'x' } }, { log: {} }, 'log.toString is "x" and should not be there'],
    [
      { value: `${'x'.repeat(100)}y` },
      { value: `${'x'.repeat(101)}` },
      'value has 101 characters and should have 101; from character 100 on it is …"xxxxxxxxxxy"…, and should be …"xxxxxxxxxxx"…',
    ],
    [
      { a: 1, b: 1, c: 1, d: 1 },
      { a: 2, b: 2, c: 2, d: 2 },
      'a is 1 and should be 2; b is 1 and should be 2; c is 1 and should be 2; and 1 more differences',
    ],
  ];
  test.each(cases)('%j for %j', (found, expected, told) => {
    expect(difference(found, expected)).toBe(told);
  });
});
