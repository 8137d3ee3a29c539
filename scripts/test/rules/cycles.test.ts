import { expect, test } from 'vitest';
import { cycleViolations } from '../../rules/cycles.mjs';
import { parse } from '../../rules/source.mjs';

function problems(files: Record<string, string>): string[] {
  const sources = Object.entries(files).map(([path, text]) =>
    parse({ path: `packages/core/src/${path}`, text }),
  );
  return cycleViolations(sources).map(({ message }) => message.replaceAll('packages/core/src/', ''));
}

test('refuses a cycle and shows it', () => {
  const files = {
    'a.ts': `import './rooms/b.js';`,
    'rooms/b.ts': `export * from './c.js';`,
    'rooms/c.ts': `import '../a.js';`,
  };
  expect(problems(files)).toEqual(['an import cycle: a.ts -> rooms/b.ts -> rooms/c.ts -> a.ts']);
});

test('refuses a cycle of types, of index files, and of a file with itself', () => {
  expect(
    problems({ 'a.ts': `import type { B } from './b.js';`, 'b.ts': `import type { A } from './a.js';` }),
  ).toHaveLength(1);
  expect(
    problems({ 'a/index.ts': `export * from './b.js';`, 'a/b.ts': `import '../a/index.js';` }),
  ).toHaveLength(1);
  expect(problems({ 'a.ts': `import './a.js';` })).toHaveLength(1);
});

test('lets through two ways to one file, and files that are not there', () => {
  const files = {
    'a.ts': `import './b.js'; import './c.js'; import './generated.js'; import 'library';`,
    'b.ts': `import './d.js';`,
    'c.ts': `import './d.js';`,
    'd.ts': '',
  };
  expect(problems(files)).toEqual([]);
});

test('finds a second cycle behind a file already looked at', () => {
  const files = {
    'a.ts': `import './b.js';`,
    'b.ts': `import './c.js'; import './a.js';`,
    'c.ts': `import './b.js';`,
  };
  expect(problems(files)).toHaveLength(2);
});
