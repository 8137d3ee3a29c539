import { expect, test } from 'vitest';
import { work } from '../src/closed-loop.js';
import { compare, type Row } from '../src/comparison.js';
import { type Sample, verdictOf } from '../src/memory.js';
import { median, quantile, slope, spread } from '../src/statistics.js';

test('medians, quantiles and slopes', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(spread([2, 9, 1])).toEqual({ median: 2, least: 1, most: 9 });
  expect(slope([1, 2, 3, 4].map((x) => ({ x, y: 7 + 3 * x })))).toBeCloseTo(3);
});

const MEGABYTE = 1_000_000;

function series(perRun: number, warmUp = 0): Sample[] {
  return Array.from({ length: 10 }, (_, n) => {
    const runs = (n + 1) * 10_000;
    // What garbage collection leaves more or less of.
    const noise = (n % 3) * 20_000;
    const bytes = 20 * MEGABYTE + (n < 2 ? -warmUp : 0) + runs * perRun + noise;
    return { runs, seconds: n, heapUsed: bytes, external: MEGABYTE, rss: 5 * bytes };
  });
}

test('memory that stays is flat, whatever the process took until it was warm', () => {
  expect(verdictOf(series(0, 8 * MEGABYTE))?.flat).toBe(true);
});

test('a hundred bytes kept for each run are not flat', () => {
  const verdict = verdictOf(series(100));
  expect(verdict?.flat).toBe(false);
  expect(verdict?.heapBytesPerRun).toBeGreaterThan(95);
  expect(verdict?.heapBytesPerRun).toBeLessThan(105);
});

test('memory outside of the heap counts as well', () => {
  const samples = series(0);
  const outside = samples.map((sample) => ({ ...sample, rss: sample.rss + sample.runs * 1000 }));
  expect(verdictOf(outside)?.flat).toBe(false);
});

test('a process that was only just warm is not judged', () => {
  expect(verdictOf(series(100).slice(0, 4))).toBeUndefined();
  expect(verdictOf(series(100).slice(0, 5))?.flat).toBe(false);
});

function row(subject: string, round: number, costUs: number): Row {
  const cpu = { applicationUs: costUs / 2, databaseUs: costUs / 2 };
  const measured = { operations: 10, seconds: 1, costUs, p50Us: costUs, p99Us: costUs, cpu };
  return { workload: 'w', clients: 1, round, subject, statements: costUs / 100, ...measured };
}

test('a share of a long run is compared without the cost of the run itself, round by round', () => {
  const rows = [
    ...[row('raw', 0, 100), row('long', 0, 1300), row('empty', 0, 300)],
    ...[row('raw', 1, 200), row('long', 1, 6300), row('empty', 1, 300)],
    ...[row('raw', 2, 100), row('long', 2, 2300), row('empty', 2, 300)],
  ];
  const pair = { what: 'step', beside: 'raw', of: { run: 'long', less: 'empty', each: 10 }, budget: 1 };
  const [step] = compare([pair], rows);
  expect(step?.cost).toEqual({ median: 2, least: 1, most: 3 });
  expect(step?.cpu).toEqual({ median: 2, least: 1, most: 3 });
  expect(step?.statements).toBe(2);
});

test('clients do exactly as many operations as asked, and stop at the first error', async () => {
  let running = 0;
  let most = 0;
  const subject = {
    name: 'subject',
    async operate() {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  };
  expect(await work(subject, 4, { operations: 10 })).toHaveLength(10);
  expect(most).toBe(4);
  const failing = { name: 'failing', operate: () => Promise.reject(new Error('no')) };
  await expect(work(failing, 4, { ms: 60_000 })).rejects.toThrow('failing failed');
});
