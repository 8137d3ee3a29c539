import { expect, test } from 'vitest';
import { capabilitiesDocument } from '../../docs/capabilities-document.mjs';

const LIMITS = (traits: { rowBytesMax: number }) => ({
  value: traits.rowBytesMax / 2,
  outcome: traits.rowBytesMax / 4,
});

function report(adapter: string, more: object = {}) {
  return {
    adapter,
    engine: `${adapter} 1.0`,
    seed: 1,
    shard: { index: 1, of: 1 },
    depth: 'full',
    complete: true,
    traits: {
      name: adapter,
      rowBytesMax: 1024 * 1024,
      entriesPerRow: 16,
      requestsPerWrite: 1 as const,
      pageRowsMax: 100,
      reads: 'linearizable' as const,
      staleMs: 0,
    },
    laws: {
      passed: 1,
      failed: 0,
      skipped: [
        { law: 'wire/b', reason: 'no proxy' },
        { law: 'wire/a', reason: 'no proxy' },
        { law: 'store/x', reason: 'a | b' },
      ],
    },
    cut: [],
    crashPoints: { hit: 3, total: 3 },
    requests: { write: 1, read: 1, 'driver: read': 2 },
    results: [
      { law: 'store/a', verdict: 'passed', schedules: 1, seconds: Math.random() },
      { law: 'store/x', verdict: 'skipped', schedules: 0, seconds: 0 },
      { law: 'wire/a', verdict: 'skipped', schedules: 0, seconds: 0 },
      { law: 'wire/b', verdict: 'skipped', schedules: 0, seconds: 0 },
    ],
    seconds: Math.random(),
    ...more,
  };
}

test('the order of the reports and how long they took make no difference', () => {
  const text = capabilitiesDocument([report('postgres'), report('memory')], LIMITS);
  expect(capabilitiesDocument([report('memory'), report('postgres')], LIMITS)).toBe(text);
  expect(text).toContain('|  | memory | postgres |\n|---|---|---|\n| engine | memory 1.0 | postgres 1.0 |');
  expect(text).toContain('| largest value, encoded | 512 KiB | 512 KiB |');
  expect(text).toContain(
    '| law | memory | postgres |\n|---|---|---|\n| store/a | holds | holds |\n| store/x | skipped | skipped |',
  );
});

test('requests are in one table, those of the driver in another', () => {
  const text = capabilitiesDocument(
    [report('memory', { requests: { write: 1 } }), report('postgres')],
    LIMITS,
  );
  expect(text).toContain('| read | - | 1 |\n| write | 1 | 1 |');
  expect(text).toContain('| request | postgres |\n|---|---|\n| read | 2 |');
});

test('laws that are skipped for one reason stand together, a whole group by its name', () => {
  const text = capabilitiesDocument([report('memory')], LIMITS);
  expect(text).toContain('| store/x | a \\| b |\n| wire/* | no proxy |');
});

test.each([
  ['the run was stopped', { complete: false }],
  ['it is of one shard', { shard: { index: 1, of: 8 } }],
  ['it is not of the full depth', { depth: 'slice' }],
  ['no time was left for store/a', { cut: ['store/a'] }],
  ['2 laws are broken', { laws: { passed: 9, failed: 2, skipped: [] } }],
  ['no law was run', { laws: { passed: 0, failed: 0, skipped: [] } }],
])('a report is refused: %s', (problem, more) => {
  expect(() => capabilitiesDocument([report('memory', more)], LIMITS)).toThrow(
    `The report of memory cannot be used: ${problem}.`,
  );
});
