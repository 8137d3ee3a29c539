import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CommandError } from '../../launch/command.mjs';
import { runExample } from '../../launch/run-example.mjs';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'flowstate examples-'));
  for (const name of ['travel', 'sign-up']) {
    mkdirSync(join(root, 'examples', name), { recursive: true });
    writeFileSync(join(root, 'examples', name, 'package.json'), '{}');
  }
  mkdirSync(join(root, 'examples', 'not-a-package'));
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ['no name', [], 'No example is named.'],
  ['an unknown name', ['hotel'], 'There is no example "hotel".'],
  ['a folder that is no package', ['not-a-package'], 'There is no example "not-a-package".'],
  ['a path', ['../travel'], 'There is no example "../travel".'],
])('%s: lists the examples there are', async (_, args, problem) => {
  const attempt = runExample(args, root);
  await expect(attempt).rejects.toThrow(CommandError);
  await expect(attempt).rejects.toThrow(problem);
  await expect(attempt).rejects.toThrow(/Examples: (sign-up, travel|travel, sign-up)/);
});

test('without any example it says so', async () => {
  await expect(runExample([], join(root, 'examples', 'travel'))).rejects.toThrow('Examples: none yet');
});
