/** The figures of an exploration, for people. */
import type { Explored } from '../../src/testing/index.js';
import { type Case, exploreCase } from './exploring.js';

/** What a set of cases came to. */
export interface Report {
  readonly cases: number;
  readonly states: number;
  readonly transitions: number;
  readonly databases: number;
  /** Cases that were cut at their bound of states. */
  readonly cut: readonly string[];
  readonly violations: readonly string[];
}

/** One line that names a case. */
export function titleOf(tested: Case): string {
  const { name, kind, executions, entriesPerRow, shapes, faults } = tested;
  return `${name} | ${executions} | ${kind}, ${entriesPerRow} entries a row, item ${shapes.a}, ${faults} faults`;
}

/** Explores case after case; stops at the first violation where asked to. */
export async function exploreAll(
  cases: readonly Case[],
  options: { readonly stopAtFirst?: boolean; readonly each?: (line: string) => void } = {},
): Promise<Report> {
  const report = {
    cases: 0,
    states: 0,
    transitions: 0,
    databases: 0,
    cut: [] as string[],
    violations: [] as string[],
  };
  for (const tested of cases) {
    const began = performance.now();
    const explored = await exploreCase(tested);
    report.cases += 1;
    report.states += explored.states;
    report.transitions += explored.transitions;
    report.databases += explored.databases;
    if (explored.violation !== undefined) report.violations.push(violationText(tested, explored));
    else if (!explored.exhausted) report.cut.push(titleOf(tested));
    options.each?.(
      `${titleOf(tested)}: ${explored.states} states${explored.exhausted ? '' : ', cut'}, ${Math.round(performance.now() - began)} ms`,
    );
    if (options.stopAtFirst === true && report.violations.length > 0) break;
  }
  return report;
}

/** The whole report in a few lines. */
export function summary(title: string, report: Report): string {
  const cut =
    report.cut.length === 0
      ? 'none cut'
      : `${report.cut.length} cut at their bound:\n    ${report.cut.join('\n    ')}`;
  return `${title}: ${report.cases} explorations, ${report.states} states, ${report.transitions} transitions, ${report.databases} databases recovered from, ${report.violations.length} wrong; ${cut}`;
}

function violationText(tested: Case, explored: Explored): string {
  const { message, trace } = explored.violation!;
  return [
    `${titleOf(tested)}: ${message}`,
    ...trace.map((line, at) => `  ${at + 1}. ${line.slice(0, 300)}`),
  ].join('\n');
}
