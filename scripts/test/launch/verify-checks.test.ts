import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommandError } from '../../launch/command.mjs';
import { verify } from '../../launch/verify-checks.mjs';

let printed: string;

beforeEach(() => {
  printed = '';
  const keep = (text: unknown) => {
    printed += `${text}\n`;
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

const prepared = async () => undefined;
const check = (name: string, code: number) => ({
  name,
  run: async () => ({ code, output: `output of ${name}` }),
});

test('one line for each check, with its time; the output of those that failed; all run', async () => {
  const crash = { name: 'crash', run: () => Promise.reject(new CommandError('it is not there')) };
  expect(await verify([check('one', 1), crash, check('three', 0)], prepared)).toBe(1);
  expect(printed).toMatch(/ok {4} install and build \(\d+\.\d s\)/);
  expect(printed).toMatch(/output of one\nFAILED one \(\d+\.\d s\)/);
  expect(printed).toMatch(/it is not there\n+FAILED crash/);
  expect(printed).toMatch(/ok {4} three/);
  expect(printed).not.toContain('output of three');
  expect(printed).toContain('failed: one, crash');
});

test('0 where all passed', async () => {
  expect(await verify([check('one', 0)], prepared)).toBe(0);
  expect(printed).toContain('2 checks passed');
});

test('a failed build is a failed check', async () => {
  expect(await verify([check('one', 0)], () => Promise.reject(new CommandError('no build')))).toBe(1);
});
