/** Two histories in two columns, line by line, with a sign between them where they differ. */
import { diffArrays } from 'diff';
import type { History } from '../bench/wrong.js';
import { excerpt, repetitions } from './excerpt.js';
import { marked, padded } from './wrapped.js';

/** What happened in both at one place, or in one of them only. */
interface Pair {
  readonly left?: string;
  readonly right?: string;
  readonly sign: Sign;
}

/** Equal; other there; only in the left one; only in the right one. */
type Sign = ' ' | '!' | '<' | '>';

/** What the signs mean, for whoever reads them for the first time. */
export const SIGNS = '(! other there, < only on the left, > only on the right)';

const BOUNDS = { whole: 40, first: 6, last: 6, around: 2, marks: 10 };
/** Spaces and sign between the columns. */
const GUTTER = 3;
/** Lines of the terminal that one line of a history may take. */
const LINES_EACH = 3;
/** What differs in every run, and means no difference: hashes, and nonces. */
const CHANCE = /\b[0-9a-f]{16,}\b/g;

/** The histories as lines of at most `width` cells. */
export function sideBySide([expected, actual]: readonly [History, History], width: number): string[] {
  const column = Math.floor((width - GUTTER) / 2);
  const row = (left: string, sign: string, right: string): string[] => {
    const lefts = marked('', left, column, LINES_EACH);
    const rights = marked('', right, column, LINES_EACH);
    return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, i) =>
      `${padded(lefts[i] ?? '', column)} ${i === 0 ? sign : ' '} ${rights[i] ?? ''}`.trimEnd(),
    );
  };
  const pairs = aligned(expected.lines, actual.lines);
  const different = pairs.flatMap(({ sign }, i) => (sign === ' ' ? [] : [i]));
  // The first differences tell most: what follows them often follows from them.
  const dull = repetitions(pairs.map(({ left = '', right = '' }) => `${left}\n${right}`));
  const shown = excerpt(pairs.length, different.slice(0, BOUNDS.marks), BOUNDS, dull);
  return [
    ...row(expected.title, ' ', actual.title),
    `${'-'.repeat(column)}   ${'-'.repeat(column)}`,
    ...shown.flatMap((part) => {
      if ('leftOut' in part) return [`… ${part.leftOut} lines left out …`];
      const { left = '', right = '', sign } = pairs[part.line]!;
      return row(left, sign, right);
    }),
  ];
}

/** The lines of both, equal ones beside each other. */
function aligned(left: readonly string[], right: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  let removed: string[] = [];
  let at = 0;
  const comparator = (a: string, b: string): boolean => withoutChance(a) === withoutChance(b);
  for (const change of [...diffArrays([...left], [...right], { comparator }), undefined]) {
    if (change?.removed) {
      removed = change.value;
      continue;
    }
    const added = change?.added ? change.value : [];
    for (let i = 0; i < Math.max(removed.length, added.length); i++)
      pairs.push(unequal(removed[i], added[i]));
    at += removed.length;
    removed = [];
    if (change === undefined || change.added) continue;
    // Of equal lines the library keeps one side: both are wanted where chance makes them differ.
    pairs.push(
      ...change.value.map((line, i): Pair => ({ left: left[at + i] ?? line, right: line, sign: ' ' })),
    );
    at += change.value.length;
  }
  return pairs;
}

function withoutChance(line: string): string {
  return line.replaceAll(CHANCE, '#');
}

function unequal(left: string | undefined, right: string | undefined): Pair {
  if (left === undefined) return { right: right ?? '', sign: '>' };
  return right === undefined ? { left, sign: '<' } : { left, right, sign: '!' };
}
