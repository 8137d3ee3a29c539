import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BELIEVER, folderWith, IMPORT_MEMORY, run, runProgram } from './command.js';

const LAW = 'store/create-once';
const BROKEN = {
  'broken.mjs': `${IMPORT_MEMORY}export default memoryHarness('conditional', {}, ${BELIEVER});\n`,
};

test('a law that holds: exit code 0, the seed first, a line for each law, no colours in a pipe', async () => {
  const { code, out, err } = await run(['memory', '--only', LAW, '--seed', '7']);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toBe('memory: 1 law, seed 7, full');
  expect(out).toMatch(/^ok +store\/create-once +\d+ schedules +\d+\.\d s$/m);
  expect(out).toContain('PASSED: 1 passed, 0 failed, 0 skipped');
  expect(out).not.toContain('\u001b');
});

test('a law that is broken: exit code 1, and the printed command shows it again', async () => {
  const cwd = folderWith(BROKEN);
  const { code, out } = await run(['./broken.mjs', '--only', LAW], { cwd });
  expect(code).toBe(1);
  expect(out).toContain(`BROKEN LAW: ${LAW}`);
  expect(out).toContain('FAILED: 1 law is broken');
  const [, replay = ''] = /^ {2}npx flowstate-conformance (.*)$/m.exec(out) ?? [];
  expect(replay).toMatch(/^\.\/broken\.mjs --replay '.*'$/);
  const cli = `"${process.execPath}" "${join(import.meta.dirname, '../../dist/cli.js')}"`;
  const again = await runProgram('sh', ['-c', `${cli} ${replay}`], { cwd });
  expect(again.code).toBe(1);
  const wrong = (text: string) => /What is wrong\n(.*\n.*)/.exec(text)?.[1];
  expect(wrong(again.out)).toBe(wrong(out));
});

test('who starts it under another name has that name in the command', async () => {
  const cwd = folderWith(BROKEN);
  const env = { FLOWSTATE_CONFORMANCE_COMMAND: 'npm run conformance -- mine' };
  const { out } = await run(['./broken.mjs', '--only', LAW, '--depth', 'slice'], { cwd, env });
  expect(out).toMatch(/^ {2}npm run conformance -- mine --depth slice --replay 'store\/create-once#.*'$/m);
});

test('reports are written to files, in folders that may not be there yet', async () => {
  const cwd = folderWith({ ...BROKEN, 'old.json': '{"adapter":"of yesterday"}' });
  const files = ['--json', 'out/v.json', '--junit', 'out/v.xml', '--markdown', 'out/v.md'];
  await run(['./broken.mjs', '--only', LAW, ...files], { cwd });
  const json = JSON.parse(readFileSync(join(cwd, 'out/v.json'), 'utf8'));
  expect(json).toMatchObject({
    adapter: 'memory',
    engine: 'core/testing, conditional',
    laws: { passed: 0, failed: 1, skipped: [] },
    crashPoints: { hit: 0, total: 0 },
    wrong: 1,
    requests: {},
    complete: true,
    failures: [{ law: LAW, schedule: expect.stringContaining(`${LAW}#`) }],
  });
  expect(readFileSync(join(cwd, 'out/v.xml'), 'utf8')).toContain('<failure ');
  expect(readFileSync(join(cwd, 'out/v.md'), 'utf8')).toContain(`## ${LAW}`);
});

test('a report on standard output has it to itself', async () => {
  const { code, out, err } = await run(['memory', '--only', LAW, '--json', '-']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ adapter: 'memory', laws: { passed: 1, failed: 0, skipped: [] } });
  expect(err).toContain('PASSED');
});

test('a report of an earlier run does not outlive one that fails before its end', async () => {
  const cwd = folderWith({ 'old.json': '{}', 'bad.mjs': 'export default { name: "bad" };\n' });
  const { code } = await run(['./bad.mjs', '--json', 'old.json'], { cwd });
  expect(code).toBe(2);
  expect(() => readFileSync(join(cwd, 'old.json'))).toThrow(/ENOENT/);
});

test('the shards together run every schedule once, and one that has none is no failure', async () => {
  const count = async (shard: string[]) => {
    const { code, out } = await run(['memory', '--only', LAW, '--seed', '7', '--json', '-', ...shard]);
    expect(code).toBe(0);
    return JSON.parse(out).schedules as number;
  };
  const whole = await count([]);
  const parts = await Promise.all([1, 2, 3].map((i) => count(['--shard', `${i}/3`])));
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(whole);
});

test('a budget that leaves time for nothing is no verdict', async () => {
  const { code, out, err } = await run(['memory', '--only', LAW, '--budget', '0.001ms']);
  expect([code, out]).toEqual([2, expect.stringContaining('no time was left for it')]);
  expect(err).toContain('No law was run');
});

test('an engine that is missing is no verdict either', async () => {
  const cwd = folderWith({
    'away.mjs': `${IMPORT_MEMORY}export default { ...memoryHarness('conditional'), missing: async () => 'no server here' };\n`,
  });
  const { code, out, err } = await run(['./away.mjs', '--only', LAW, '--shard', '1/2'], { cwd });
  expect(code).toBe(2);
  expect(out).toMatch(/^skipped store\/create-once +no server here$/m);
  expect(err).toContain('No law was run: no server here.');
});

test('--list prints every law with its text', async () => {
  const all = await run(['--list']);
  expect(all.code).toBe(0);
  expect(all.out).toMatch(/^store\/create-once\n {2}\S/m);
  const some = await run(['--list', '--only', 'create-once']);
  expect(some.out.match(/^\S.*$/gm)).toEqual([LAW]);
});
