/** The bank's books: what must be true of them when every order was answered, however many processes died over it. */
import { type Flow, flowstate } from '@flowstate/core';
import type { Store } from '@flowstate/core/adapter';
import type { Pool } from 'pg';
import { expect } from 'vitest';
import { BOWL_COUNT, type Paid } from './bank.mjs';
import { countRuns, doubledTokens, unfinishedRuns } from './evidence.js';

interface Bowl {
  readonly marbles: number[];
  readonly taken: number | null;
}

/** What the outside world was asked to pay: one line for each try. */
export interface Payment {
  readonly key: string;
  readonly entered: number;
  readonly receipt: string;
}

/** What clients were answered. */
export interface Answered {
  readonly chain: readonly Paid[];
  readonly rotations: number;
  /** Counts answered, by key. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

const bowl = (i: number): string => `bowl ${i}`;

/** Puts marbles into the bowls, each with a number of its own. */
export async function fillBowls(flow: Flow, marblesEach: number): Promise<void> {
  const bowls = flow.table<Bowl>('bowls');
  for (let i = 0; i < BOWL_COUNT; i++) {
    const marbles = Array.from({ length: marblesEach }, (_, n) => i * marblesEach + n);
    await bowls.set(bowl(i), { marbles, taken: null });
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

/** @throws where an effect is missing, was made twice, or was told otherwise than it happened. */
export async function checkBooks(
  pool: Pool,
  store: Store,
  answered: Answered,
  payments: readonly Payment[],
  marblesEach: number,
): Promise<void> {
  const flow = flowstate({ name: 'books', store });
  expect(await unfinishedRuns(pool)).toEqual([]);
  expect(await doubledTokens(pool)).toEqual([]);
  await checkChain(pool, flow, answered.chain, payments);

  const bowls = await Promise.all(upTo(BOWL_COUNT).map((i) => flow.table<Bowl>('bowls').get(bowl(i))));
  expect(sorted(bowls.flatMap((each) => each?.marbles ?? []))).toEqual(upTo(BOWL_COUNT * marblesEach));
  expect(await countRuns(pool, 'rotate')).toBe(answered.rotations);

  for (const [key, counts] of Object.entries(answered.counts)) {
    expect(await flow.table<number>('counters').get(key), key).toBe(counts.length);
    expect(sorted(counts)).toEqual(upTo(counts.length).map((n) => n + 1));
  }
}

async function checkChain(
  pool: Pool,
  flow: Flow,
  paid: readonly Paid[],
  payments: readonly Payment[],
): Promise<void> {
  const counters = flow.table<number>('counters');
  for (const name of ['chain', 'middle', 'back']) {
    expect((await counters.get(name)) ?? 0, name).toBe(paid.length);
    expect(await countRuns(pool, name)).toBe(paid.length);
  }
  expect(sorted(paid.map(({ nth }) => nth))).toEqual(upTo(paid.length).map((n) => n + 1));

  const states = await Promise.all(paid.map(({ order }) => flow.table<string>('states').get(`${order}`)));
  expect(states.filter((state) => state !== 'paid')).toEqual([]);

  const keys = new Map<number, string>();
  for (const { entered, key } of payments) {
    // However often an order was tried, it was under one key: a service that honours keys pays once.
    expect(keys.get(entered) ?? key, `order ${entered}`).toBe(key);
    keys.set(entered, key);
  }
  expect(keys.size).toBe(paid.length);
  expect(new Set(keys.values()).size).toBe(paid.length);

  const tried = new Set(payments.map(({ entered, receipt }) => `${entered} ${receipt}`));
  const told = paid.map(({ order, receipt }) => `${order} ${receipt}`).sort();
  expect(told.filter((line) => !tried.has(line))).toEqual([]);
  expect([...((await flow.table<string[]>('lines').get('all')) ?? [])].sort()).toEqual(told);
}
