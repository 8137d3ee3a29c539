/** Collectors that meet faults, that are two, or that come while the run is at work. */
import assert from 'node:assert/strict';
import type { PortRequest } from '@flowstate/core/testing';
import type { Bench, Case } from '../bench/bench.js';
import { deliverAll, untilDue, waiting } from './recovery.js';
import type { MetFault } from './trace.js';
import { onTrial, type Trial } from './trial.js';
import { begin, SUSPECT, type Survey, type Way } from './ways.js';

const COLLECTOR = 'collector';

/** A run that crashed after a request, and what the collector asks who then finds it. */
export interface Found extends Survey {
  /** After which request of the process it crashed. */
  readonly crashedAt: number;
}

/** Crashes after a request, and lets time pass until the run is due. */
async function crashed(trial: Trial, way: Way, crashedAt: number): Promise<void> {
  await begin(trial, way, trial.suspect(SUSPECT, { request: crashedAt, fault: 'crash-after' }));
  trial.world.hostWith(trial.clean);
  await trial.world.idle();
  await untilDue(trial.world, await waiting(trial.world));
}

async function finished(trial: Trial): Promise<void> {
  const { world } = trial;
  await world.recover();
  await trial.client('client again', world.platform);
  await world.recover();
  await trial.wake();
  await trial.judge();
}

/** What a collector asks that finds a run which crashed there. undefined: no case of it will run. */
export async function surveyCrashed(
  bench: Bench,
  way: Way,
  { seed, history }: Survey,
  crashedAt: number,
): Promise<Found | undefined> {
  const requests = await bench.survey(`${way.name},at-${crashedAt}`, (on) =>
    onTrial(on, way.work, { functions: way.functions, seed, expected: history }, async (trial) => {
      await crashed(trial, way, crashedAt);
      const collector = trial.suspect(COLLECTOR);
      await trial.collect(collector);
      const asked: readonly PortRequest[] = [...collector.requests];
      await finished(trial);
      return asked;
    }),
  );
  return requests && { seed, history, crashedAt, requests };
}

/** A fault meets the collector that finds the run, or what it executes. False: it never made that request. */
export function collectorFault(
  on: Case,
  way: Way,
  { seed, history, crashedAt }: Found,
  at: MetFault,
): Promise<boolean> {
  return onTrial(on, way.work, { functions: way.functions, seed, expected: history }, async (trial) => {
    await crashed(trial, way, crashedAt);
    const collector = trial.suspect(COLLECTOR, at);
    await trial.collect(collector);
    await finished(trial);
    return collector.met;
  });
}

/** Two collectors at once, of which one alone launches what both find. */
async function twoCollectors(trial: Trial): Promise<void> {
  const { world } = trial;
  const due = await waiting(world);
  const passes = await Promise.all(
    ['first collector', 'second collector'].map((name) => trial.collect(trial.suspect(name))),
  );
  const launched = passes.reduce((sum, pass) => sum + (pass?.launched ?? 0), 0);
  assert.ok(
    launched <= due.length,
    `two collectors at once launched ${launched} runs, ${due.length} were due: one was launched by both`,
  );
}

/** Two collectors at once find a run which crashed there. */
export function collectedTwice(on: Case, way: Way, { seed, history, crashedAt }: Found): Promise<void> {
  return onTrial(on, way.work, { functions: way.functions, seed, expected: history }, async (trial) => {
    await crashed(trial, way, crashedAt);
    await twoCollectors(trial);
    await finished(trial);
  });
}

/**
 * Before a request, a collector passes by, and leaves the run alone: its lease is not over. Then it is, two collectors come at
 * once, and the process goes on while the execution that they launched is at work. False: no such request was made.
 */
export function collectedAtWork(
  on: Case,
  way: Way,
  { seed, history }: Survey,
  request: number,
): Promise<boolean> {
  return onTrial(on, way.work, { functions: way.functions, seed, expected: history }, async (trial) => {
    const { world } = trial;
    const suspect = trial.suspect(SUSPECT, { request, fault: 'frozen' });
    await begin(trial, way, suspect);
    if (way.placement === 'callees') await deliverAll(world);
    world.hostWith(trial.clean);
    const waits = await waiting(world);
    if (waits.every(({ fields }) => Number(fields.due) > world.now())) {
      const early = await trial.collect(trial.suspect('early collector'));
      assert.equal(early?.launched, 0, 'a collector launched a run whose lease was not over');
    }
    await untilDue(world, waits);
    await twoCollectors(trial);
    await Promise.all([trial.wake(), deliverAll(world)]);
    await finished(trial);
    return suspect.met;
  });
}
