import { expect, test } from 'vitest';
import { chosenLaws } from '../../src/cli/chosen-laws.js';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { BELIEVER, folderWith, IMPORT_MEMORY, loadAll, run } from './command.js';

const FOLDER = folderWith({
  'my-adapter.mjs': `${IMPORT_MEMORY}export default memoryHarness('conditional');\n`,
  'empty.mjs': 'export {};\n',
  'other.mjs': 'export const store = 1;\n',
  'no-open.mjs': 'export default { name: "mine", close() {}, rawRows() {} };\n',
  'skips.mjs': `${IMPORT_MEMORY}export default { ...memoryHarness('conditional'), skips: { 'store/nothing': 'why' } };\n`,
  'throws.mjs': 'export default async () => { throw new Error("no licence"); };\n',
  'needs.mjs': 'import "not-there-at-all";\n',
  'syntax.mjs': 'export const a = 1;\nconst b = = 2;\n',
  'syntax.ts': 'export const a: number = 1;\nconst b = = 2;\n',
  'imports.mjs': 'import "./syntax.mjs";\n',
  'notes.txt': 'no code',
  'harness.mjs': `${IMPORT_MEMORY}export default memoryHarness('conditional', {}, ${BELIEVER});\n`,
});

const FILES: readonly (readonly [subject: string, told: string | RegExp])[] = [
  ['memry', 'Did you mean memory?'],
  ['./my-adaptor.mjs', 'Did you mean my-adapter.mjs?'],
  ['./my-adapter.ts', 'Did you mean my-adapter.mjs?'],
  ['.', 'Did you mean harness.mjs?'],
  ['./notes.txt', './notes.txt is no harness file: one ends in .ts'],
  ['./empty.mjs', './empty.mjs exports nothing: a harness is missing'],
  ['./other.mjs', './other.mjs exports only store: a harness is missing'],
  ['./no-open.mjs', './no-open.mjs: not a harness: open() is missing'],
  ['./skips.mjs', 'skips "store/nothing", which is no law'],
  ['./throws.mjs', 'The function that ./throws.mjs exports threw.\nError: no licence'],
  ['./needs.mjs', "Cannot find package 'not-there-at-all'"],
  ['./syntax.mjs', /syntax\.mjs:2\n.*const b = = 2;/],
  ['./syntax.ts', /syntax\.ts:2:10: ERROR: Unexpected "="/],
  ['./imports.mjs', "Unexpected token '=', in a file that it imports"],
];

test('of every file that is no harness is told what to do', async () => {
  const loaded = await loadAll(
    FOLDER,
    FILES.map(([subject]) => subject),
  );
  expect(loaded).toHaveLength(FILES.length);
  for (const [i, [subject, told]] of FILES.entries()) {
    expect(loaded[i]?.told, subject).toMatch(told);
    expect(loaded[i]?.told, subject).not.toMatch(/node:internal/);
  }
});

test.each([
  [['./syntax.ts'], /syntax\.ts:2:10: ERROR: Unexpected "="/],
  [['memory', '--replay', 'store/create-once#none@7'], 'it has no case "none"'],
  [['memory', '--json', '.'], '--json . cannot be written'],
  [['memory', '--json', '-', '--junit', '-'], 'Only one report can go to standard output'],
])('%j: exit code 2', async (args: string[], told) => {
  const { code, err } = await run(args, { cwd: FOLDER });
  expect(err).toMatch(told);
  expect(code).toBe(2);
});

test.each([
  [[], 'Which adapter? Give a harness file, or memory'],
  [['memory', '--only', 'store/creat-once'], 'Did you mean store/create-once'],
  [['memory', '--only', 'quite-another-thing'], 'There are the groups'],
  [['memory', '--only', 'store,,wire'], 'A name is missing'],
  [['memory', '--seed', 'x'], 'A seed is a whole number'],
  [['memory', '--seed', '-1'], 'A seed is a whole number'],
  [['memory', '--shard', '9/8'], 'A shard is one part of some'],
  [['memory', '--shard', '0/8'], 'A shard is one part of some'],
  [['memory', '--budget', '5'], 'A budget is a time with its unit'],
  [['memory', '--depth', 'deep'], 'Allowed choices are full, slice'],
  [['memory', '--replay', 'nonsense'], '<law>#<case>@<seed>'],
  [['memory', '--replay', 'store/nothing#first@7'], 'There is no law or group of laws "store/nothing"'],
  [['memory', '--replay', 'store/create-once#none@7', '--seed', '3'], 'cannot be used with'],
  [['memory', '--jsn', 'x'], 'Did you mean --json?'],
  [['memory', 'postgres'], 'too many arguments'],
])('%j is told what to do', (args: string[], told) => {
  const parsed = () => {
    const line = parseCommandLine(args);
    if (line !== undefined) chosenLaws(line.suite);
  };
  expect(parsed).toThrow(UsageError);
  expect(parsed).toThrow(told);
});

test('what is understood', () => {
  const args = ['./a.ts', '--only', 'store,wire', '--only', 'items', '--seed', '7', '--shard', '2/8'];
  expect(parseCommandLine([...args, '--budget', '5m', '--depth', 'slice', '--json', 'o.json'])).toEqual({
    subject: './a.ts',
    suite: {
      only: ['store', 'wire', 'items'],
      seed: 7,
      shard: { index: 2, of: 8 },
      budgetMs: 300_000,
      depth: 'slice',
    },
    reports: { json: 'o.json' },
    list: false,
  });
  expect(parseCommandLine(['memory', '--replay', 'store/create-once#first~1:2@7'])?.suite).toEqual({
    depth: 'full',
    replay: { law: 'store/create-once', case: 'first', path: '1:2', seed: 7 },
  });
});

test('--help has examples and exit codes, --version the version', async () => {
  const [help, version] = [await run(['--help']), await run(['--version'])];
  expect([help.code, version.code]).toEqual([0, 0]);
  for (const word of ['Examples:', '--replay', '--shard', 'Exit codes:', '130'])
    expect(help.out).toContain(word);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('an old Node is told so before anything else is loaded', async () => {
  const old =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });';
  const { code, err } = await run(['memory'], {
    node: ['--import', `data:text/javascript,${encodeURIComponent(old)}`],
  });
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('needs Node 20.19 or newer; this is Node 18.20.8'),
  ]);
});
