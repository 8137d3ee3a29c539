import { memoryStore } from '@flowstate/core/testing';
import { expect, test } from 'vitest';
import { type Harness, type LawResult, runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { type CarryOut, spawnInProcess } from '../platform/deployment-in-process.js';
import { harnessWithChildren } from '../platform/harness-with-children.js';

const SEED = 7;
const TIMEOUT_MS = 240_000;

test(
  'real processes that are killed and frozen keep the laws',
  async () => {
    const { results } = await runSuite(harnessWithChildren('versioned'), {
      only: ['process'],
      seed: SEED,
      depth: 'slice',
    });
    const told = results.map(({ law, verdict, failure }) => [law, verdict, failure?.message]);
    expect(told.sort()).toEqual([
      ['process/frozen', 'passed', undefined],
      ['process/killed', 'passed', undefined],
      ['process/killed-before-answer', 'passed', undefined],
    ]);
  },
  TIMEOUT_MS,
);

function inProcess(carryOut: CarryOut): Harness {
  const memory = memoryStore();
  return {
    ...memoryHarness('conditional'),
    open: async () => ({ store: memory, close: async () => undefined }),
    rawRows: async ({ table, partition }) =>
      memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
    forget: () => undefined,
    spawn: spawnInProcess(memory, carryOut),
  };
}

async function killed(carryOut: CarryOut): Promise<LawResult | undefined> {
  const { results } = await runSuite(inProcess(carryOut), {
    only: ['process/killed'],
    seed: SEED,
    depth: 'slice',
  });
  return results[0];
}

let taken = 0;
const asked = new Set<string>();

test.concurrent.each<[what: string, carryOut: CarryOut, problem: RegExp]>([
  [
    'carry out a chain a second time',
    async (invoke, { functionName, input, id }) => {
      if (functionName.endsWith('.chain')) await invoke(functionName, input, `${id}-again`);
      return invoke(functionName, input, id);
    },
    /was paid under 2 keys/,
  ],
  [
    'lose an order and answer it all the same',
    async (invoke, { functionName, input, id }) =>
      functionName.endsWith('.count') ? ++taken : invoke(functionName, input, id),
    /additions were ordered, and counter \w+ is undefined/,
  ],
  [
    'answer another value when asked again',
    async (invoke, { functionName, input, id }) => {
      const value = await invoke(functionName, input, id);
      const again = asked.has(id);
      asked.add(id);
      return functionName.endsWith('.count') && again ? Number(value) + 1 : value;
    },
    /was answered \d+, and later \d+/,
  ],
  [
    'answer an order with an error',
    async (invoke, { functionName, input, id }) => {
      if (functionName.endsWith('.rotate')) throw new Error('the bowl is broken');
      return invoke(functionName, input, id);
    },
    /\(rotate \d+\) was answered with an error, or not at all: the bowl is broken/,
  ],
])(
  'processes that %s are noticed',
  async (_, carryOut, problem) => {
    const result = await killed(carryOut);
    expect(result?.verdict).toBe('failed');
    expect(result?.failure?.message).toMatch(problem);
    expect(result?.failure?.exhibits.schedule).toContain('printed: a line that was printed');
  },
  TIMEOUT_MS,
);

test('processes in process that do as they should keep the laws', async () => {
  const result = await killed((invoke, { functionName, input, id }) => invoke(functionName, input, id));
  expect([result?.verdict, result?.failure?.message]).toEqual(['passed', undefined]);
});

test('without processes the laws are skipped with a reason', async () => {
  const { results } = await runSuite(memoryHarness('conditional'), { only: ['process'], seed: SEED });
  expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual(
    Array.from({ length: 3 }, () => ['skipped', 'the harness starts no processes']),
  );
});
