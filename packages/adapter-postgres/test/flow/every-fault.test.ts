/** Every program, every request of it, every fault at that request, on PostgreSQL: one outcome, each effect once. */
import { isFlowstateError } from '@flowstate/core';
import { decode, type Reply } from '@flowstate/core/adapter';
import { type Ending, everyFault, type FaultsTried, faulty } from '@flowstate/core/testing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { database, poolOf, useDatabase } from '../database.js';
import { doubledTokens, unfinishedRuns } from './evidence.js';
import { type Deployment, type FaultWorld, faultWorld } from './fault-world.js';
import { WORKLOADS, type Workload } from './workloads.js';

useDatabase();

let pool: pg.Pool;
const tried: { readonly what: string; readonly runs: number }[] = [];

beforeAll(() => {
  pool = poolOf(database().url, 1, '-c synchronous_commit=off');
});
afterAll(async () => {
  await pool?.end();
  const cases = tried.reduce((sum, { runs }) => sum + runs, 0);
  console.log(
    `every fault: ${cases} cases\n${tried.map(({ what, runs }) => `  ${runs} ${what}`).join('\n')}`,
  );
});

/** What a process that met a fault may say: the outcome, that others go on, or an error that asks to try again. */
function expectHonest(ending: Ending<Reply | undefined>, outcome: Reply): void {
  if (ending.ended === 'threw') {
    if (!isFlowstateError(ending.error) || !ending.error.retry) throw ending.error;
  } else if (ending.ended === 'returned' && ending.value !== undefined && ending.value.reply !== 'pending') {
    expect(ending.value).toEqual(outcome);
  }
}

async function expectOver(
  world: FaultWorld,
  work: Workload,
  ending: Ending<Reply | undefined>,
): Promise<void> {
  await world.recover(); // what a zombie may have left
  const outcome = await world.callRoot();
  if (outcome.reply !== 'result') throw new Error(`not a result: ${JSON.stringify(outcome)}`);
  expectHonest(ending, outcome);
  const value = decode(outcome.value);
  expect(
    await world.process().receive({ kind: 'status', function: work.root, run: outcome.run }),
  ).toMatchObject({
    status: { state: 'done', outcome: `v${outcome.value}` },
  });
  await work.check(value, world.process(), world.outside);
  expect(await unfinishedRuns(pool)).toEqual([]);
  expect(await doubledTokens(pool)).toEqual([]);
}

/** How the rest of the world goes on: the collector alone, or the client sends its request again first. */
type Recovery = 'collector' | 'client';

function everyFaultOf(work: Workload, deployment: Deployment, recovery: Recovery): Promise<FaultsTried> {
  return everyFault<FaultWorld, Reply>({
    platform: () => faultWorld(pool, work, deployment),
    scenario: (platform, below) => below.callRoot(platform),
    async recover(below) {
      await below.idle();
      if (recovery === 'client') await below.callRoot();
      await below.recover();
      // A run that is unknown now was never begun: it is the client that asks again.
      if (recovery === 'collector') await below.callRoot();
      await below.recover();
    },
    check: (below, ending) => expectOver(below, work, ending),
  });
}

const WAYS = [
  ['apart', 'collector'],
  ['together', 'client'],
] as const;

for (const work of WORKLOADS) {
  for (const [deployment, recovery] of work.calls ? WAYS : WAYS.slice(1)) {
    test(`${work.name}, functions ${deployment}, then the ${recovery}`, async () => {
      const { runs, requests } = await everyFaultOf(work, deployment, recovery);
      tried.push({ what: `${work.name} (${requests.length} requests, ${deployment})`, runs });
      expect(runs).toBeGreaterThan(4 * requests.length);
    });
  }
}

/** A world whose run was crashed at a request, and is due. */
async function crashedAt(work: Workload, request: number): Promise<FaultWorld> {
  const world = await faultWorld(pool, work, 'together');
  const process = faulty(world, { at: { request, fault: 'crash-after' } });
  const { ended } = await process.run((platform) => world.callRoot(platform));
  expect(ended).toBe('crashed');
  await world.idle();
  await world.advance(60_000);
  return world;
}

for (const [name, request] of [
  ['a chain of calls', 8],
  ['all and map', 9],
  ['a travel reservation', 7],
] as const) {
  test(`${name}, crashed at request ${request}; faults at the collector and at the execution it launches`, async () => {
    const work = WORKLOADS.find((each) => each.name === name);
    if (work === undefined) throw new Error(`no workload "${name}"`);
    const { runs, requests } = await everyFault<FaultWorld, undefined>({
      platform: () => crashedAt(work, request),
      async scenario(platform, below) {
        await below.process(platform).collect();
        await below.idle();
      },
      recover: (below) => below.idle().then(() => below.recover()),
      check: (below, ending) => expectOver(below, work, ending),
    });
    tried.push({
      what: `${name}, crashed at ${request}, then collected (${requests.length} requests)`,
      runs,
    });
    expect(requests.some(({ method }) => method === 'list')).toBe(true);
  });
}
