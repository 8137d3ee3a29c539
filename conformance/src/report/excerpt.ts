/** Which lines of a long list are shown: its ends, and what stands around the lines that matter. */

/** A line by its place, or how many are left out there. */
export type Excerpt = { readonly line: number } | { readonly leftOut: number };

/** How much is shown. */
export interface ExcerptBounds {
  /** A list of so many lines is shown whole. */
  readonly whole: number;
  /** Lines at the beginning. */
  readonly first: number;
  /** Lines at the end. */
  readonly last: number;
  /** Lines before and behind each that matters. */
  readonly around: number;
  /** How many that matter are shown: the last ones. */
  readonly marks: number;
}

/** Longest group of lines that is looked for again behind itself: a round of polling, for instance. */
const PERIOD_MAX = 8;
/** From so many rounds on, only the first and the last are shown. */
const ROUNDS = 4;

/**
 * What is shown of `count` lines, of which those in `matter` (places) matter.
 * @param dull places of lines that are left out in any case
 */
export function excerpt(
  count: number,
  matter: readonly number[],
  bounds: ExcerptBounds,
  dull: ReadonlySet<number> = new Set(),
): Excerpt[] {
  const isShort = count - dull.size <= bounds.whole;
  const near = matter.slice(-bounds.marks);
  const isShown = (line: number): boolean =>
    isShort ||
    line < bounds.first ||
    line >= count - bounds.last ||
    near.some((mark) => Math.abs(line - mark) <= bounds.around);
  const shown: Excerpt[] = [];
  let leftOut = 0;
  for (let line = 0; line < count; line++) {
    if (dull.has(line) || !isShown(line)) {
      leftOut += 1;
      continue;
    }
    if (leftOut > 0) shown.push({ leftOut });
    leftOut = 0;
    shown.push({ line });
  }
  if (leftOut > 0) shown.push({ leftOut });
  return shown;
}

/** The places inside of long repetitions: rounds of lines that differ in numbers and hashes only. */
export function repetitions(lines: readonly string[]): ReadonlySet<number> {
  const shapes = lines.map((line) => line.replaceAll(/\b[0-9a-f]{16,}\b|\d+/g, '#'));
  const inside = new Set<number>();
  for (let period = 1; period <= PERIOD_MAX; period++) {
    for (
      let first = 0, next = period;
      next < lines.length;
      first = next - period + 1, next = first + period
    ) {
      while (next < lines.length && shapes[next] === shapes[next - period]) next += 1;
      if (next - first < ROUNDS * period) continue;
      for (let line = first + period; line < next - period; line++) inside.add(line);
    }
  }
  return inside;
}
