/** The bank in this process: branches of it on stores of their own, collectors, and clients that do not give up. */
import { type Flow, flowstate, isFlowstateError } from '@flowstate/core';
import { processPlatform, type Store } from '@flowstate/core/adapter';
import type { Choices } from '@flowstate/core/testing';
import type { Pool } from 'pg';
import { expect, onTestFinished, vi } from 'vitest';
import { collectorLoop } from '../../src/http.js';
import { store as healthyStore } from '../database.js';
import { type Bank, defineBank, type Paid } from './bank.mjs';
import { type Answered, checkBooks, fillBowls, type Payment } from './bank-books.js';
import { unfinishedRuns } from './evidence.js';

const PATIENCE_MS = 40_000;
const MARBLES_EACH = 4;
const PAUSE_MS = 20;

/** What to do. */
export interface Work {
  /** What branches of the bank work on: each is a flow of its own, with what it remembers of items. */
  readonly stores: readonly Store[];
  readonly leaseMs: number;
  readonly orders: number;
  readonly clients: number;
  readonly choices: Choices;
  /** Called after each answer with how many there are. */
  readonly answered?: (count: number) => void;
  /** Called whenever a client was told to try again. */
  readonly retried?: () => void;
}

/** What happened. */
export interface Worked {
  readonly answered: Answered;
  readonly payments: readonly Payment[];
  /** Errors that asked clients to try again. */
  readonly retries: number;
}

/** An answer, asked for again under the same id after every error that says so. */
async function insist<T>(ask: () => Promise<T>, retried: () => void): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (!isFlowstateError(error) || !error.retry || Date.now() > deadline) throw error;
      retried();
      await processPlatform.wait(PAUSE_MS);
    }
  }
}

function branch(store: Store, leaseMs: number, payments: Payment[]): Bank {
  const flow: Flow = flowstate({ name: 'bank', store, lease: leaseMs });
  const bank = defineBank(flow, async (key, entered) => {
    const receipt = processPlatform.id();
    payments.push({ key, entered, receipt });
    await processPlatform.wait(2);
    return receipt;
  });
  // A pass that fails on a bad store is followed by another one.
  const collector = collectorLoop(flow, { every: 50, onError: () => undefined });
  onTestFinished(() => collector.stop());
  return bank;
}

/** Serves all orders. @throws where a client is told anything else than a result or to try again */
export async function serveOrders(work: Work): Promise<Worked> {
  const { stores, leaseMs, orders, clients, choices } = work;
  await fillBowls(flowstate({ name: 'bank', store: healthyStore() }), MARBLES_EACH);
  const payments: Payment[] = [];
  const banks = stores.map((store) => branch(store, leaseMs, payments));
  const chain: Paid[] = [];
  const counts: Record<string, number[]> = { hot: [] };
  let [next, rotations, answers, retries] = [0, 0, 0, 0];

  async function one(order: number): Promise<void> {
    const options = { id: `order-${order}` };
    const bank = (): Bank => banks[choices.pick(banks.length)]!;
    const ask = <T>(request: () => Promise<T>): Promise<T> =>
      insist(request, () => {
        retries += 1;
        work.retried?.();
      });
    if (order % 3 === 0) chain.push(await ask(() => bank().chain.invoke(order, options)));
    if (order % 3 === 1) counts.hot?.push(await ask(() => bank().count.invoke('hot', options)));
    if (order % 3 === 2) {
      await ask(() => bank().rotate.invoke(order % 7, options));
      rotations += 1;
    }
    work.answered?.(++answers);
  }

  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < orders) await one(next++);
    }),
  );
  return { answered: { chain, rotations, counts }, payments, retries };
}

/** Waits until nothing is due any more, then checks the books by way of a store that works. */
export async function expectInOrder(pool: Pool, { answered, payments }: Worked): Promise<void> {
  const timeouts = { timeout: PATIENCE_MS, interval: 50 };
  await vi.waitFor(async () => expect(await unfinishedRuns(pool)).toEqual([]), timeouts);
  await checkBooks(pool, healthyStore(), answered, payments, MARBLES_EACH);
}
