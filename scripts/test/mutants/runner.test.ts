import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../../launch/checkout.mjs';
import { CommandError } from '../../launch/command.mjs';
import { ADAPTERS } from '../../mutants/adapters.mjs';
import { adapterCopy, removeCopies } from '../../mutants/copies.mjs';
import { runMutants } from '../../mutants/mutate.mjs';
import { GROUPS, HELP, optionsOf } from '../../mutants/options.mjs';
import { matrixLines } from '../../mutants/report.mjs';
import { adapterTasks, protocolTasks, specimenTasks } from '../../mutants/tasks.mjs';

const MODULE = join(ROOT, 'conformance', 'test', 'mutants', 'specimens.ts');
const LAW = 'store/create-once';
const LAWS = [LAW, 'store/bounded-reads'];

let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowstate-mutants-'));
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Judges one mutant of the test's own, and answers the exit code, what was printed and the JSON. */
async function run(id: string, makeTasks?: Parameters<typeof runMutants>[1]) {
  const json = join(folder, 'mutants.json');
  const options = { only: [id], groups: ['stores' as const], thorough: false, check: false, json, seed: 7 };
  const specimens: Parameters<typeof runMutants>[1] = (_, bench, process) =>
    specimenTasks(
      { ...bench, laws: LAWS },
      { group: 'stores', module: MODULE, quick: 'hints', all: ['store'], process },
    );
  const code = await runMutants(options, makeTasks ?? specimens);
  return { code, printed: printed.join('\n'), json: JSON.parse(readFileSync(json, 'utf8')) };
}

test('a mutant that a law kills is killed by that law', async () => {
  const { code, json, printed } = await run('broken');
  expect([code, json.killed, json.total, json.survivors]).toEqual([0, 1, 1, []]);
  expect(json.mutants[0].killers[0].by).toBe(LAW);
  expect(printed).toContain(`killed   stores/broken: every create is said to be applied; by ${LAW}`);
});

test('a mutant that no law kills survives: exit code 1', async () => {
  const { code, json, printed } = await run('equivalent');
  expect([code, json.killed, json.total, json.survivors]).toEqual([1, 0, 1, ['stores/equivalent']]);
  expect(printed).toContain('SURVIVED stores/equivalent');
});

test('a law that is skipped kills nothing', async () => {
  const { code, json } = await run('hidden', (_, bench, process) =>
    specimenTasks(
      { ...bench, laws: ['store/bounded-reads'] },
      { group: 'stores', module: MODULE, quick: 'hints', all: ['store'], process },
    ),
  );
  expect([code, json.survivors]).toEqual([1, ['stores/hidden']]);
});

test('a mutant that ends the process is an error, not a kill', async () => {
  const { code, json } = await run('ends');
  expect([code, json.killed, json.survivors]).toEqual([1, 0, []]);
  expect(json.errors[0].because).toMatch(/law store\/create-once: the process ended \(exit code 7\)/);
});

test('a law that fails on what is not broken kills nothing, and is named', async () => {
  const { code, json, printed } = await run('of another');
  expect([code, json.killed]).toEqual([1, 0]);
  expect(printed).toMatch(/WRONG LAW store\/create-once fails on always refused, which is not broken/);
});

test('a patch that does not fit exactly once is an error: exit code 1', async () => {
  const patch = { what: 'nothing', laws: [], source: 'a test' };
  const tasks: Parameters<typeof runMutants>[1] = async (_, bench) => [
    ...protocolTasks(bench, [
      {
        id: 'nowhere',
        file: 'flow.ts',
        find: 'this text is nowhere',
        put: '',
        programs: ['write'],
        ...patch,
      },
    ]),
    ...adapterTasks(
      bench,
      {
        ...ADAPTERS.postgres,
        mutants: [
          { id: 'everywhere', patches: [{ file: 'src/store.ts', find: 'return', put: '' }], ...patch },
        ],
      },
      {},
    ),
  ];
  const nowhere = await run('nowhere', tasks);
  expect([nowhere.code, nowhere.json.killed, nowhere.json.survivors]).toEqual([1, 0, []]);
  expect(nowhere.json.errors[0].because).toBe('nowhere fits 0 times in flow.ts: bring it up to date');
  const everywhere = await run('everywhere', tasks);
  expect(everywhere.code).toBe(1);
  expect(everywhere.json.errors[0].because).toMatch(/^everywhere fits \d+ times in src\/store.ts/);
});

test('several changes of one file are made one after the other, each on what the others left', () => {
  const file = 'src/options.ts';
  const first = { file, find: '{3,1024}', put: '{4,1024}' };
  const then = { file, find: '{4,1024}', put: '{5,1024}' };
  const harness = adapterCopy('adapter-dynamodb', { id: 'both', patches: [first, then] });
  onTestFinished(removeCopies);
  expect(readFileSync(join(dirname(harness), '..', '..', file), 'utf8')).toContain('{5,1024}');
  expect(() => adapterCopy('adapter-dynamodb', { id: 'turned', patches: [then, first] })).toThrow(
    `turned fits 0 times in ${file}`,
  );
});

test('a change of the setting that does not fit is an error as well', async () => {
  const setting = [{ file: 'test/conformance/on-engine.ts', find: 'this text is nowhere', put: '' }];
  const mutant = { id: 'unsettled', what: 'nothing', source: 'a test', laws: [], setting, patches: [] };
  const { code, json } = await run('unsettled', async (_, bench) =>
    adapterTasks(bench, { ...ADAPTERS.dynamodb, mutants: [mutant] }, {}),
  );
  expect([code, json.killed]).toEqual([1, 0]);
  expect(json.errors[0].because).toMatch(/^unsettled fits 0 times in test\/conformance\/on-engine.ts/);
});

test.each([
  ['postgres', 'below or equal'],
  ['dynamodb', 'eventual read'],
  ['firestore', 'not moved'],
  ['cosmos', 'tag read anew'],
] as const)('without %s its mutants are skipped, visibly', async (group, id) => {
  const { code, json, printed } = await run(id, async (_, bench) =>
    adapterTasks(bench, ADAPTERS[group], { [group]: 'no engine here' }),
  );
  expect([code, json.total, json.skipped]).toEqual([
    0,
    0,
    [{ mutant: `${group}/${id}`, because: 'no engine here' }],
  ]);
  expect(printed).toContain('no engine here');
});

test('a law that kills nothing is doubtful, one that kills alone is named', () => {
  const mutant = { group: 'stores' as const, id: 'm', what: 'w', source: 's', hints: ['store/a'] };
  const judgement = { killers: [{ by: 'store/a', because: 'b' }], held: ['store/a', 'store/b'], lost: [] };
  expect(matrixLines([{ mutant, end: 'killed', judgement, seconds: 1 }])).toEqual([
    'law      store/a: kills 1 of 1, alone stores/m',
    'DOUBTFUL store/b: kills none of 1',
  ]);
});

test('options: groups, help, and what makes no sense', () => {
  expect(optionsOf([])?.groups).toEqual(GROUPS);
  for (const group of GROUPS) expect(HELP).toContain(group);
  expect(optionsOf(['--group', 'stores', '--only', 'D1', '--thorough'])).toMatchObject({
    groups: ['stores'],
    only: ['D1'],
    thorough: true,
  });
  expect([optionsOf([])?.check, optionsOf(['--check'])?.check]).toEqual([false, true]);
  expect(optionsOf(['--help'])).toBeUndefined();
  for (const args of [['--group', 'x'], ['--seed', 'x'], ['--nonsense']])
    expect(() => optionsOf(args)).toThrow(CommandError);
});
