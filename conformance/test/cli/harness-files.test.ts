import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, IMPORT_MEMORY, loadAll, run } from './command.js';

const LAW = ['--only', 'store/create-once'];
const MODULES = join(import.meta.dirname, '..', '..', '..', 'node_modules');
/** Types, an enum (which needs more than types taken away), a local import that is really TypeScript, a package. */
const TYPESCRIPT = {
  'adapter.ts': `
import { StoreError } from '@flowstate/core/adapter';
import { harness as found, Kind } from './src/made.js';
const name: string = [StoreError.name, Kind.Second].join(' ');
export default { ...found, name };
`,
  'src/made.ts': `${IMPORT_MEMORY}
export enum Kind { First, Second }
export const harness = memoryHarness('conditional' as const);
`,
};

test.each(['commonjs', 'module', undefined])(
  'TypeScript runs as it is in a package of type %s',
  async (type) => {
    const cwd = folderWith({ ...TYPESCRIPT, 'package.json': JSON.stringify({ name: 'mine', type }) });
    symlinkSync(MODULES, join(cwd, 'node_modules'));
    const { code, out, err } = await run(['./adapter.ts', ...LAW], { cwd });
    expect(err).toBe('');
    expect(out).toContain('StoreError 1: 1 law');
    expect(code).toBe(0);
  },
);

test('TypeScript of a CommonJS package has the error classes of the suite, not a second copy', async () => {
  const cwd = folderWith({
    'package.json': '{ "name": "mine", "type": "commonjs" }',
    'adapter.ts': `import { StoreError } from '@flowstate/core/adapter';
${IMPORT_MEMORY}import { core } from './core.mjs';
const harness = memoryHarness('conditional');
export default { ...harness, name: core === StoreError ? 'the same' : 'another' };
`,
    'core.mjs': `export { StoreError as core } from '@flowstate/core/adapter';\n`,
  });
  symlinkSync(MODULES, join(cwd, 'node_modules'));
  const { out } = await run(['adapter.ts', ...LAW], { cwd });
  expect(out).toContain('the same: 1 law');
});

test('the harness may be an object or a function, by default or by name, awaited or not', async () => {
  const files = {
    'object.mjs': 'export default { ...found, name: "an object" };',
    'function.mjs': 'export default () => ({ ...found, name: "a function" });',
    'async.ts': 'export default async (): Promise<object> => ({ ...found, name: "an async function" });',
    'named.mts': 'export const harness = { ...found, name: "a name" };',
    'awaited.ts': 'export default await Promise.resolve({ ...found, name: "awaited" });',
    'named-function.mjs':
      'export async function harness() { return { ...found, name: "a named function" }; }',
  };
  const made = `${IMPORT_MEMORY}const found = memoryHarness('conditional');\n`;
  const cwd = folderWith(
    Object.fromEntries(Object.entries(files).map(([file, text]) => [file, `${made}${text}\n`])),
  );
  expect(await loadAll(cwd, Object.keys(files))).toEqual(
    ['an object', 'a function', 'an async function', 'a name', 'awaited', 'a named function'].map((name) => ({
      name,
    })),
  );
});

test('CommonJS works, compiled from a module or not', async () => {
  const memory = IMPORT_MEMORY.replace('import {', 'const {')
    .replace('} from ', '} = require(require("url").fileURLToPath(')
    .replace(/;\n$/, '));\n');
  const cwd = folderWith({
    'plain.cjs': `${memory}module.exports = { ...memoryHarness('conditional'), name: 'mine' };\n`,
    'compiled.js': `"use strict";\nObject.defineProperty(exports, '__esModule', { value: true });\n${memory}exports.default = { ...memoryHarness('conditional'), name: 'mine' };\n`,
  });
  expect(await loadAll(cwd, ['plain.cjs', 'compiled.js'])).toEqual([{ name: 'mine' }, { name: 'mine' }]);
});
