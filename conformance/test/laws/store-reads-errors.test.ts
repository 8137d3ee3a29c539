/** The laws of errors: they pass on a store behind a real socket, and fail on adapters that take errors for something else. */
import { FlowstateError, type Store, StoreError } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { type ErrorManners, RIGHT, servedHarness } from './store-reads-served.js';
import { mustCatch, replaced } from './store-reads-tools.js';

const LAWS = ['errors-cut', 'errors-garbage', 'errors-unreachable'];
const only = LAWS.map((law) => `store/${law}`);

test('an adapter that tells errors apart passes', async () => {
  const { results } = await runSuite(servedHarness(), { only, seed: 11 });
  expect(results.map(({ law, verdict, failure }) => [law, verdict, failure?.message]).sort()).toEqual(
    only.map((law) => [law, 'passed', undefined]),
  );
});

test('a driver that repeats by itself what it may have sent passes', async () => {
  const repeating = (store: Store): Store => {
    const twice =
      <A extends unknown[], R>(ask: (...asked: A) => Promise<R>) =>
      async (...asked: A): Promise<R> => {
        try {
          return await ask(...asked);
        } catch (error) {
          if (error instanceof StoreError && error.applied === 'unknown') return ask(...asked);
          throw error;
        }
      };
    return {
      traits: store.traits,
      read: twice(store.read),
      write: twice(store.write),
      query: twice(store.query),
      list: twice(store.list),
    };
  };
  const { results } = await runSuite(servedHarness({}, repeating), { only, seed: 11 });
  expect(results.map(({ failure, verdict }) => failure?.message ?? verdict)).toEqual(
    LAWS.map(() => 'passed'),
  );
});

test.each(STORE_KINDS)('the %s store in memory has no address, and is told so', async (kind) => {
  const { results } = await runSuite(memoryHarness(kind), { only, seed: 11 });
  for (const { verdict, reason } of results)
    expect(`${verdict}: ${reason}`).toMatch(/^skipped: .*proxyTarget/);
});

type Broken = readonly [what: string, words: RegExp, manners: Partial<ErrorManners>];

const plainErrors: Partial<ErrorManners> = {
  failed(error) {
    throw error;
  },
};

/** Every error is of one code. */
function always(code: StoreError['code']): Partial<ErrorManners> {
  return {
    failed(cause) {
      throw new StoreError(code, cause.message, { cause });
    },
  };
}

/** Answers by method. */
type Answers = Partial<Record<keyof Store, unknown>>;

function textOf(answers: Answers, method: keyof Store): string | undefined {
  return method in answers ? JSON.stringify({ answer: answers[method] }) : undefined;
}

/** An error is an answer. */
function swallowed(answers: Answers): Partial<ErrorManners> {
  return { failed: (error, method) => textOf(answers, method) ?? RIGHT.failed(error, method) };
}

/** Whatever was said is an answer of that form. */
function believed(answers: Answers): Partial<ErrorManners> {
  return {
    read(said, method) {
      try {
        return RIGHT.read(said, method);
      } catch (error) {
        const text = textOf(answers, method);
        if (text === undefined) throw error;
        return text;
      }
    },
  };
}

describe('errors-unreachable', () => {
  test.each<Broken>([
    ["the driver's own errors", /without a code/, plainErrors],
    ['everything is unknown', /must be STORE_UNAVAILABLE/, always('STORE_OUTCOME_UNKNOWN')],
    ['everything is a mistake of the user', /must be STORE_UNAVAILABLE/, always('STORE_MISCONFIGURED')],
    ['no answer is no row', /read .* was answered/, swallowed({ read: null })],
    ['no answer is a refusal', /was answered: {"applied":false}/, swallowed({ write: { applied: false } })],
    ['no answer is an empty page', /query.* was answered/, swallowed({ query: { rows: [], more: false } })],
    ['no answer is an empty queue', /list .* was answered/, swallowed({ list: { keys: [], more: false } })],
    [
      'an error of a run',
      /without a code of the table/,
      {
        failed(cause) {
          throw new FlowstateError('RUN_INFRASTRUCTURE', cause.message, { cause });
        },
      },
    ],
  ])('%s', (_, words, manners) => mustCatch('errors-unreachable', servedHarness(manners), words));
});

describe('errors-cut', () => {
  test.each<Broken>([
    ["the driver's own errors", /without a code/, plainErrors],
    ['a lost reply is "not applied"', /says that it was not applied/, always('STORE_UNAVAILABLE')],
    ['a lost reply is a mistake of the user', /no repetition helps/, always('STORE_MISCONFIGURED')],
    [
      'a lost reply is a refusal',
      /told refused; nobody else wrote/,
      swallowed({ write: { applied: false } }),
    ],
    ['a lost reply is a success', /told applied, and the row is/, swallowed({ write: { applied: true } })],
  ])('%s', (_, words, manners) => mustCatch('errors-cut', servedHarness(manners), words));

  test('a broken client stays broken', () => {
    const change = (store: Store): Store => {
      let broken: unknown;
      const once =
        <A extends unknown[], R>(ask: (...asked: A) => Promise<R>) =>
        async (...asked: A): Promise<R> => {
          if (broken !== undefined) throw broken;
          return ask(...asked).catch((error: unknown) => {
            broken = error;
            throw error;
          });
        };
      return replaced(store, { read: once(store.read), write: once(store.write) });
    };
    return mustCatch('errors-cut', servedHarness({}, change), /does not come back/);
  });

  test('a driver that repeats until a write is applied, whatever it finds', () => {
    const change = (store: Store): Store =>
      replaced(store, {
        async write(write, options) {
          try {
            return await store.write(write, options);
          } catch {
            if (write.write !== 'update') return store.write(write, options);
            const when = [{ test: 'missing', path: 'lockBy' }] as const;
            const changes = [{ change: 'add', path: 'n', value: 1 }] as const;
            return store.write({ ...write, when, changes }, options);
          }
        },
      });
    return mustCatch('errors-cut', servedHarness({}, change), /neither .* nor/);
  });
});

describe('errors-garbage', () => {
  test.each<Broken>([
    ["the driver's own errors", /without a code/, plainErrors],
    [
      'what cannot be read is a success',
      /was answered: {"applied":true}/,
      believed({ write: { applied: true } }),
    ],
    [
      'what cannot be read is a refusal',
      /was answered: {"applied":false}/,
      believed({ write: { applied: false } }),
    ],
    ['what cannot be read is no row', /read, .*was answered/, believed({ read: null })],
    ['a lost connection is no row', /read, .*was answered/, swallowed({ read: null })],
    ['a page is an error of the parser', /without a code/, { read: ({ body }) => body }],
  ])('%s', (_, words, manners) => mustCatch('errors-garbage', servedHarness(manners), words));
});
