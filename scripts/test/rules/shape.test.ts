import { expect, test } from 'vitest';
import { shapeViolations } from '../../rules/shape.mjs';
import { parse } from '../../rules/source.mjs';

function problems(text: string, path = 'packages/core/src/flow.ts'): string[] {
  return shapeViolations([parse({ path, text })]).map(({ line, message }) => `${line} ${message}`);
}

const lines = (count: number) => 'step();\n'.repeat(count);

test('a file of 400 lines passes, one of 401 does not', () => {
  expect(problems(lines(400))).toEqual([]);
  expect(problems(lines(401))).toEqual(['401 401 lines: a file has at most 400']);
});

test.each([
  ['a function', 'function long() {\n', '}'],
  ['an arrow', 'const long = () => {\n', '};'],
  ['a method', 'class A { long() {\n', '} }'],
  ['a callback', 'each(() => {\n', '});'],
])('%s of 70 lines passes, one of 71 does not', (_, head, tail) => {
  expect(problems(head + lines(68) + tail)).toEqual([]);
  expect(problems(head + lines(69) + tail)).toEqual(['1 a function of 71 lines: at most 70']);
});

test('the comment above a function and the callback of describe do not count', () => {
  expect(problems(`/**\n${' * why\n'.repeat(20)} */\nfunction short() {\n${lines(68)}}`)).toEqual([]);
  expect(problems(`describe('all', () => {\n${lines(100)}});`, 'packages/core/test/a.test.ts')).toEqual([]);
  expect(problems(`describe('all', () => {\ntest('one', () => {\n${lines(70)}});\n});`)).toHaveLength(1);
});

test.each([
  'export default 1;',
  'export default function named() {}',
  'export default class Named {}',
  'const a = 1;\nexport { a as default };',
])('refuses the default export in %s', (text) => {
  expect(problems(text)).toEqual([expect.stringContaining('a default export')]);
  expect(problems(text, 'vitest.config.ts')).toEqual([]);
});

test('named exports and default cases pass', () => {
  expect(problems('export const a = 1;\nswitch (a) { default: }\nexport { b as c } from "./b.js";')).toEqual(
    [],
  );
});

test.each(['utils', 'helpers', 'common', 'misc', 'types', 'test-utils', 'util', 'helper'])(
  'refuses the name %s',
  (name) => {
    expect(problems('', `packages/core/src/${name}.ts`)).toEqual([expect.stringContaining('says nothing')]);
    expect(problems('', `packages/core/src/${name}/queue.ts`)).toEqual([
      expect.stringContaining('says nothing'),
    ]);
  },
);

test.each(['utilisation.ts', 'commons-clause.ts', 'type-names.ts', 'row-types-seen.ts'])(
  'accepts the name %s',
  (name) => {
    expect(problems('', `packages/core/src/${name}`)).toEqual([]);
  },
);

test('refuses a cast through unknown, and no other cast', () => {
  expect(problems('const a = b as unknown as C;')).toEqual([
    expect.stringContaining('a cast through unknown'),
  ]);
  expect(problems('const a = (b as C) ?? (d as unknown);')).toEqual([]);
});
