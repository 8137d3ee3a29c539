import { expect, test } from 'vitest';
import { casesOf } from './cases.js';
import { exploreAll, summary } from './report.js';

test('every interleaving on a conditional store, with one fault, ends as whole operations would', {
  timeout: 300_000,
}, async () => {
  const report = await exploreAll(casesOf('conditional', 'quick').filter(({ faults }) => faults === 1));
  console.log(summary('conditional store, one fault', report));
  expect(report.violations).toEqual([]);
});
