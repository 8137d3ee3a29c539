/** Lines without the word that every key of a case begins with. */

/** A case's word, as the bench makes it: the run's word, the law's number, the case's count. */
const CASE_WORD = /\bc[0-9a-f]{8}[0-9a-z]{1,6}x\d+\b/g;
/** Fewer occurrences are no hindrance. */
const WORTH_WHILE = 4;
/** What stands for the word. */
export const SHORT = '~';

/** The word that the lines repeat most, if it is worth while to put something short in its place. */
export function repeatedWord(lines: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const line of lines)
    for (const [word] of line.matchAll(CASE_WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] >= WORTH_WHILE ? most[0] : undefined;
}

/** The line with `~` for the word. */
export function shortened(line: string, word: string | undefined): string {
  return word === undefined ? line : line.replaceAll(word, SHORT);
}
