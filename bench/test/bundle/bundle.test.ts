import { expect, test } from 'vitest';
import { bundleLines, measureBundle } from '../../src/bundle/bundle.js';

test('the bundle holds core and store, not the SDK, and is imported in fresh processes', async () => {
  const report = await measureBundle(2);
  const names = report.packages.map(({ name }) => name);
  expect(names).toContain('@flowstate/core');
  expect(names).toContain('@flowstate/adapter-dynamodb');
  expect(names.filter((name) => /^@(aws-sdk|smithy|flowstate\/engines)/.test(name))).toEqual([]);
  const sum = report.packages.reduce((total, { bytes }) => total + bytes, 0);
  expect(report.bytes).toBeGreaterThanOrEqual(sum);
  expect(report.bytes).toBeLessThan(1.05 * sum);
  expect(report.gzipBytes).toBeLessThan(report.bytes / 2);
  for (const { least, most } of [report.sdkMs, report.bundleMs]) {
    expect(least).toBeGreaterThan(0);
    expect(most).toBeGreaterThanOrEqual(least);
  }
  expect(bundleLines(report).join('\n')).toMatch(
    /KB with gzip; by package: @flowstate\/core .*\nImport in 2 fresh/,
  );
});
