/** What does not depend on the runner, with registered tests run by hand. */
import { expect, test } from 'vitest';
import { conformance, type LawText } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';

const passes: LawText = { says: 'It holds.', check: (bench) => bench.case('only', async () => undefined) };
const LAWS = ['a/one', 'a/two'].map((name) => ({ name, ...passes }));

/** Registers laws, and hands out the tests. */
function registered(options: Parameters<typeof conformance>[2]) {
  const tests = new Map<string, (...context: unknown[]) => Promise<void>>();
  let closed = 0;
  const close = async (): Promise<void> => {
    closed += 1;
  };
  const harness = { ...memoryHarness('conditional'), close };
  const parameters: number[] = [];
  conformance(
    harness,
    (name, body) => {
      tests.set(name, body);
      parameters.push(body.length);
    },
    { laws: LAWS, ...options },
  );
  return { tests, closed: () => closed, parameters };
}

test('a test is named by the law and its text, and takes no parameters', () => {
  const { tests, parameters } = registered({ after: () => undefined });
  expect([...tests.keys()]).toEqual(['a/one: It holds.', 'a/two: It holds.']);
  expect(parameters).toEqual([0, 0]);
});

test('laws of one suite run one after the other, even where the runner starts them together', async () => {
  let at = 0;
  let most = 0;
  const slow: LawText = {
    says: 'It holds.',
    check: (bench) =>
      bench.case('only', async () => {
        most = Math.max(most, ++at);
        await new Promise((resolve) => setImmediate(resolve));
        at -= 1;
      }),
  };
  const laws = ['a/one', 'a/two', 'a/three'].map((name) => ({ name, ...slow }));
  const { tests } = registered({ laws, after: () => undefined });
  await Promise.all([...tests.values()].map((body) => body()));
  expect(most).toBe(1);
});

test('where a hook is given it closes, after what is still running', async () => {
  let close = async (): Promise<void> => undefined;
  const { tests, closed } = registered({ after: (closer) => (close = closer) });
  for (const body of tests.values()) await body();
  expect(closed()).toBe(0);
  await close();
  expect(closed()).toBe(1);
});

test('a harness that is none is refused when it is registered, as is a name that is no law', () => {
  const nothing = () => undefined;
  // @ts-expect-error: what JavaScript lets happen
  expect(() => conformance({ name: 'x' }, nothing)).toThrow('open() is missing');
  expect(() => conformance(memoryHarness('conditional'), nothing, { only: ['no-such-law'] })).toThrow(
    'no law "no-such-law"',
  );
});
