import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { optionsOf } from '../src/options.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

test('what is left out, and what is given', () => {
  expect(optionsOf(['node', 'bench'])).toMatchObject({ clients: [1, 32], runs: 100_000, prepared: false });
  const given = optionsOf([
    'node',
    'bench',
    '--clients',
    '8, 2,8',
    '--seconds',
    '0.5',
    '--only',
    'memory',
    '--json',
    'x',
  ]);
  expect(given).toMatchObject({ clients: [2, 8], seconds: 0.5, only: 'memory', file: 'x' });
});

test.each([
  [['--clients', '0'], '--clients'],
  [['--clients', '1,'], '--clients'],
  [['--seconds', 'long'], '--seconds'],
  [['--only', 'nothing'], '--only'],
  [['--fast'], '--fast'],
  [['extra'], 'too many arguments'],
])('%j is refused by name, before anything is started', (args, named) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(named);
});

test('--help names the options', () => {
  const { status, stdout } = spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  for (const option of ['--clients', '--seconds', '--rounds', '--runs', '--only', '--prepared', '--json']) {
    expect(stdout).toContain(option);
  }
});
