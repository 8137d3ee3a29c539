import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ROOT } from '../../launch/checkout.mjs';
import { runNode } from '../../launch/child.mjs';
import { runTests } from '../../launch/run-tests.mjs';

let folder: string;
let printed: string[];

beforeEach(() => {
  mkdirSync(join(ROOT, '.flowstate'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.flowstate', 'totals test-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the real vitest on these files, in a project of their own, and answers exit code, last line and what it said. */
async function run(files: Record<string, string>, args: readonly string[] = []) {
  const reporter = join(ROOT, 'scripts', 'launch', 'totals-reporter.mjs');
  const config = `import { totalsReporter } from ${JSON.stringify(reporter)};
    export default { test: { pool: 'forks', maxWorkers: 1, reporters: ['default', totalsReporter()] } };`;
  writeFileSync(join(folder, 'vitest.config.mjs'), config);
  const head = "import { afterAll, beforeAll, describe, expect, test } from 'vitest';\n";
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, `${name}.test.mjs`), head + text);
  let said = '';
  const code = await runTests(args, {
    prepare: async () => undefined,
    vitest: async (rest, env) => {
      const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
      const result = await runNode([program, 'run', '--root', folder, ...rest], {
        cwd: folder,
        env: env ?? {},
        output: 'collect',
      });
      said = result.output;
      return result.code;
    },
  });
  return { code, last: printed.at(-1), said };
}

const PASSES = "test('passes', () => { expect(1).toBe(1); });\n";
const FAILS = "test('fails', () => { expect(1).toBe(2); });\n";

test('counts what passed and names what was skipped, with its reason', async () => {
  const skips =
    "test('needs an engine', (t) => t.skip('no engine here'));\ntest.skip('by name', () => {});\n";
  const { code, last, said } = await run({ a: PASSES + skips, b: PASSES });
  expect([code, last]).toEqual([0, '2 passed, 0 failed, 2 skipped']);
  expect(said).toContain('skipped: a.test.mjs: no engine here');
  expect(said).toContain('skipped: a.test.mjs: by name');
});

test('counts failures: tests, files that do not load, groups that do not set up', async () => {
  const { code, last } = await run({
    fails: PASSES + FAILS,
    'does-not-load': "throw new Error('at import');\n",
    'does-not-parse': 'const = 1;\n',
    'does-not-set-up': `describe('group', () => { beforeAll(() => { throw new Error('no'); }); ${PASSES} });\n`,
    'is-empty': '',
  });
  expect(code).toBe(1);
  expect(last).toBe('1 passed, 5 failed, 1 skipped');
});

test('an error outside any test and a dying process are failures', async () => {
  const stray =
    "test('passes', async () => { Promise.reject(new Error('stray')); await new Promise(setImmediate); });\n";
  const { code, last } = await run({ stray });
  expect([code, last]).toEqual([1, '1 passed, 1 failed, 0 skipped']);
  const dies = await run({
    stray: PASSES,
    dies: "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
  });
  expect(dies.code).toBe(1);
  expect(dies.last).toMatch(/^1 passed, [1-9] failed, 0 skipped$/);
});

test('nothing to run is no success', async () => {
  expect(await run({ a: PASSES }, ['no-such-file'])).toMatchObject({
    code: 1,
    last: '0 passed, 1 failed, 0 skipped',
  });
  expect(await run({ a: "test.skip('x', () => {});" })).toMatchObject({
    code: 1,
    last: '0 passed, 0 failed, 1 skipped',
  });
});

test('a vitest that ends without a result is a failure, whatever its exit code', async () => {
  const prepare = async () => undefined;
  expect(await runTests([], { prepare, vitest: async () => 0 })).toBe(1);
  expect(printed.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});

test('so is a build that fails', async () => {
  const prepare = () => Promise.reject(new Error('does not compile'));
  expect(await runTests([], { prepare, vitest: async () => 0 })).toBe(1);
  expect(printed.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});
