import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pruneCompiled } from '../../launch/prune-compiled.mjs';

test('what was compiled from a source that is gone goes, and nothing else', () => {
  const root = mkdtempSync(join(tmpdir(), 'flowstate-prune-'));
  const files = [
    'packages/one/src/laws/kept.ts',
    'packages/one/src/types.d.ts',
    'packages/one/dist/laws/kept.js',
    'packages/one/dist/laws/kept.d.ts',
    'packages/one/dist/laws/kept.js.map',
    'packages/one/dist/laws/gone.js',
    'packages/one/dist/laws/gone.d.ts.map',
    'packages/one/dist/page.html',
    'packages/no-source/dist/left.js',
    'alone/src/a.mts',
    'alone/dist/a.mjs',
    'alone/dist/b.mjs',
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  writeFileSync(join(root, 'package.json'), '{ "workspaces": ["packages/*", "alone", "none/*"] }');
  const gone = ['alone/dist/b.mjs', 'packages/one/dist/laws/gone.d.ts.map', 'packages/one/dist/laws/gone.js'];
  expect(new Set(pruneCompiled(root))).toEqual(new Set(gone));
  expect(new Set(files.filter((file) => !existsSync(join(root, file))))).toEqual(new Set(gone));
});
