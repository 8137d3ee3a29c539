/** Logs of real runs agree with what they did; every contradiction is told. */
import { type Fields, type Row, runKey } from '@flowstate/core/adapter';
import { decodeRecord, itemPartition, runPartition } from '@flowstate/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { logAndEffectViolations } from '../../src/oracles/log-and-effects.js';
import { evidence, spoilt } from './evidence.js';

let rows: Row[];
beforeAll(async () => {
  rows = await evidence();
});

const RUN = runKey('main', 'one');
const isMain =
  (sort: string) =>
  ({ key }: Row): boolean =>
    key.partition === runPartition(RUN) && key.sort === sort;
const isItem =
  (name: string, sort = '00000000') =>
  ({ key }: Row): boolean =>
    key.partition === itemPartition('t', name) && key.sort === sort;

/** Every record of the run, its entries changed as text. */
function rerecorded(from: string, to: string): Row[] {
  const changed = rows.map((row) => {
    const { record } = row.fields;
    if (row.key.partition !== runPartition(RUN) || typeof record !== 'string') return row;
    return { ...row, fields: { ...row.fields, record: record.replace(from, to) } };
  });
  expect(changed).not.toEqual(rows);
  return changed;
}

/** The log of an item's row, each outcome changed. */
function relogged(
  which: (row: Row) => boolean,
  change: (outcome: unknown) => string | boolean | number,
): Row[] {
  return spoilt(rows, which, (fields) => ({
    ...fields,
    log: Object.fromEntries(Object.entries(fields.log as object).map(([token, old]) => [token, change(old)])),
  }));
}

test('logs of real runs agree with everything', () => {
  const entries = rows.flatMap(({ fields }) =>
    typeof fields.record === 'string' ? decodeRecord(fields.record).map(({ kind }) => kind) : [],
  );
  const kinds = ['read', 'update', 'condWrite', 'step', 'write', 'delete', 'syncInvoke', 'asyncInvoke'];
  for (const kind of kinds) expect(entries).toContain(kind);
  const { outcome } = rows.find(isMain('intent'))!.fields;
  const told = [{ client: 'caller', run: RUN, outcome: String(outcome) }];
  expect(logAndEffectViolations(rows, told)).toEqual([]);
});

describe('contradictions', () => {
  const cases: [string, () => Row[], RegExp][] = [
    [
      'condWrite: the run says true, the item false',
      () => relogged(isItem('owner'), (old) => (old === true ? false : String(old))),
      /condWrite t owner \(step \d+\) as 1\[?true\]?.*, the item as 1\[?false/,
    ],
    [
      'update: another number in the item',
      () => relogged(isItem('count', '00000001'), () => 'v1[9]'),
      /update t count .* the item as 1\[9\]/,
    ],
    [
      'an outcome that is none',
      () => relogged(isItem('count', '00000001'), () => 'x'),
      /something that is no outcome/,
    ],
    [
      'an error that the item does not know of',
      () => relogged(isItem('owner'), (old) => (old === true ? true : 'v1[1]')),
      /as error RangeError: no, the item as/,
    ],
    [
      'an effect recorded that is nowhere',
      () => spoilt(rows, isItem('gone'), (fields) => ({ ...fields, log: {} })),
      /write t gone .* no row of an item knows of it/,
    ],
    [
      'an effect of no run',
      () => rows.filter((row) => row.key.partition !== runPartition(RUN)),
      /an effect of a run that does not exist/,
    ],
    [
      'an effect that was not recorded',
      () =>
        spoilt(rows, isItem('gone'), (fields: Fields) => ({
          ...fields,
          log: { ...(fields.log as object), [`${RUN}.x.99`]: 'ok' },
        })),
      /an effect that its run did not record, .*\.x\.99.*recorded: .*0 read t count/,
    ],
    [
      'a call recorded with another result',
      () => rerecorded('"syncInvoke","callee","v1[2]"', '"syncInvoke","callee","v1[3]"'),
      /syncInvoke callee .* as 1\[3\], the callee as 1\[2\]/,
    ],
    [
      'a call of a run that does not exist',
      () => rerecorded('"syncInvoke","callee"', '"syncInvoke","other"'),
      /syncInvoke other .* there is no such run/,
    ],
    [
      'a registration of a run that does not exist',
      () => rerecorded('"asyncInvoke","callee"', '"asyncInvoke","other"'),
      /asyncInvoke other .* there is no such run/,
    ],
  ];
  test.each(cases)('%s', (_, spoil, message) => {
    const violations = logAndEffectViolations(spoil());
    expect(violations.join('\n')).toMatch(message);
  });

  test('somebody was told another outcome', () => {
    const told = [{ client: 'b', run: RUN, outcome: 'v1[0]' }];
    expect(logAndEffectViolations(rows, told)).toEqual([
      expect.stringMatching(/^b was told v1\[0\], the run's outcome is v1/),
    ]);
    const unknown = [{ client: 'b', run: 'f'.repeat(32), outcome: 'v1[0]' }];
    expect(logAndEffectViolations(rows, unknown)).toEqual([expect.stringContaining('does not exist')]);
  });

  test('runs that are not done are not compared', () => {
    const undone = spoilt(
      relogged(isItem('count', '00000001'), () => 'v1[9]'),
      isMain('intent'),
      (fields) => ({ ...fields, state: 'running' }),
    );
    expect(logAndEffectViolations(undone)).toEqual([]);
  });
});
