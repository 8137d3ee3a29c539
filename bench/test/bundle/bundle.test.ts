import { expect, test } from 'vitest';
import { BUNDLES, bundleLines, measureBundle } from '../../src/bundle/bundle.js';

test.each([
  ['DynamoDB', '@flowstate/adapter-dynamodb'],
  ['Firestore', '@flowstate/adapter-firestore'],
])(
  'the bundle on %s holds core and %s, not the SDK, and is imported in fresh processes',
  async (database, adapter) => {
    const subject = BUNDLES.find(({ name }) => name === database);
    if (subject === undefined) throw new Error('no such bundle');
    const report = await measureBundle(subject, 2);
    const names = report.packages.map(({ name }) => name);
    expect(names).toContain('@flowstate/core');
    expect(names).toContain(adapter);
    expect(
      names.filter((name) => /^@(aws-sdk|smithy|google-cloud|grpc|flowstate\/engines)|^google-/.test(name)),
    ).toEqual([]);
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
  },
);
