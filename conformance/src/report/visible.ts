/** Text as it can be printed: what a terminal or a file format would act on, or not show, is spelled out. */
import { stripVTControlCharacters } from 'node:util';

/** Control and format characters, lone surrogates, what is private or not assigned, line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text with everything unprintable as `\u{…}`; colours are dropped, line ends stay. */
export function visible(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replace(UNPRINTABLE, (character) => (character === '\n' ? character : spelled(character)));
}

/** The same on one line: line ends are spelled out too. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n');
}

function spelled(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
