/** The verdict as Markdown: for a summary page or a comment. */
import type { LawResult, Verdict } from '../verdict.js';
import { failureText } from './failure.js';
import { replayCommand } from './replay-command.js';
import { extent, requestsText, sentence, totalsOf } from './totals.js';
import { visible, visibleLine } from './visible.js';

/** A verdict as `--markdown` writes it. `command` runs the suite on this adapter. */
export function markdownReport(verdict: Verdict, command: string): string {
  const { failed, cut } = totalsOf(verdict);
  const lines = [
    `# Conformance of ${cell(verdict.adapter)}`,
    '',
    `**${sentence(verdict)}**`,
    '',
    ...table(['', ''], facts(verdict)),
    '',
    ...table(
      ['law', 'verdict', 'schedules', 'seconds'],
      verdict.results.map((result) => [
        result.law,
        said(result),
        result.schedules,
        result.seconds.toFixed(1),
      ]),
    ),
  ];
  if (cut.length > 0)
    lines.push('', `Cut for want of time: ${cut.map(({ law }) => `\`${law}\``).join(', ')}.`);
  for (const { failure } of failed) {
    if (failure === undefined) continue;
    const replay = replayCommand(command, failure.schedule, verdict.depth);
    lines.push('', `## ${cell(failure.law)}`, '', ...fenced(visible(failureText(failure, { replay }))));
  }
  return `${lines.join('\n')}\n`;
}

function said({ verdict, reason = '' }: LawResult): string {
  return verdict === 'skipped' ? `skipped: ${reason}` : verdict === 'failed' ? '**FAILED**' : verdict;
}

function facts(verdict: Verdict): [string, string | number][] {
  const { crashPoints, schedules, histories, requests } = verdict;
  const asked = requestsText(requests);
  return [
    ['engine', verdict.engine],
    ['seed', verdict.seed],
    ['depth', extent(verdict)],
    ['crash points hit', `${crashPoints.hit} of ${crashPoints.total}`],
    ['schedules', schedules],
    ['histories judged', histories],
    ...(asked === '' ? [] : ([['requests', asked]] satisfies [string, string][])),
  ];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((each) => cell(String(each))).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** On one line, with nothing in it that ends a cell or begins a tag. */
function cell(text: string): string {
  return visibleLine(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** Code, behind more back-ticks than there are inside. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence];
}
