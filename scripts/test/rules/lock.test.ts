import { expect, test } from 'vitest';
import { lockViolations } from '../../rules/lock.mjs';

function problems(packages: object): string[] {
  const text = JSON.stringify({ packages }, undefined, 2);
  return lockViolations([{ path: 'package-lock.json', text }]).map(({ message }) => message);
}

const root = { '': { dependencies: { tool: '1.0.0' } } };
const tool = { optionalDependencies: { '@tool/linux': '1.0.0', '@tool/mac': '1.0.0' } };

test('refuses a lock file without the build for some platform', () => {
  const packages = { ...root, 'node_modules/tool': tool, 'node_modules/@tool/linux': {} };
  expect(problems(packages)).toEqual(['node_modules/tool needs @tool/mac, which is not locked']);
});

test('lets through a whole one, nested packages and workspaces included', () => {
  const packages = {
    ...root,
    'packages/core': { dependencies: { tool: '1.0.0' } },
    'node_modules/tool': tool,
    'node_modules/@tool/linux': {},
    'node_modules/tool/node_modules/@tool/mac': { dependencies: { '@tool/linux': '1.0.0' } },
  };
  expect(problems(packages)).toEqual([]);
});

test('names the line, and passes where there is no lock file', () => {
  const text = '{ "packages": {\n"": {},\n"node_modules/tool": { "dependencies": { "gone": "1" } } } }';
  expect(lockViolations([{ path: 'package-lock.json', text }])).toMatchObject([{ line: 3 }]);
  expect(lockViolations([])).toEqual([]);
});
