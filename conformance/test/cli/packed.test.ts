/** The packed tarballs of the suite and of core, installed into an empty folder: what a stranger gets. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from './command.js';
import { npm, UNREACHABLE } from './npm.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MINUTES = 60_000;

const HARNESS = `
import type { Harness } from '@flowstate/conformance';
import { memoryStore } from '@flowstate/core/testing';
import { NAME } from './src/name.js';

const memory = memoryStore({ now: () => Date.now() });
const harness: Harness = {
  name: NAME,
  open: async () => ({ store: memory, close: async () => undefined }),
  close: async () => undefined,
  rawRows: async ({ table, partition }) =>
    memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
};
export default harness;
`;

async function packed(workspace: string, into: string): Promise<string> {
  const { code, out, err } = await npm(['pack', '--json', '--pack-destination', into], join(ROOT, workspace));
  expect(code, err).toBe(0);
  const [{ filename }]: [{ filename: string }] = JSON.parse(out);
  return join(into, filename);
}

/** The source maps of an installed package. */
function mapsIn(folder: string): string[] {
  const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.map')).map((file) => join(folder, 'dist', file));
}

test('the tarballs install and run in an empty folder', { timeout: 10 * MINUTES }, async ({ skip }) => {
  const cwd = folderWith({
    'my-adapter.ts': HARNESS,
    'src/name.ts': `export const NAME: string = 'mine';\n`,
  });
  const tarballs = join(cwd, 'tarballs');
  mkdirSync(tarballs);
  const files = [await packed('packages/core', tarballs), await packed('conformance', tarballs)];
  await npm(['init', '-y'], cwd);
  const install = await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...files], cwd);
  if (install.code !== 0 && UNREACHABLE.test(install.err)) skip('the registry of npm cannot be reached');
  expect(install.code, install.err).toBe(0);

  for (const name of ['core', 'conformance']) {
    const folder = join(cwd, 'node_modules', '@flowstate', name);
    for (const file of ['README.md', 'LICENSE', 'package.json'])
      expect(existsSync(join(folder, file))).toBe(true);
    expect(mapsIn(folder)).not.toEqual([]);
    for (const map of mapsIn(folder)) {
      const { sources }: { sources: string[] } = JSON.parse(readFileSync(map, 'utf8'));
      for (const source of sources)
        expect(existsSync(join(dirname(map), source)), `${map}: ${source}`).toBe(true);
    }
  }
  accessSync(join(cwd, 'node_modules', '.bin', 'flowstate-conformance'), constants.X_OK);

  const memory = await npm(
    ['exec', '--no', '--', 'flowstate-conformance', 'memory', '--only', 'store', '--depth', 'slice'],
    cwd,
  );
  expect(memory.out + memory.err).toMatch(/PASSED: \d\d passed, 0 failed/);
  expect(memory.code).toBe(0);
  const mine = await npm(
    ['exec', '--no', '--', 'flowstate-conformance', './my-adapter.ts', '--only', 'store/create-once'],
    cwd,
  );
  expect(mine.out + mine.err).toMatch(/^mine: 1 law/m);
  expect(mine.code).toBe(0);
});
