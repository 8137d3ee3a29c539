import { expect, test } from 'vitest';
import { casesOf } from './cases.js';
import { exploreAll, summary } from './report.js';

test('every interleaving on a conditional store, without faults, ends as whole operations would', {
  timeout: 300_000,
}, async () => {
  const report = await exploreAll(casesOf('conditional', 'quick').filter(({ faults }) => faults === 0));
  console.log(summary('conditional store, no faults', report));
  expect(report.violations).toEqual([]);
});
