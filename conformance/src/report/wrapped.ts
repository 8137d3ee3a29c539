/** Text in lines that fit a terminal. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { visible, visibleLine } from './visible.js';

/** Narrowest column that text is broken for, in cells of the terminal. */
const NARROWEST = 16;

/** One line of any length as lines of at most `width` cells: broken at spaces where there are some. */
export function brokenLine(text: string, width: number): string[] {
  return (
    wrapAnsi(visibleLine(text), Math.max(NARROWEST, width), { hard: true, trim: false })
      .split('\n')
      // Of the space where a line is broken, neither line keeps anything.
      .map((line, i) => (i === 0 ? line.trimEnd() : line.trim()))
  );
}

/** Paragraphs, indented, each line of them broken to fit. */
export function paragraphs(text: string, width: number, indent = '  '): string[] {
  return visible(text)
    .split('\n')
    .flatMap((line) => brokenLine(line, width - stringWidth(indent)))
    .map((line) => (line === '' ? '' : `${indent}${line}`));
}

/** A line behind a mark, such as its number: what does not fit goes on below, under the text. `lines`: most that are shown. */
export function marked(
  mark: string,
  text: string,
  width: number,
  lines = Number.POSITIVE_INFINITY,
): string[] {
  const broken = brokenLine(text, width - stringWidth(mark));
  const shown =
    broken.length <= lines ? broken : [...broken.slice(0, lines - 1), ellipsis(broken[lines - 1] ?? '')];
  return shown.map((line, i) => `${i === 0 ? mark : ' '.repeat(stringWidth(mark))}${line}`);
}

/** The line with its last characters gone for a sign that there is more. */
function ellipsis(line: string): string {
  return `${line.slice(0, -2)} …`;
}

/** The text with spaces behind it, up to `width` cells. */
export function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - stringWidth(text)))}`;
}
