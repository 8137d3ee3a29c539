import { defineConfig } from 'vitest/config';
import { totalsReporter } from './scripts/launch/totals-reporter.mjs';

export default defineConfig({
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'conformance/test/**/*.test.ts',
      'engines/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    // Real databases on a busy machine: a time-out tells a hang, not a slow machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    typecheck: { enabled: false },
    reporters: ['default', totalsReporter()],
  },
});
