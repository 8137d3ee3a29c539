import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSnippets } from '../../docs/check-snippets.mjs';
import { ROOT } from '../../launch/checkout.mjs';

let root: string;

beforeAll(() => {
  // Inside the checkout, so that the snippets find the packages that it has installed.
  mkdirSync(join(ROOT, '.flowstate'), { recursive: true });
  root = mkdtempSync(join(ROOT, '.flowstate', 'snippets test-'));
  mkdirSync(join(root, 'docs', 'snippets'), { recursive: true });
  writeFileSync(join(root, 'tsconfig.base.json'), `{ "compilerOptions": ${JSON.stringify(STRICT)} }`);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  const tiny = join(root, 'node_modules', 'tiny');
  mkdirSync(tiny, { recursive: true });
  writeFileSync(join(tiny, 'package.json'), '{ "name": "tiny", "types": "index.d.ts" }');
  writeFileSync(join(tiny, 'index.d.ts'), 'export function twice(n: number): number;\n');
  writeFileSync(
    join(root, 'docs', 'snippets', 'trip.ts'),
    'interface Trip { hotel: string }\ndeclare const trip: Trip;\n',
  );
  writeFileSync(join(root, 'docs', 'snippets', 'wrong.ts'), 'const fine = 1;\nconst wrong: string = fine;\n');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const STRICT = { target: 'ES2023', module: 'NodeNext', strict: true, types: ['node'], skipLibCheck: true };

function check(...lines: string[]) {
  return checkSnippets(root, [{ path: 'docs/guide.md', text: lines.join('\n') }]);
}

test('right code passes: each snippet is a module of its own, with the types of Node and of packages', () => {
  const found = check(
    '```ts',
    "import { twice } from 'tiny';",
    "const port: number = twice(Number(process.env['PORT']));",
    '```',
    '```ts',
    'const port = "the same name";',
    'export const text: string = await Promise.resolve(port);',
    '```',
  );
  expect(found).toEqual({ count: 2, problems: [] });
});

test('every error is named by document and line: of types, of syntax, of strictness, of modules', () => {
  const wrongType = ['# Guide', '```ts', 'const one = 1;', 'const two: string = one;', '```'];
  const wrongSyntax = ['```ts', 'const = 1;', '```'];
  const loose = ['```ts', 'export const f = (a) => a;', "import 'not-a-package-of-ours';", '```'];
  const { count, problems } = check(...wrongType, ...wrongSyntax, ...loose);
  expect(count).toBe(3);
  expect(problems).toContainEqual({
    path: 'docs/guide.md',
    line: 4,
    message: expect.stringContaining('TS2322'),
  });
  expect(problems).toContainEqual({ path: 'docs/guide.md', line: 7, message: expect.stringMatching(/^TS1/) });
  expect(problems).toContainEqual({
    path: 'docs/guide.md',
    line: 10,
    message: expect.stringContaining('TS7006'),
  });
  expect(problems).toContainEqual({
    path: 'docs/guide.md',
    line: 11,
    message: expect.stringContaining('TS2882'),
  });
});

test('a fragment sees its prelude, and lines stay those of the document', () => {
  expect(check('```ts fragment trip', 'trip.hotel.length;', '```').problems).toEqual([]);
  const { problems } = check('```ts fragment trip', '', 'trip.hostel;', '```');
  expect(problems).toEqual([expect.objectContaining({ path: 'docs/guide.md', line: 3 })]);
});

test('an error in a prelude is named there, and a missing prelude where it is asked for', () => {
  const inPrelude = check('```ts fragment wrong', 'fine;', '```').problems;
  expect(inPrelude).toEqual([expect.objectContaining({ path: 'docs/snippets/wrong.ts', line: 2 })]);
  const missing = check('```ts fragment nobody', 'a;', '```');
  expect(missing).toEqual({
    count: 0,
    problems: [expect.objectContaining({ path: 'docs/guide.md', line: 1 })],
  });
});

test('the folder of snippets holds those of the last run only', () => {
  expect(check('```ts', 'const wrong: string = 1;', '```').problems).toHaveLength(1);
  expect(check('no code')).toEqual({ count: 0, problems: [] });
});
