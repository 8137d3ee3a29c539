import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { LawFailed, type LawResult, type Verdict } from '../../src/index.js';
import { consoleReport } from '../../src/report/console.js';
import { jsonReport } from '../../src/report/json.js';
import { junitReport } from '../../src/report/junit.js';
import { markdownReport } from '../../src/report/markdown.js';
import { anyText } from './any-text.js';
import { believing, broken, createOnce } from './broken-laws.js';

const COMMAND = 'npx flowstate-conformance ./mine.ts';

function verdictOf(results: readonly LawResult[], more: Partial<Verdict> = {}): Verdict {
  return {
    adapter: 'mine',
    engine: 'MyDB 3',
    seed: 7,
    shard: { index: 1, of: 1 },
    depth: 'full',
    results,
    crashPoints: { hit: 3, total: 3 },
    schedules: 12,
    histories: 2,
    wrong: results.filter(({ verdict }) => verdict === 'failed').length,
    requests: { write: 1, read: 2, 'driver: read': 1 },
    seconds: 1.23456,
    complete: true,
    ...more,
  };
}

function result(law: string, more: Partial<LawResult> = {}): LawResult {
  return { law, says: 'It holds.', verdict: 'passed', schedules: 4, cut: false, seconds: 0.5, ...more };
}

function failed(message: string): LawResult {
  const law = { name: 'store/c', says: message };
  const schedule = { law: law.name, case: 'first', seed: 7 };
  const exhibits = { schedule: [message], rows: [message] };
  const failure = new LawFailed(law, schedule, new Error(message), exhibits, message);
  return result(law.name, { verdict: 'failed', failure });
}

const MIXED = [
  result('store/a'),
  result('store/b', { verdict: 'skipped', reason: 'it has <no> "such" & thing', schedules: 0 }),
  failed('rows differ'),
  result('wire/d', { cut: true }),
];

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Every element of a document; throws where it is not well-formed XML 1.0. */
function parsed(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return elements;
}

test('JUnit: one test case for each law, skipped with its reason, failed with the whole story', () => {
  const elements = parsed(junitReport(verdictOf(MIXED), COMMAND));
  const named = (name: string) => elements.filter((element) => element.name === name);
  expect(named('testsuites')[0]?.attributes).toMatchObject({ tests: '4', failures: '1', skipped: '1' });
  expect(named('testsuite').map(({ attributes }) => attributes.name)).toEqual(['mine.store', 'mine.wire']);
  expect(named('testcase').map(({ attributes }) => attributes.name)).toEqual(MIXED.map(({ law }) => law));
  expect(named('skipped')[0]?.attributes.message).toBe('it has <no> "such" & thing');
  const [failure] = named('failure');
  expect(failure?.attributes.message).toContain('rows differ');
  expect(failure?.text).toContain("--replay 'store/c#first@7'");
  expect(named('property').map(({ attributes }) => attributes.value)).toContain('MyDB 3');
});

test('JUnit, JSON and Markdown stay whole whatever an adapter says', () => {
  const said = fc.oneof(
    anyText,
    fc.constantFrom(']]>', '</failure>', '\ud800', '\0\u0007\u001b[31m', '\ufffe', '```', '| | <b>', '&amp;'),
  );
  fc.assert(
    fc.property(said, said, (message, name) => {
      const skipped = result('store/b', { verdict: 'skipped', reason: message });
      const verdict = verdictOf([failed(message), skipped], { adapter: name, engine: message });
      const elements = parsed(junitReport(verdict, COMMAND));
      expect(elements.filter((element) => element.name === 'testcase')).toHaveLength(2);
      expect(JSON.parse(jsonReport(verdict, COMMAND)).failures[0].value).toBe(message);
      const lines = markdownReport(verdict, COMMAND).split('\n');
      expect(lines.filter((line) => /^`{3,}/.test(line))).toHaveLength(2);
    }),
  );
});

test('JSON holds what the issue asks for, and what repeats a failure', () => {
  const { failures, ...json } = JSON.parse(jsonReport(verdictOf(MIXED), COMMAND));
  expect(json).toEqual({
    adapter: 'mine',
    engine: 'MyDB 3',
    seed: 7,
    shard: { index: 1, of: 1 },
    depth: 'full',
    complete: true,
    laws: { passed: 2, failed: 1, skipped: [{ law: 'store/b', reason: 'it has <no> "such" & thing' }] },
    cut: ['wire/d'],
    crashPoints: { hit: 3, total: 3 },
    schedules: 12,
    histories: 2,
    wrong: 1,
    requests: { 'driver: read': 1, read: 2, write: 1 },
    seconds: 1.235,
    results: MIXED.map(({ law, verdict, schedules, seconds }) => ({ law, verdict, schedules, seconds })),
  });
  expect(failures).toMatchObject([
    { law: 'store/c', schedule: 'store/c#first@7', replay: `${COMMAND} --replay 'store/c#first@7'` },
  ]);
});

test('JSON has the whole schedule of a real failure, and the traits of the store', async () => {
  const { verdict } = await broken(createOnce, believing);
  const json = JSON.parse(jsonReport(verdict, COMMAND));
  expect(json.failures[0].exhibits.schedule).toHaveLength(60);
  expect(json.traits).toMatchObject({ reads: 'linearizable', entriesPerRow: expect.any(Number) });
});

test('the console report counts each group, and ends with the verdict', () => {
  const text = consoleReport(verdictOf(MIXED), { width: 80, command: COMMAND });
  const rows = text.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows).toContainEqual(['store', '3', '1', '1', '1', '8', '1.5']);
  expect(rows).toContainEqual(['wire', '1', '1', '0', '0', '4', '0.5']);
  expect(rows).toContainEqual(['requests', 'read: 2; write: 1']);
  expect(rows).toContainEqual(['cut', 'wire/d: no time was left for all of it']);
  expect(text).toContain(`broken: store/c\n  ${COMMAND} --replay 'store/c#first@7'`);
  expect(text.split('\n').at(-1)).toBe('FAILED: 1 law is broken; 2 passed, 1 failed, 1 skipped');
});

test.each([
  [[result('store/a')], {}, 'PASSED: 1 passed, 0 failed, 0 skipped'],
  [
    [result('store/a', { verdict: 'skipped' })],
    {},
    'NO VERDICT: no law was run; 0 passed, 0 failed, 1 skipped',
  ],
  [
    [result('store/a')],
    { complete: false },
    'INCOMPLETE: the run was stopped; so far 1 passed, 0 failed, 0 skipped',
  ],
  [[failed('x'), failed('y')], {}, 'FAILED: 2 laws are broken; 0 passed, 2 failed, 0 skipped'],
])('the verdict in one line %#', (results: LawResult[], more: Partial<Verdict>, expected) => {
  const verdict = verdictOf(results, more);
  expect(consoleReport(verdict, { width: 80, command: COMMAND }).split('\n').at(-1)).toBe(expected);
  expect(markdownReport(verdict, COMMAND)).toContain(`**${expected}**`);
});
