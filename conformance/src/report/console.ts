/** The verdict for people, at the end of a run. */
import type { LawResult, Verdict } from '../verdict.js';
import { replayCommand } from './replay-command.js';
import { extent, groupsOf, requestsText, sentence, totalsOf } from './totals.js';
import { visibleLine } from './visible.js';
import { marked, padded } from './wrapped.js';

/** How the table is shown. */
export interface ConsoleOptions {
  /** Cells of a line. */
  readonly width: number;
  /** Runs the suite on this adapter. */
  readonly command: string;
}

const COLUMNS = ['group', 'laws', 'passed', 'failed', 'skipped', 'schedules', 'seconds'] as const;

/** Counts of each group, the facts of the run, what was left out, and how to see each failure again. */
export function consoleReport(verdict: Verdict, { width, command }: ConsoleOptions): string {
  const { failed, cut } = totalsOf(verdict);
  const facts = factsOf(verdict);
  const names = Math.max(...facts.map(([name]) => name.length)) + 2;
  return [
    ...table(verdict),
    '',
    ...facts.flatMap(([name, value]) => marked(padded(name, names), value, width)),
    ...cut.flatMap(({ law }) =>
      marked(padded('cut', names), `${law}: no time was left for all of it`, width),
    ),
    ...failed.flatMap(({ law, failure }) =>
      failure === undefined
        ? []
        : ['', `broken: ${law}`, `  ${replayCommand(command, failure.schedule, verdict.depth)}`],
    ),
    '',
    sentence(verdict),
  ].join('\n');
}

function factsOf(verdict: Verdict): [name: string, value: string][] {
  const { crashPoints, schedules, histories, requests, seconds } = verdict;
  const asked = requestsText(requests);
  return [
    ['adapter', visibleLine(verdict.adapter)],
    ['engine', visibleLine(verdict.engine)],
    ['seed', String(verdict.seed)],
    ['depth', extent(verdict)],
    ['crash points', `${crashPoints.hit} of ${crashPoints.total} hit`],
    ['schedules', String(schedules)],
    ['histories', `${histories} judged`],
    ...(asked === '' ? [] : ([['requests', asked]] satisfies [string, string][])),
    ['time', `${seconds.toFixed(1)} s`],
  ];
}

function table(verdict: Verdict): string[] {
  const rows = [...groupsOf(verdict)].map(([group, results]) => [group, ...cells(results)]);
  const all = [COLUMNS, ...rows, ['all', ...cells(verdict.results)]];
  const widths = COLUMNS.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((each, i) => (i === 0 ? each.padEnd(widths[i] ?? 0) : each.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function cells(results: readonly LawResult[]): string[] {
  const count = (verdict: LawResult['verdict']) => results.filter((each) => each.verdict === verdict).length;
  const sum = (of: (result: LawResult) => number) => results.reduce((total, each) => total + of(each), 0);
  return [
    String(results.length),
    String(count('passed')),
    String(count('failed')),
    String(count('skipped')),
    String(sum(({ schedules }) => schedules)),
    sum(({ seconds }) => seconds).toFixed(1),
  ];
}
