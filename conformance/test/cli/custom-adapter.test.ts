/** The adapter that docs/ADAPTERS.md leads to: installed and judged as its author would. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, runProgram } from './command.js';
import { npm, UNREACHABLE } from './npm.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const EXAMPLE = join(ROOT, 'examples', 'custom-adapter');
const MINUTES = 60_000;

test('examples/custom-adapter passes', { timeout: 10 * MINUTES }, async ({ skip }) => {
  const install = await npm(['ci', '--prefer-offline', '--no-audit', '--no-fund'], EXAMPLE);
  if (install.code !== 0 && UNREACHABLE.test(install.err)) skip('the registry of npm cannot be reached');
  expect(install.code, install.err).toBe(0);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const types = await runProgram(process.execPath, [tsc, '-p', EXAMPLE], { cwd: ROOT });
  expect(types.out).toBe('');
  const { code, out, err } = await run(
    ['./harness.ts', '--only', 'store', '--depth', 'slice', '--seed', '7'],
    {
      cwd: EXAMPLE,
    },
  );
  expect(code, out + err).toBe(0);
  expect(out).toMatch(/^ok +store\/semantics/m);
});
