import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { coverageViolations, filesOfTsconfig } from '../../rules/coverage.mjs';

test('a type test that its tsconfig leaves out is refused', () => {
  const workspaces = [{ folder: 'packages/core', checked: new Set(['packages/core/src/flow.ts']) }];
  const files = ['src/flow.ts', 'test/flow.test-d.ts', 'README.md'].map((path) => ({
    path: `packages/core/${path}`,
  }));
  const outside = { path: 'vitest.config.ts' };
  expect(coverageViolations([...files, outside], workspaces)).toEqual([
    expect.objectContaining({ path: 'packages/core/test/flow.test-d.ts' }),
  ]);
});

test('the files of a tsconfig are those that it includes', () => {
  const root = mkdtempSync(join(tmpdir(), 'flowstate tsconfig-'));
  try {
    for (const folder of ['src', 'other']) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, 'a.ts'), '');
    }
    writeFileSync(join(root, 'tsconfig.json'), '{ "include": ["src"] }');
    expect(filesOfTsconfig(join(root, 'tsconfig.json'))).toEqual([join(root, 'src', 'a.ts')]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
