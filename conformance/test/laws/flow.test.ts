/** The laws of flows hold on the stores in memory, and fail on stores that break one promise. */
import type { Store } from '@flowstate/core/adapter';
import { STORE_KINDS, type StoreKind } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { memoryHarness } from '../../src/subjects/memory.js';
import { runSuite, type SuiteOptions } from '../../src/suite.js';
import type { LawResult } from '../../src/verdict.js';
import * as broken from './flow-broken-stores.js';

type Change = (store: Store) => Store;

async function verdictOf(
  law: string,
  kind: StoreKind,
  change?: Change,
  options: SuiteOptions = {},
): Promise<LawResult> {
  const { results } = await runSuite(memoryHarness(kind, {}, change), {
    only: [law],
    seed: 7,
    depth: 'slice',
    ...options,
  });
  return results[0]!;
}

const LAWS = ['flow/linearizable-items', 'flow/interleavings', 'flow/requests-per-operation'];

describe.each(LAWS)('%s', (law) => {
  test.each(STORE_KINDS)('holds on the %s store', async (kind) => {
    const { verdict, failure } = await verdictOf(law, kind);
    expect(failure === undefined ? verdict : String(failure)).toBe('passed');
  });

  test('holds on a store that says "refused" of what it applied, or costs more and no more than that', async () => {
    const { verdict } = await verdictOf(law, 'conditional', broken.appliedButSaysRefused);
    expect(verdict).toBe(law === 'flow/requests-per-operation' ? 'failed' : 'passed');
  });
});

describe('broken stores', () => {
  test.each<[string, string, Change, RegExp]>([
    [
      'linearizable-items',
      'condition before the write',
      broken.conditionBeforeTheWrite,
      /no order of its \d+ operations/,
    ],
    ['linearizable-items', 'lost update', broken.lostUpdate, /no order of its \d+ operations/],
    ['linearizable-items', 'seen believed', broken.seenBelieved, /no order of its \d+ operations/],
    ['linearizable-items', 'process cache', broken.processCache, /no order of its \d+ operations/],
    ['linearizable-items', 'swallowed write', broken.swallowedWrite, /no order of its \d+ operations/],
    ['linearizable-items', 'whole map written', broken.wholeMapWritten, /no row of an item knows of it/],
    [
      'linearizable-items',
      'unknown sent again',
      broken.unknownSentAgain,
      /an open row that counts \d+ entries/,
    ],
    ['interleavings', 'lost update', broken.lostUpdate, /program "count".*no order of whole operations/],
    [
      'interleavings',
      'seen believed',
      broken.seenBelieved,
      /took effect in 2 rows|entries where 2 are the most|no order of whole operations/,
    ],
    ['interleavings', 'swallowed write', broken.swallowedWrite, /no row of an item knows of it/],
    ['interleavings', 'unknown sent again', broken.unknownSentAgain, /an open row that counts \d+ entries/],
    ['interleavings', 'create replaces', broken.createReplaces, /no order of whole operations/],
    [
      'requests-per-operation',
      'no row after a write',
      broken.noRowReturned,
      /run: 3 requests where 2 are the most/,
    ],
  ])('flow/%s fails on: %s', async (law, _, change, message) => {
    const { verdict, failure } = await verdictOf(`flow/${law}`, 'conditional', change);
    expect(verdict).toBe('failed');
    expect(String(failure)).toMatch(message);
  });
});

test('flow/interleavings judges effects outside: two requests under one key', async () => {
  const replay = { law: 'flow/interleavings', case: 'charge what was read, rows full', seed: 7 };
  const { failure } = await verdictOf(replay.law, 'conditional', broken.createReplaces, {
    replay,
    depth: 'full',
  });
  expect(String(failure)).toMatch(/came with 2 requests: charge 1 under .*; charge 2 under/);
});

describe('a failing schedule', () => {
  const failing = () => verdictOf('flow/interleavings', 'conditional', broken.lostUpdate);

  test('is told with few changes of turn, whose turn it was, and both histories', async () => {
    const { failure } = await failing();
    expect(failure?.message).toMatch(/\(\d+ requests, [1-3] changes of turn\)/);
    const { schedule = [], histories, rows = [] } = failure!.exhibits;
    expect(schedule[0]).toMatch(/^1\. first: create runs\/run:id\d+\/intent .* -> .*"applied":true/);
    expect(schedule.some((line) => /^\d+\. rival: /.test(line))).toBe(true);
    expect(histories?.map(({ title }) => title)).toEqual([
      'an order of whole operations that comes closest',
      'what happened',
    ]);
    expect(histories?.[0].lines).toContain('the run was told [1,2]');
    expect(histories?.[1].lines).toContain('x holds 2');
    expect(rows.some((line) => line.startsWith('items/item:w:x/00000000'))).toBe(true);
  });

  test('is the same again when it is replayed', async () => {
    const first = await failing();
    const again = await verdictOf('flow/interleavings', 'conditional', broken.lostUpdate, {
      replay: first.failure!.schedule,
    });
    const asked = ({ failure }: LawResult) =>
      failure!.exhibits.schedule!.map((line) => line.replace(/ -> .*/, ''));
    expect(asked(again)).toEqual(asked(first));
    expect(again.failure?.exhibits.histories).toEqual(first.failure?.exhibits.histories);
  });
});
