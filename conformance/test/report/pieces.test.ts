/** The pieces that reports are made of. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerpt, repetitions } from '../../src/report/excerpt.js';
import { replayCommand, shellWord } from '../../src/report/replay-command.js';
import { sideBySide } from '../../src/report/side-by-side.js';
import { visible, visibleLine } from '../../src/report/visible.js';
import { anyText } from './any-text.js';

const BOUNDS = { whole: 5, first: 2, last: 2, around: 1, marks: 2 };

test('a short list is whole; of a long one the ends and what matters are shown', () => {
  expect(excerpt(5, [], BOUNDS)).toEqual([0, 1, 2, 3, 4].map((line) => ({ line })));
  expect(excerpt(20, [10], BOUNDS)).toEqual([
    { line: 0 },
    { line: 1 },
    { leftOut: 7 },
    { line: 9 },
    { line: 10 },
    { line: 11 },
    { leftOut: 6 },
    { line: 18 },
    { line: 19 },
  ]);
});

test('every line is shown once or counted as left out', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(199)), (count, matter) => {
      let at = 0;
      for (const part of excerpt(count, matter, BOUNDS)) {
        if ('line' in part) expect(part.line).toBe(at);
        at += 'line' in part ? 1 : part.leftOut;
      }
      expect(at).toBe(count);
    }),
  );
});

test('of many rounds of the same lines the first and the last are kept', () => {
  const rounds = Array.from({ length: 6 }, (_, i) => [`list ${i}`, `answer ${i}`, 'wait']).flat();
  const lines = ['begin', ...rounds, 'end'];
  const kept = lines.filter((_, i) => !repetitions(lines).has(i));
  expect(kept).toEqual(['begin', 'list 0', 'answer 0', 'wait', 'list 5', 'answer 5', 'wait', 'end']);
  const few = ['begin', ...rounds.slice(0, 9), 'end'];
  expect(repetitions(few)).toEqual(new Set());
});

test('lines that differ are no repetition, however many there are', () => {
  const word = fc.uniqueArray(fc.stringMatching(/^[g-z]{3,6}$/), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(word, (lines) => {
      expect(repetitions(lines)).toEqual(new Set());
    }),
  );
});

test('histories lose no line, whatever they are', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const history = fc.array(line, { maxLength: 15 });
  fc.assert(
    fc.property(history, history, (left, right) => {
      fc.pre(repetitions(left).size === 0 && repetitions(right).size === 0);
      const rows = sideBySide(
        [
          { title: 'L', lines: left },
          { title: 'R', lines: right },
        ],
        41,
      ).slice(2);
      const cells = rows.map((row) => [row.slice(0, 19).trim(), row.slice(20, 21), row.slice(22).trim()]);
      expect(cells.flatMap(([cell]) => cell || [])).toEqual(left);
      expect(cells.flatMap(([, , cell]) => cell || [])).toEqual(right);
      for (const [a, sign, b] of cells)
        expect(sign?.trim()).toBe(a === b ? '' : a === '' ? '>' : b === '' ? '<' : '!');
    }),
  );
});

test('hashes and nonces make no difference between histories', () => {
  const [left, right] = ['launch 00112233445566778899', 'launch 99887766554433221100'];
  const rows = sideBySide(
    [
      { title: 'L', lines: [left, 'read 1'] },
      { title: 'R', lines: [right, 'read 2'] },
    ],
    61,
  );
  expect(rows.slice(2)).toEqual([`${left}     ${right}`, `read 1${' '.repeat(23)} ! read 2`]);
});

test('a shell gives quoted words back as they were', () => {
  const word = anyText.filter((text) => text !== '' && !text.includes('\0') && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(word, { minLength: 50, maxLength: 100 }), (words) => {
      const script = `printf '%s\\0' ${words.map((text) => shellWord(text)).join(' ')}`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0')).toEqual([...words, '']);
    }),
    { numRuns: 4, endOnFailure: true },
  );
  expect(shellWord("it's", 'win32')).toBe('"it\'s"');
});

test('the command replays a schedule at the depth that it was found at', () => {
  const schedule = { law: 'store/x', case: "it's first", path: '0:1', seed: 7 };
  expect(replayCommand('npx it', schedule)).toBe(`npx it --replay 'store/x#it'\\''s first~0:1@7'`);
  expect(replayCommand('npx it', schedule, 'slice')).toContain('npx it --depth slice --replay ');
});

test('visible text has no control characters but line ends, and keeps all that can be seen', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(visible(text)).not.toMatch(/[^\P{C}\n]/u);
      expect(visibleLine(text)).not.toContain('\n');
    }),
  );
  expect(visible('Zürich 日本 😀 e\u0301\r\nnext')).toBe('Zürich 日本 😀 e\u0301\nnext');
});
