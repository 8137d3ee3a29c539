import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bench } from '../src/bench.js';
import type { Options } from '../src/options.js';
import { type Report, textOf } from '../src/report.js';
import { sharedEngine } from './shared-engine.js';

const memoryProgram = fileURLToPath(new URL('../dist/memory-process.js', import.meta.url));
const FEW: Options = {
  clients: [1, 3],
  seconds: 0.1,
  rounds: 2,
  runs: 200,
  only: undefined,
  prepared: true,
  file: undefined,
};

const started = sharedEngine('postgres');

/** One engine for all: what it costs to wait for the disk is not looked at here. */
async function measured(options: Partial<Options>): Promise<Report> {
  return bench({ ...FEW, ...options }, { engine: async () => started(), progress: () => {}, memoryProgram });
}

function comparison(report: Report, clients: number, what: string, beside: string) {
  const found = report.comparisons.find(
    (one) => one.clients === clients && one.what === what && one.beside === beside,
  );
  if (found === undefined) throw new Error(`${what} beside ${beside} is not in the report`);
  return found;
}

test('writes are set beside raw updates, at each number of clients, with what each sends', async () => {
  const report = await measured({ only: 'write' });
  expect(report.memory).toBeUndefined();
  expect(
    new Set(report.rows.map(({ clients, round, subject }) => `${clients} ${round} ${subject}`)).size,
  ).toBe(2 * 2 * 6);
  for (const clients of [1, 3]) {
    const write = comparison(report, clients, 'write in a run', 'raw update');
    expect(write.besideStatements).toBe(1);
    // As few as one run of 50 writes to 16 items may have been counted, and each item may have overflowed in it.
    expect(write.statements).toBeGreaterThanOrEqual(1);
    expect(write.statements).toBeLessThanOrEqual(1 + (2 * 16) / 50);
    expect(comparison(report, clients, 'whole run of nothing', 'raw update').statements).toBe(2);
    expect(comparison(report, clients, 'update in a run', 'raw select and update').besideStatements).toBe(2);
    for (const ratio of [write.cost, write.p50]) {
      expect(ratio.least).toBeGreaterThan(0);
      expect(ratio.least).toBeLessThanOrEqual(ratio.median);
      expect(ratio.median).toBeLessThanOrEqual(ratio.most);
    }
  }
  expect(report.server?.settings.synchronous_commit).toBe('on');
  expect(textOf(report)).toMatch(/3 clients\n.*\n.*write in a run +raw update/);
});

test('a reservation sends what the design allows, beside three plain statements', async () => {
  const report = await measured({ only: 'reservation', clients: [1], prepared: false });
  const reservation = comparison(report, 1, 'reservation', 'plain statements');
  expect(reservation.besideStatements).toBe(3);
  expect(reservation.budget).toBe(14);
  expect(reservation.statements).toBeGreaterThanOrEqual(14);
  // Even if the rows of both items were full each time.
  expect(reservation.statements).toBeLessThanOrEqual(14 + 2 * 2);
  expect(textOf(report)).toContain('unnamed statements on both sides');
});

test('memory is a series of ten samples of a process of its own; few runs are not judged', async () => {
  const report = await measured({ only: 'memory', clients: [4] });
  expect(report.rows).toEqual([]);
  expect(report.memory?.samples.map(({ runs }) => runs)).toEqual([
    20, 40, 60, 80, 100, 120, 140, 160, 180, 200,
  ]);
  expect(report.memory?.samples.every(({ heapUsed, rss }) => heapUsed > 0 && rss > heapUsed)).toBe(true);
  expect(report.memory?.verdict).toBeUndefined();
  expect(textOf(report)).toContain('Too few runs to tell');
});
