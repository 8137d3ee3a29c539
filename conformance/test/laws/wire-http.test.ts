/** The laws of the wire on a database that only compares versions: an honest adapter that makes two requests for one write passes. */
import { expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { httpDatabase } from './wire-http-database.js';

const LAWS = ['wire/half-writes', 'wire/hidden-requests', 'wire/late-requests'];
const RUNS = 'wire/single-faults';

test.each([
  ['http1', 'linearizable'],
  ['http2', 'linearizable'],
  ['http1', 'bounded'],
] as const)('documents over %s, reads %s', async (speaks, reads) => {
  const harness = await httpDatabase({ speaks, reads });
  const close = harness.close;
  // Two runs of the suite on one server: neither is the last.
  const kept = { ...harness, close: async () => undefined };
  const verdict = await runSuite(kept, { only: LAWS, seed: 7, depth: 'slice' });
  const runs = await runSuite(kept, {
    only: [RUNS],
    seed: 7,
    depth: 'slice',
    shard: { index: 1, of: 3 },
  });
  await close();
  const results = [...verdict.results, ...runs.results];
  expect(results.map(({ law, verdict, failure }) => [law, verdict, String(failure ?? '')])).toEqual(
    [...LAWS, RUNS].map((law) => [law, 'passed', '']),
  );
  expect(runs.crashPoints.hit).toBe(runs.crashPoints.total);
  const { 'driver: update': update, 'driver: update, row seen': seen } = verdict.requests;
  expect([update, seen]).toEqual([2, 1]);
});
