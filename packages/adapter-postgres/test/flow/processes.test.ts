/** Real processes, killed and frozen at random moments while clients send orders: nothing is lost, nothing happens twice. */

import { randomInt } from 'node:crypto';
import { flowstate } from '@flowstate/core';
import { type Choices, seeded } from '@flowstate/core/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { database, store, useDatabase } from '../database.js';
import type { Paid } from './bank.mjs';
import { type Answered, checkBooks, fillBowls, type Payment } from './bank-books.js';
import { unfinishedRuns } from './evidence.js';
import { startFleet } from './fleet.js';

useDatabase();

const SECRET = 'a-secret-of-these-tests';
const LEASE_MS = 200;
const PROCESSES = 8;
const CLIENTS = 24;
const KILLS = 21;
const MARBLES_EACH = 5;
const PATIENCE_MS = 40_000;

/** One request, sent again under its key to any process until one of them answers it. */
async function insist(
  addresses: readonly string[],
  name: string,
  key: string,
  input: unknown,
): Promise<unknown> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const address = addresses[Math.floor(Math.random() * addresses.length)];
    const response = await fetch(`${address}/functions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(1000),
    }).catch(() => undefined); // dead, or frozen: another one is asked
    const body: unknown = await response?.json().catch(() => undefined);
    if (response?.status === 200 && body !== undefined) return body;
    if (response !== undefined && ![200, 202, 503].includes(response.status)) {
      throw new Error(`${name} ${key}: ${response.status} ${JSON.stringify(body)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} ${key}: no answer in ${PATIENCE_MS} ms`);
}

/** Clients that send orders of three kinds until they are stopped, and write down what they were answered. */
function clients(addresses: readonly string[], choices: Choices) {
  const chain: Paid[] = [];
  const counts: Record<string, number[]> = { hot: [], cold: [] };
  let sent = 0;
  let rotations = 0;
  let stopped = false;

  async function one(): Promise<void> {
    const order = sent++;
    const key = `order-${order}`;
    const kind = choices.pick(3);
    if (kind === 0) chain.push((await insist(addresses, 'chain', key, order)) as Paid);
    if (kind === 1) {
      rotations += 1;
      await insist(addresses, 'rotate', key, order % 3);
    }
    if (kind === 2) {
      const item = choices.pick(4) === 0 ? 'cold' : 'hot';
      counts[item]?.push((await insist(addresses, 'count', key, item)) as number);
    }
  }
  const ended = Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (!stopped) await one();
    }),
  );
  // Looked at when they are stopped.
  ended.catch(() => undefined);
  return {
    async stop(): Promise<Answered> {
      stopped = true;
      await ended;
      return { chain, rotations, counts };
    },
  };
}

test('processes that are killed and frozen at random', async () => {
  const seed = Number(process.env.FLOWSTATE_TEST_SEED ?? randomInt(2 ** 31));
  console.log(`seed ${seed} (FLOWSTATE_TEST_SEED repeats the decisions, not the moments)`);
  const { pool, url } = database();
  await pool.query('CREATE TABLE ledger (key text, entered int, receipt text)');
  await fillBowls(flowstate({ name: 'bank', store: store() }), MARBLES_EACH);
  const fleet = await startFleet({ size: PROCESSES, url, secret: SECRET, leaseMs: LEASE_MS });
  onTestFinished(() => fleet.stop());

  const begun = Date.now();
  const work = clients(fleet.addresses, seeded(seed + 1));
  const storm = await fleet.storm(seeded(seed), KILLS);
  await fleet.calm();
  const stormMs = Date.now() - begun;
  const answered = await work.stop();
  await vi.waitFor(async () => expect(await unfinishedRuns(pool)).toEqual([]), {
    timeout: PATIENCE_MS,
    interval: 100,
  });

  const { rows: payments } = await pool.query<Payment>('SELECT key, entered, receipt FROM ledger');
  await checkBooks(pool, store(), answered, payments, MARBLES_EACH);
  // The same requests again: the same answers, and nothing happens.
  for (const paid of answered.chain.slice(0, 5)) {
    expect(await insist(fleet.addresses, 'chain', `order-${paid.order}`, paid.order)).toEqual(paid);
  }
  expect((await pool.query('SELECT 1 FROM ledger')).rowCount).toBe(payments.length);

  const counted = Object.values(answered.counts).reduce((sum, each) => sum + each.length, 0);
  console.log(
    `${storm.kills} kills (${storm.killsWhileFrozen} while frozen), ${storm.freezes} freezes in ${stormMs} ms, over after ` +
      `${Date.now() - begun} ms; ${answered.chain.length} chains, ${answered.rotations} rotations, ${counted} counts; ` +
      `${payments.length - answered.chain.length} steps tried again`,
  );
  expect(storm.kills).toBeGreaterThanOrEqual(20);
  expect(Math.min(answered.chain.length, answered.rotations, counted)).toBeGreaterThan(3);
}, 120_000);
