/**
 * A vitest reporter that says what was skipped and why, and counts: tests that passed, failed and were skipped. A file
 * or group that could not load or set up counts as one failure, and so does each error outside any test.
 */
import { writeFileSync } from 'node:fs';

/** The environment variable that names the file which receives the totals as JSON. */
export const TOTALS_FILE = 'FLOWSTATE_TOTALS_FILE';

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @typedef {import('vitest/node').TestModule} TestModule */

/** The reporter, for `reporters` of a vitest configuration. */
export function totalsReporter(totalsFile = process.env[TOTALS_FILE]) {
  return {
    /**
     * @param {readonly TestModule[]} modules
     * @param {readonly unknown[]} unhandledErrors
     */
    onTestRunEnd(modules, unhandledErrors) {
      for (const line of skippedLines(modules)) console.log(line);
      const totals = countTotals(modules, unhandledErrors.length);
      if (totalsFile) writeFileSync(totalsFile, JSON.stringify(totals));
    },
  };
}

/** The last line of a test run. */
export function totalsLine(/** @type {Totals} */ { passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * @param {readonly TestModule[]} modules
 * @param {number} unhandled
 * @returns {Totals}
 */
function countTotals(modules, unhandled) {
  const totals = { passed: 0, failed: unhandled, skipped: 0 };
  for (const module of modules) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    for (const state of states) totals[state === 'passed' || state === 'skipped' ? state : 'failed'] += 1;
    for (const group of [module, ...module.children.allSuites()])
      totals.failed += group.errors().length > 0 ? 1 : 0;
    // A file whose process died reports neither tests nor an error of its own.
    if (states.length === 0 && module.errors().length === 0 && module.state() !== 'skipped')
      totals.failed += 1;
  }
  return totals;
}

/** One line for each file and reason, with how many tests it concerns. */
function skippedLines(/** @type {readonly TestModule[]} */ modules) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const module of modules) {
    for (const test of module.children.allTests('skipped')) {
      const result = test.result();
      const note = result.state === 'skipped' && result.note ? result.note : test.fullName;
      const line = `${module.relativeModuleId}: ${note}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return [...counts].map(([line, count]) => `skipped: ${line}${count > 1 ? ` (${count} tests)` : ''}`);
}
