import { expect, test } from 'vitest';
import { snippetsIn } from '../../docs/fences.mjs';

const document = (...lines: string[]) => lines.join('\n');

test('finds ts fences, and the line where their code begins', () => {
  const text = document(
    '# Title',
    '```ts',
    'const a = 1;',
    '',
    'a;',
    '```',
    '```sh',
    'ls',
    '```',
    '~~~ts',
    'b;',
    '~~~',
  );
  expect(snippetsIn(text)).toEqual({
    snippets: [
      { line: 3, code: 'const a = 1;\n\na;', prelude: undefined },
      { line: 11, code: 'b;', prelude: undefined },
    ],
    problems: [],
  });
});

test('a fence in a list loses its indent, and no more', () => {
  const text = document('- item', '', '  ```ts', '  if (a) {', '    b();', '  }', '  ```');
  expect(snippetsIn(text).snippets).toEqual([{ line: 4, code: 'if (a) {\n  b();\n}', prelude: undefined }]);
});

test('a fence shown inside a longer fence is text', () => {
  expect(snippetsIn(document('````md', '```ts', 'not code', '```', '````')).snippets).toEqual([]);
});

test('a fence that is never closed is checked all the same', () => {
  expect(snippetsIn(document('```ts', 'a;')).snippets).toHaveLength(1);
});

test('a fragment names its prelude', () => {
  expect(snippetsIn(document('```ts fragment travel', 'a;', '```')).snippets).toEqual([
    { line: 2, code: 'a;', prelude: 'travel' },
  ]);
});

test.each(['ts ignore', 'ts fragment', 'ts fragment a b', 'typescript', 'tsx'])(
  '"%s" is no way round the check',
  (info) => {
    const { problems } = snippetsIn(document('text', `\`\`\`${info}`, 'a;', '```'));
    expect(problems).toEqual([expect.objectContaining({ line: 2 })]);
  },
);
