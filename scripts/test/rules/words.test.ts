import { expect, test } from 'vitest';
import { wordViolations } from '../../rules/words.mjs';

function problems(text: string): string[] {
  return wordViolations([{ path: 'docs/a.md', text }]).map(({ line, message }) => `${line} ${message}`);
}

// Put together here, so that this file does not hold what it tests for.
const slashed = (...parts: string[]) => ['', ...parts].join('/');
const mark = (...parts: string[]) => parts.join('');

test.each([
  ['a work folder', `cd ${slashed('work', 'main')}`],
  ['the home of root', `"${slashed('root', '.npmrc')}"`],
  ['a home folder', `see \`${slashed('home', 'me', 'x')}\``],
  ['a temporary folder', `--out=${slashed('tmp', 'x')}`],
  ['a home folder elsewhere', `file://${slashed('Users', 'me', 'x')}`],
])('refuses %s', (_, text) => {
  expect(problems(text)).toEqual([expect.stringContaining('an absolute path of one machine')]);
});

test.each([
  ['a host', `https://${mark('registry', '.example.org')}/x`],
  ['a setting', `${mark('regis', 'try')}=https://packages.example.org`],
  ['a locked address', `    "${mark('resol', 'ved')}": "https://packages.example.org/x.tgz",`],
])('refuses a registry: %s', (_, text) => {
  expect(problems(text)).toEqual([expect.stringContaining('a registry host')]);
});

test.each([mark('TO', 'DO'), mark('FIX', 'ME'), mark('X', 'XX')])('refuses %s, on its line', (word) => {
  expect(problems(`fine\n// ${word}: later`)).toEqual([
    expect.stringMatching(/^2 a mark of unfinished work/),
  ]);
});

test('refuses a test that hides others', () => {
  expect(problems(`test.${mark('on', 'ly')}('x', f)`)).toEqual([
    expect.stringContaining('a test that hides others'),
  ]);
});

test.each([
  'cd packages/work/src and ./tmp/x, https://example.org/home/page',
  'the registry of functions; register.ts; "resolved": "packages/core"',
  'a to-do list, mastodon, hacks',
  `"integrity": "sha512-a/${mark('TO', 'DO')}/${mark('home', '/')}x=="`,
])('lets through %s', (text) => {
  expect(problems(text)).toEqual([]);
});
