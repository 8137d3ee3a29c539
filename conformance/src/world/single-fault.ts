/** One fault: what is done to a run, from its first call to the judgement. */
import type { Case } from '../bench/bench.js';
import type { MetFault } from './trace.js';
import { onTrial } from './trial.js';
import { begin, SUSPECT, type Survey, type Way } from './ways.js';

/** How the rest of the world goes on: the collector alone, or the client sends its call again first. */
export type Recovery = 'collector' | 'client';

/** Worlds that are tried until the fault is met: a store may answer in another order than before. */
const TRIES = 3;

/** One fault at one request, then recovery, then the judgement. False: the process never made that request. */
export async function singleFault(
  on: Case,
  way: Way,
  { seed, history }: Survey,
  { request, fault, recovery }: MetFault & { readonly recovery: Recovery },
): Promise<boolean> {
  const options = { functions: way.functions, seed, expected: history };
  for (let tried = 0; tried < TRIES; tried++) {
    const met = await onTrial(on, way.work, options, async (trial) => {
      const { world } = trial;
      const suspect = trial.suspect(SUSPECT, { request, fault });
      await begin(trial, way, suspect);
      if (recovery === 'client') await trial.client('client again', world.platform);
      await world.recover();
      // A run that is unknown now was never begun: it is the client that asks again.
      await trial.client('another client', world.platform);
      await world.recover();
      await trial.wake();
      await trial.judge();
      return suspect.met;
    });
    if (met) return true;
  }
  return false;
}
