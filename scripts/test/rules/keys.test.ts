import { expect, test } from 'vitest';
import { keyViolations } from '../../rules/keys.mjs';
import { parse } from '../../rules/source.mjs';

const CORE = 'packages/core/src/protocol/intent.ts';

function problems(text: string, path = CORE): string[] {
  return keyViolations([parse({ path, text })]).map(({ message }) => message);
}

test.each([
  ["key.startsWith('run:')", "'run:'"],
  ['const partition = `item:$' + '{table}`;', '`item:'],
  ["const first = 'log:00000000';", "'log:00000000'"],
  ["'event:' + id", "'event:'"],
  ["const key = { table: 'runs', partition, sort: 'intent' };", "'intent'"],
  ['const key = { partition: `x$' + '{id}`, sort };', '`x'],
])('refuses %s', (text, literal) => {
  const found = problems(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(literal);
});

test.each([
  "throw new Error('run: it has ended');",
  "const kind = 'run'; const text = 'prelog:1';",
  'const key = intentKey(run); const other = { table, partition, sort: key.sort };',
])('lets through %s', (text) => {
  expect(problems(text)).toEqual([]);
});

test('binds core and adapters, and leaves layout.ts, testing and tests alone', () => {
  const spelled = "const prefix = 'run:';";
  expect(problems(spelled, 'packages/adapter-x/src/store.ts')).toHaveLength(1);
  const probe = "const nowhere = { table, partition: '-', sort: '-' };";
  expect(problems(probe, 'packages/adapter-x/src/store.ts')).toEqual([]);
  expect(problems(spelled, 'packages/core/src/protocol/layout.ts')).toEqual([]);
  expect(problems(spelled, 'packages/core/src/testing/memory.ts')).toEqual([]);
  expect(problems(spelled, 'packages/core/test/layout.test.ts')).toEqual([]);
});
