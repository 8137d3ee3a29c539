import { expect, test } from 'vitest';
import { measureContention } from '../../src/firestore/contention.js';
import type { Costs } from '../../src/firestore/costs.js';
import { measureFirestore } from '../../src/firestore/measure.js';
import { meterOf } from '../../src/firestore/meter.js';
import { type Documents, dollarsOfMillion, PRICES } from '../../src/firestore/prices.js';
import { firestoreLines, worstExcess } from '../../src/firestore/report.js';
import { sharedEngine } from '../shared-engine.js';

const started = sharedEngine('firestore');

const NOTHING: Documents = { reads: 0, writes: 0, deletes: 0, refused: 0, requests: 0, writeBytes: 0 };

test('documents are counted as they are billed: found or not, a query at least once, a refused write too', async () => {
  const { db, take } = meterOf(await started().database());
  const all = db.collection('c');
  await all.doc('a').get();
  expect(take()).toEqual({ ...NOTHING, reads: 1, requests: 1 });
  await all.where('n', '>', 0).get();
  expect(take()).toEqual({ ...NOTHING, reads: 1, requests: 1 });
  for (const id of ['a', 'b', 'c']) await all.doc(id).create({ n: 1 });
  const made = take();
  expect(made).toMatchObject({ ...NOTHING, writes: 3, requests: 3, writeBytes: made.writeBytes });
  await all.where('n', '>', 0).get();
  expect(take()).toEqual({ ...NOTHING, reads: 3, requests: 1 });
  await all.doc('a').delete();
  expect(take()).toMatchObject({ writes: 0, deletes: 1, refused: 0, requests: 1 });
  await expect(all.doc('b').create({ n: 1 })).rejects.toMatchObject({ code: 6 });
  expect(take()).toMatchObject({ writes: 1, refused: 1, requests: 1 });
  // So many more bytes, one of them for the longer length.
  const bytes: number[] = [];
  for (const size of [100, 1100]) {
    await all.doc('b').update({ text: 'x'.repeat(size) });
    bytes.push(take().writeBytes);
  }
  const [small = 0, large = 0] = bytes;
  expect(large - small).toBeGreaterThanOrEqual(1000);
  expect(large - small).toBeLessThan(1010);
  await db.terminate();
});

test('operations are counted without the run around them, beside plain requests', async () => {
  const plan = {
    costs: { entriesPerRow: [8], valueBytes: [100, 2000], operations: 8 },
    contention: { writers: 4, seconds: 0.2 },
  };
  const report = await measureFirestore(
    plan,
    () => {},
    async () => started(),
  );
  const { costs } = report;
  expect(costs.run).toMatchObject({ reads: 0, writes: 2, deletes: 0, refused: 0, requests: 2 });
  for (const { update, read } of costs.plain) {
    expect(update).toMatchObject({ writes: 1, reads: 0, requests: 1 });
    expect(read).toMatchObject({ writes: 0, reads: 1, requests: 1 });
  }
  // Each table and each of four shards, for each queue.
  expect(costs.idlePass.requests).toBeGreaterThanOrEqual(8);
  expect(costs.idlePass.requests % 8).toBe(0);
  expect(costs.idlePass.reads).toBe(costs.idlePass.requests);
  expect(costs.operations).toHaveLength(2 * 4);
  for (const { operation, warm, cold } of costs.operations) {
    if (operation === 'read') {
      expect(warm.reads).toBeGreaterThanOrEqual(1);
      continue;
    }
    // Each writes the row once; some write another one, or seal it.
    expect(warm.writes).toBeGreaterThanOrEqual(1);
    expect(warm.writes).toBeLessThan(2);
    expect(cold.reads).toBeGreaterThan(warm.reads);
  }
  expect(costs.reservations[0]?.whole.requests).toBeGreaterThanOrEqual(14);
  const text = firestoreLines(report).join('\n');
  expect(text).toContain('A run, without what it does: 2 w, 0 r, 0 d, 2 rq, ');
  expect(text).toContain('$ 1.80/3.60');
  expect(text).toMatch(/4 writers that change one document for 0.2 s\n.* changes.* each of them kept\n/);
});

test('no change of rivals is lost or made twice, on either side', async () => {
  const plan = { writers: 5, seconds: 0.5 };
  const { store, transactions } = await measureContention(await started().database(), plan);
  for (const { exact, total } of [store, transactions]) {
    expect(exact).toBe(true);
    expect(total).toBeGreaterThan(0);
  }
});

test('dollars are those of the list', () => {
  const documents = { ...NOTHING, reads: 3, writes: 2, deletes: 1 };
  for (const location of ['us-central1', 'nam5'] as const) {
    const list = PRICES.locations[location];
    const dollars = 10 * (3 * list.reads + 2 * list.writes + list.deletes);
    expect(dollarsOfMillion(documents, location)).toBeCloseTo(dollars);
  }
});

test('the worst excess of a setting is that of the operation where another one is cheapest by most', () => {
  const written = (writes: number) => ({ ...NOTHING, writes });
  const counted = (entriesPerRow: number, valueBytes: number, warm: number, cold: number) => ({
    ...{ entriesPerRow, valueBytes, operation: 'write' as const },
    ...{ warm: written(warm), cold: written(cold) },
  });
  const costs: Costs = {
    plan: { entriesPerRow: [8, 16], valueBytes: [1, 2], operations: 1 },
    run: written(5),
    operations: [counted(8, 1, 3, 5), counted(16, 1, 5, 5), counted(8, 2, 5, 15), counted(16, 2, 5, 10)],
    plain: [],
    reservations: [],
    idlePass: NOTHING,
  };
  expect(worstExcess(costs, 8)).toBeCloseTo(20 / 15 - 1);
  expect(worstExcess(costs, 16)).toBeCloseTo(10 / 8 - 1);
});
