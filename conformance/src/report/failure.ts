/** A broken law, told to somebody who has not read the suite. */
import type { LawFailed } from '../bench/law-failed.js';
import { type History, Wrong } from '../bench/wrong.js';
import { excerpt, repetitions } from './excerpt.js';
import { isError } from './is-error.js';
import { repeatedWord, SHORT, shortened } from './shortened.js';
import { SIGNS, sideBySide } from './side-by-side.js';
import { marked, paragraphs } from './wrapped.js';

/** How a failure is shown. */
export interface FailureOptions {
  /** Cells of a line: 100 unless given. */
  readonly width?: number;
  /** The command that shows it again. */
  readonly replay: string;
}

const NARROWEST = 60;
const WIDEST = 160;
const SCHEDULE = { whole: 40, first: 8, last: 16, around: 3, marks: 4 };
const ROWS = { whole: 40, first: 20, last: 10, around: 0, marks: 0 };
/** Lines of the terminal that one line of a schedule, or one row, may take. */
const LINES_EACH = 3;
/** Lines of the terminal that the smallest value may take: one that needs many is one of length. */
const VALUE_LINES = 20;
/** Frames of a stack that are shown. */
const FRAMES = 6;
/** What a line of a schedule says where something was broken on purpose, or an error came back. */
const FAULT = /<==|\b(crashed|frozen|woken|killed|[A-Z]\w*Error)\b/;

/** The whole story: the law, what is wrong, how it came about, and the command that shows it again. */
export function failureText(failure: LawFailed, { width = 100, replay }: FailureOptions): string {
  const cells = Math.min(WIDEST, Math.max(NARROWEST, width));
  const { schedule = [], histories, rows = [] } = failure.exhibits;
  const word = repeatedWord([...schedule, ...rows, ...(histories ?? []).flatMap(({ lines }) => lines)]);
  const short = (lines: readonly string[]): string[] => lines.map((line) => shortened(line, word));
  const sides = histories?.map(({ title, lines }) => ({ title, lines: short(lines) }));
  const lines = [
    `BROKEN LAW: ${failure.law}`,
    ...paragraphs(failure.says, cells),
    ...section('What is wrong', paragraphs(shortened(whatIsWrong(failure.cause), word), cells)),
    ...section('The smallest value that shows it', valueShown(failure.value ?? '', cells)),
    ...section(
      `How it came about: case "${failure.schedule.case}", seed ${failure.schedule.seed}`,
      numbered(short(schedule), cells),
    ),
    ...section(
      'What should have happened, and what did',
      sides?.[0] === undefined || sides[1] === undefined ? [] : beside([sides[0], sides[1]], cells),
    ),
    ...section('The rows involved', listed(short(rows), cells)),
    ...(word === undefined ? [] : ['', `${SHORT} stands for ${word}`]),
    ...section('To see it again', [`  ${replay}`]),
  ];
  return lines.join('\n');
}

function beside(histories: readonly [History, History], width: number): string[] {
  return [SIGNS, '', ...sideBySide(histories, width - 2)].map((line) => `  ${line}`.trimEnd());
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.every((line) => line === '') ? [] : ['', title, ...lines];
}

/** The assertion's own words; for any other error also where it was thrown; and why, where that says more. */
export function whatIsWrong(cause: unknown): string {
  if (!isError(cause)) return `something was thrown that is no error: ${String(cause)}`;
  const isJudgement = cause instanceof Wrong || cause.name === 'AssertionError';
  const own = isJudgement ? withoutAdvice(cause.message) : errorStory(cause);
  const why = cause.cause === undefined ? '' : whatIsWrong(cause.cause);
  return why === '' || own.includes(why) ? own : `${own}\nbecause of ${why}`;
}

function errorStory({ name, message, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at .*\d+:\d+\)?$/.test(line));
  const own = frames.filter((line) => !/node:internal|node_modules\/(?!@flowstate)/.test(line));
  const shown = (own.length > 0 ? own : frames).slice(0, FRAMES).map((line) => `  ${line.trim()}`);
  return [`an error that nothing here should throw: ${name}: ${message}`, ...shown].join('\n');
}

/** Without the empty lines that Node puts around a comparison. */
function withoutAdvice(message: string): string {
  return message.replaceAll(/\n{2,}/g, '\n').trimEnd();
}

function valueShown(value: string, width: number): string[] {
  const lines = paragraphs(value, width);
  if (lines.length <= VALUE_LINES) return lines;
  return [
    ...lines.slice(0, VALUE_LINES),
    `  … ${lines.length - VALUE_LINES} lines left out; --json has them all …`,
  ];
}

function numbered(lines: readonly string[], width: number): string[] {
  const digits = String(lines.length).length;
  // The last answer is what the law did not like, even where it had asked more before it could look at it.
  const last = lines.findLastIndex((line) => !line.endsWith('(no answer)'));
  const matter = lines.flatMap((line, i) => (FAULT.test(line) || i === last ? [i] : []));
  return excerpt(lines.length, matter, SCHEDULE, repetitions(lines)).flatMap((part) =>
    'leftOut' in part
      ? [`  ${' '.repeat(digits)}  … ${part.leftOut} lines left out; --json has them all …`]
      : marked(`  ${String(part.line + 1).padStart(digits)}  `, lines[part.line]!, width, LINES_EACH),
  );
}

function listed(lines: readonly string[], width: number): string[] {
  return excerpt(lines.length, [], ROWS).flatMap((part) =>
    'leftOut' in part
      ? [`  … ${part.leftOut} rows left out; --json has them all …`]
      : marked('  - ', lines[part.line]!, width, LINES_EACH),
  );
}
