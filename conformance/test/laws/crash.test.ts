/** Each law of the crash matrix fails on stores that break what it is about, and says what a stranger needs to know. */
import { describe, expect, test } from 'vitest';
import {
  type LawFailed,
  type LawResult,
  parseSchedule,
  Suite,
  type SuiteOptions,
  scheduleText,
} from '../../src/index.js';
import type { LawText } from '../../src/law.js';
import { law as collector } from '../../src/laws/crash/collector.js';
import { law as duplicates } from '../../src/laws/crash/duplicates.js';
import { law as pairs } from '../../src/laws/crash/pairs.js';
import { law as singleFaults } from '../../src/laws/crash/single-faults.js';
import { law as zombies } from '../../src/laws/crash/zombies.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import * as broken from './crash-broken-stores.js';

const LAWS: Readonly<Record<string, LawText>> = {
  'crash/single-faults': singleFaults,
  'crash/pairs': pairs,
  'crash/zombies': zombies,
  'crash/collector': collector,
  'crash/duplicates': duplicates,
};

async function tried(
  name: string,
  change: broken.Break,
  options: SuiteOptions = {},
): Promise<{ result: LawResult; suite: Suite }> {
  const law = { name, ...LAWS[name]! };
  const suite = new Suite(memoryHarness('conditional', {}, change), {
    seed: 7,
    depth: 'slice',
    ...options,
    laws: [law],
  });
  return { result: await suite.run(law), suite };
}

async function failureOf(name: string, change: broken.Break, options: SuiteOptions = {}): Promise<LawFailed> {
  const { result } = await tried(name, change, options);
  if (result.failure === undefined) throw new Error(`${name} passes a broken store`);
  return result.failure;
}

describe.each(Object.keys(LAWS))('%s', (name) => {
  test.each([
    ['createToldAsApplied', broken.createToldAsApplied],
    ['createOverwrites', broken.createOverwrites],
    ['updateSwallowed', broken.updateSwallowed],
    ['revisionNotTested', broken.revisionNotTested],
    ['readsFromMemory', broken.readsFromMemory],
  ])('fails on %s', async (_, change) => {
    expect((await failureOf(name, change)).law).toBe(name);
  });

  test('meets every crash point that it has chosen', async () => {
    const { result, suite } = await tried(name, (store) => store);
    const { crashPoints } = suite.verdict();
    expect([result.verdict, String(result.failure)]).toEqual(['passed', 'undefined']);
    expect(crashPoints.hit).toBe(crashPoints.total);
  });
});

test.each([
  ['crash/single-faults', 'entriesNotTested', broken.entriesNotTested, /an open row that counts/],
  ['crash/pairs', 'entriesNotTested', broken.entriesNotTested, /an open row that counts/],
  ['crash/zombies', 'doneNotTested', broken.doneNotTested, /all was over, and yet something changed/],
  ['crash/collector', 'numbersNotTested', broken.numbersNotTested, /launched by both/],
])('%s alone shows %s', async (name, _, change, says) => {
  expect((await failureOf(name, change)).message).toMatch(says);
});

test.each([
  ['crash/zombies', 'items,together,3,alone', /all was over, and yet something changed/],
  ['crash/duplicates', 'items,together,at-once,at-7,0', /an open row that counts/],
])('%s shows an entry made twice in %s', async (law, name, says) => {
  const replay = { law, case: name, seed: 7 };
  expect((await failureOf(law, broken.entriesNotTested, { replay, depth: 'full' })).message).toMatch(says);
});

test('a failure shows the requests with the fault, what others did, both histories and the rows, with names', async () => {
  const failure = await failureOf('crash/single-faults', broken.entriesNotTested);
  const { schedule = [], histories, rows = [] } = failure.exhibits;
  const [, , request, fault] = failure.schedule.case.split(',').slice(1);
  const marked = schedule.filter((line) => line.includes(`<${fault?.toUpperCase()}>`));
  expect(marked).toHaveLength(1);
  expect(marked[0]).toMatch(new RegExp(`^process ${request} <`));
  expect(schedule.at(-1)).toMatch(/^last client was told: result/);
  const [expected, actual] = histories ?? [];
  expect(expected?.title).toBe('without a fault');
  expect(expected?.lines.some((line) => / -> applied/.test(line))).toBe(true);
  expect(expected?.lines[0]).toMatch(/^process 0: create runs\/run:<items.all>\/intent/);
  expect(actual?.lines.length).toBeGreaterThan(schedule.length);
  expect(rows.some((line) => line.startsWith('items/item:things:plain/00000000 '))).toBe(true);
  expect([...schedule, ...rows].join('\n')).not.toMatch(/run:[0-9a-f]{32}/);
});

test('a failure is repeated by its schedule, and by no more than the run without a fault and that case', async () => {
  const failure = await failureOf('crash/single-faults', broken.entriesNotTested);
  const replay = parseSchedule(scheduleText(failure.schedule));
  const { result } = await tried('crash/single-faults', broken.entriesNotTested, { replay });
  expect(result.schedules).toBe(2);
  expect(result.failure?.schedule).toEqual(failure.schedule);
  expect(result.failure?.exhibits.schedule?.length).toBe(failure.exhibits.schedule?.length);
});

test('of a pair, it is said whether one of the faults suffices', async () => {
  const failure = await failureOf('crash/pairs', broken.entriesNotTested);
  expect(failure.message).toMatch(
    /\(two faults were tried; (the (first|second) suffices|neither suffices alone)\)/,
  );
});

test('every case is in one shard, and none in two', async () => {
  const whole = await tried('crash/duplicates', (store) => store);
  const surveys = 9;
  const shards = await Promise.all(
    [1, 2, 3].map((index) => tried('crash/duplicates', (store) => store, { shard: { index, of: 3 } })),
  );
  const cases = shards.reduce((sum, { result }) => sum + result.schedules - surveys, 0);
  expect(cases).toBe(whole.result.schedules - surveys);
});
