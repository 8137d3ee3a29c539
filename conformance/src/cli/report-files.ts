/** The files that a verdict is written to. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { jsonReport } from '../report/json.js';
import { junitReport } from '../report/junit.js';
import { markdownReport } from '../report/markdown.js';
import type { Verdict } from '../verdict.js';
import type { ReportFiles } from './command-line.js';
import { UsageError } from './usage-error.js';

const REPORTS = { json: jsonReport, junit: junitReport, markdown: markdownReport } as const;
const STANDARD_OUTPUT = '-';

/** Whether a report goes to standard output: then nothing else does. */
export function isOnStandardOutput(files: ReportFiles): boolean {
  return Object.values(files).includes(STANDARD_OUTPUT);
}

/** Makes sure that the files can be written, and removes old ones: one that is there is of this run. @throws UsageError */
export function prepareReports(files: ReportFiles): void {
  const chosen = chosenOf(files);
  if (chosen.filter(([, file]) => file === STANDARD_OUTPUT).length > 1)
    throw new UsageError('Only one report can go to standard output (-).');
  for (const [format, file] of chosen) {
    if (file === STANDARD_OUTPUT) continue;
    try {
      mkdirSync(dirname(resolve(file)), { recursive: true });
      writeFileSync(file, '');
      rmSync(file);
    } catch (error) {
      throw new UsageError(`--${format} ${file} cannot be written: ${String(error)}`, { cause: error });
    }
  }
}

/** Writes the reports. `command` runs the suite on this adapter. */
export function writeReports(files: ReportFiles, verdict: Verdict, command: string): void {
  for (const [format, file] of chosenOf(files)) {
    const text = REPORTS[format](verdict, command);
    if (file === STANDARD_OUTPUT) process.stdout.write(text);
    else writeFileSync(file, text);
  }
}

function chosenOf({ json, junit, markdown }: ReportFiles): [keyof typeof REPORTS, string][] {
  const all = [
    ['json', json],
    ['junit', junit],
    ['markdown', markdown],
  ] as const;
  return all.flatMap(([format, file]) => (file === undefined ? [] : [[format, file]]));
}
