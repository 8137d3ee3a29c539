import { StoreError } from '@flowstate/core/adapter';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { type LawFailed, Wrong } from '../../src/index.js';
import { failureText } from '../../src/report/failure.js';
import { believing, broken, createOnce, histories, roundTrip, throwing, truncating } from './broken-laws.js';

const REPLAY = "npx flowstate-conformance ./mine.ts --replay 'try/it#many@7'";
const told = (failure: LawFailed, width = 100) => failureText(failure, { width, replay: REPLAY });

test('the law, its text, what is wrong, how it came about, the rows, the command: in this order', async () => {
  const { failure } = await broken(createOnce, believing);
  const text = told(failure);
  const parts = [
    'BROKEN LAW: try/it\n  What is written is read. Otherwise values are lost.',
    'What is wrong\n  more than one create was applied',
    'How it came about: case "many", seed 7\n   1  client: create items/~.0/0 {"n":0,"log":{}} -> applied',
    'The rows involved\n  - items/~.0/0 {',
    'To see it again\n  npx flowstate-conformance',
  ];
  const places = parts.map((part) => text.indexOf(part));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('the word that every key begins with is said once', async () => {
  const { failure } = await broken(createOnce, believing);
  const text = told(failure);
  const [, word = ''] = /~ stands for (c\w+)/.exec(text) ?? [];
  expect(failure.exhibits.schedule?.[0]).toContain(`items/${word}.0/0`);
  expect(text.split(word)).toHaveLength(2);
});

test('of lines that say the same in a row the first and the last are shown, and how many are left out', async () => {
  const { failure } = await broken(createOnce, believing);
  expect(failure.exhibits.schedule).toHaveLength(60);
  const lines = told(failure).split('\n');
  expect(lines.filter((line) => /client: create/.test(line))).toHaveLength(2);
  expect(lines).toContain('      … 58 lines left out; --json has them all …');
});

test('of a long schedule the lines around a fault are shown', async () => {
  const schedule = Array.from({ length: 200 }, (_, i) => `request ${i} of ${'abcdefghijk'.charAt(i % 11)}`);
  schedule[100] = 'request 100 <== CRASH-AFTER';
  const { failure } = await broken(createOnce, believing);
  const text = told(Object.assign(Object.create(failure), { exhibits: { schedule } }));
  const shown = [...text.matchAll(/^ +\d+ {2}request (\d+)/gm)].map(([, line]) => Number(line));
  expect(shown.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(shown.slice(8, 15)).toEqual([97, 98, 99, 100, 101, 102, 103]);
  expect(shown.slice(15)).toEqual(Array.from({ length: 16 }, (_, i) => 184 + i));
});

test('a generated value is the smallest that fails', async () => {
  const { failure } = await broken(roundTrip, truncating);
  const text = told(failure);
  const [, value = ''] = /The smallest value that shows it\n {2}(.*)\n/.exec(text) ?? [];
  expect(JSON.parse(value)).toHaveLength(4);
  expect(text).toContain('a value came back changed');
});

test('two histories stand side by side, with a sign where they differ', async () => {
  const same = ['read h1 -> 3', 'write h1 2 -> applied'];
  const { failure } = await broken(
    histories([...same, 'result 2'], [...same, 'write h1 1 -> applied', 'result 1']),
  );
  const lines = told(failure).split('\n');
  expect(lines).toContain('What should have happened, and what did');
  const row = (sign: string) =>
    lines
      .filter((line) => line.slice(49, 52) === ` ${sign} `)
      .map((line) => line.split(` ${sign} `).map((side) => side.trim()));
  expect(row('!')).toEqual([['result 2', 'write h1 1 -> applied']]);
  expect(row('>')).toEqual([['', 'result 1']]);
});

test.each([60, 100, 160])(
  'no line is wider than a terminal of %i cells, the command apart',
  async (width) => {
    const wide = '日本語 👩‍👩‍👧 e\u0301 '.repeat(20);
    const { failure } = await broken(histories([wide, 'a'.repeat(500)], [`${wide}!`, 'b'.repeat(500)]));
    const { failure: long } = await broken(createOnce, believing);
    for (const line of [...told(failure, width).split('\n'), ...told(long, width).split('\n')])
      if (!line.includes('--replay')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  },
);

test('an error that is no assertion is told with its place and its causes', async () => {
  const cause = new Error('socket hang up');
  const { failure } = await broken(throwing(new StoreError('STORE_UNAVAILABLE', 'no connection', { cause })));
  const text = told(failure);
  expect(text).toContain('an error that nothing here should throw: StoreError: no connection');
  expect(text).toMatch(/ {4}at .*failure\.test\.ts:\d+/);
  expect(text).toContain('because of an error that nothing here should throw: Error: socket hang up');
  const { failure: odd } = await broken(throwing('a string'));
  expect(told(odd)).toContain('something was thrown that is no error: a string');
});

test('an error that an assertion passes on is not told twice', async () => {
  const { failure } = await broken(throwing(new Wrong('it is so', {}, new Wrong('it is so'))));
  expect(told(failure)).toContain('What is wrong\n  it is so\n\nTo see it again');
  const { failure: more } = await broken(throwing(new Wrong('it is so', {}, new Wrong('that was so'))));
  expect(told(more)).toContain('What is wrong\n  it is so\n  because of that was so\n');
});

test('what a terminal would act on is spelled out', async () => {
  const { failure } = await broken(
    throwing(new Error('bell \u0007, clear \u001b[2J, turned \u202e, half \ud800')),
  );
  const text = told(failure);
  expect(text).toContain('bell \\u{7}, clear , turned \\u{202e}, half \\u{d800}');
  expect(text).not.toMatch(/[^\P{C}\n]/u);
});
