import { expect, test } from 'vitest';
import { casesOf } from './cases.js';
import { exploreAll, summary } from './report.js';

test('every interleaving on a bounded store ends as whole operations would', {
  timeout: 300_000,
}, async () => {
  const report = await exploreAll(casesOf('bounded', 'quick'));
  console.log(summary('bounded', report));
  expect(report.violations).toEqual([]);
});
