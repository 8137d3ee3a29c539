import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAndBuild } from './build.mjs';
import { progress } from './checkout.mjs';
import { Stopped } from './child.mjs';
import { reportFailure } from './command.mjs';
import { runVitest } from './run-vitest.mjs';
import { TOTALS_FILE, totalsLine } from './totals-reporter.mjs';

/** @typedef {import('./totals-reporter.mjs').Totals} Totals */

/**
 * Runs the tests and prints the totals as the last line, whatever happens before.
 * @param {readonly string[]} args what vitest receives: files, `-t name` and the like
 * @param {{ prepare?: () => Promise<void>, vitest?: typeof runVitest }} steps
 * @returns {Promise<number>} 0 where something ran and nothing failed
 */
export async function runTests(args, { prepare = installAndBuild, vitest = runVitest } = {}) {
  try {
    await prepare();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    reportFailure(error);
    console.log(totalsLine({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'flowstate-totals-'));
  const file = join(folder, 'totals.json');
  try {
    const code = await vitest(args, { [TOTALS_FILE]: file });
    const totals = settled(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, code);
    console.log(totalsLine(totals));
    return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The totals, with one failure where vitest itself failed and no test says so.
 * @param {Totals | undefined} totals
 * @param {number} code
 * @returns {Totals}
 */
function settled(totals, code) {
  if (totals === undefined) {
    progress(`vitest ended without a result (exit code ${code}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (code !== 0 && totals.failed === 0) {
    progress(`vitest failed although no test did (exit code ${code}).`);
    return { ...totals, failed: 1 };
  }
  if (totals.passed + totals.failed === 0) progress('No test ran.');
  return totals;
}
