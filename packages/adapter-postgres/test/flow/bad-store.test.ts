/** A store that is slow, throttles, loses replies, or is killed: time is lost, never correctness. */

import { randomInt } from 'node:crypto';
import { seeded } from '@flowstate/core/testing';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../src/index.js';
import { database, store, useDatabase } from '../database.js';
import { badWire, MISCHIEFS } from './bad-wire.js';
import { expectInOrder, serveOrders } from './bank-at-work.js';
import { throttled } from './throttled-store.js';

useDatabase({ each: 'test' });

const LEASE_MS = 300;

function seed(): number {
  const given = Number(process.env.FLOWSTATE_TEST_SEED ?? randomInt(2 ** 31));
  console.log(`seed ${given} (FLOWSTATE_TEST_SEED repeats the decisions, not the moments)`);
  return given;
}

/** A pool that gives up on a server that does not answer. */
function impatientPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 6, query_timeout: 200, connectionTimeoutMillis: 400 });
  pool.on('error', () => undefined);
  onTestFinished(() => pool.end());
  return pool;
}

test('a wire that is slow, breaks, and loses requests and replies', async () => {
  const from = seed();
  const wire = await badWire(database().url, { choices: seeded(from), oneOf: 12, slowMs: 300 });
  onTestFinished(() => wire.close());
  const stores = [1, 2].map(() => postgres({ pool: impatientPool(wire.url), entriesPerRow: 4 }));
  const worked = await serveOrders({
    stores,
    leaseMs: LEASE_MS,
    orders: 90,
    clients: 8,
    choices: seeded(from + 1),
  });
  await wire.calm();
  await expectInOrder(database().pool, worked);
  console.log(`${JSON.stringify(wire.done)}; clients asked ${worked.retries} times again`);
  for (const mischief of MISCHIEFS) expect(wire.done[mischief], mischief).toBeGreaterThan(3);
});

test('a store that throttles in bursts', async () => {
  const from = seed();
  const limits = { oneOf: 40, burstMax: 40 };
  const stores = [1, 2].map((n) =>
    throttled(store({ entriesPerRow: 4 }), { choices: seeded(from + n), ...limits }),
  );
  const worked = await serveOrders({
    stores,
    leaseMs: LEASE_MS,
    orders: 90,
    clients: 8,
    choices: seeded(from),
  });
  for (const each of stores) each.calm();
  await expectInOrder(database().pool, worked);
  const [refused, bursts] = [
    stores.reduce((sum, each) => sum + each.refused, 0),
    stores.reduce((sum, each) => sum + each.bursts, 0),
  ];
  console.log(`${refused} requests refused in ${bursts} bursts; clients asked ${worked.retries} times again`);
  expect(refused).toBeGreaterThan(100);
});

test('PostgreSQL itself, killed in the middle and started again', async (context) => {
  const { engine, url, pool } = database();
  if (!engine.own) return context.skip('this PostgreSQL was given by its address: it is not ours to kill');
  const from = seed();
  const killsAt = [20, 60, 100, 140];
  let kills = 0;
  let killing: Promise<void> = Promise.resolve();
  let feltIt = (): void => undefined;

  /** Down for so long that a client hears of it. */
  async function killAndRestart(): Promise<void> {
    const felt = new Promise<void>((resolve) => {
      feltIt = resolve;
    });
    await engine.kill();
    await felt;
    await engine.restart();
    kills += 1;
  }

  const stores = [1, 2].map(() => postgres({ pool: impatientPool(url), entriesPerRow: 4, prepare: true }));
  const worked = await serveOrders({
    stores,
    leaseMs: LEASE_MS,
    orders: 180,
    clients: 8,
    choices: seeded(from),
    answered(count) {
      if (killsAt.includes(count)) killing = killing.then(killAndRestart);
    },
    retried: () => feltIt(),
  });
  await killing;
  await expectInOrder(pool, worked);
  console.log(`PostgreSQL killed ${kills} times; clients asked ${worked.retries} times again`);
  expect(kills).toBe(killsAt.length);
  expect(worked.retries).toBeGreaterThanOrEqual(kills);
});
