/** Two faults: one in the process that begins the run, one in the processes that recover it. */
import type { Case } from '../bench/bench.js';
import { Wrong } from '../bench/wrong.js';
import { type Recovery, singleFault } from './single-fault.js';
import type { MetFault } from './trace.js';
import { onTrial } from './trial.js';
import { begin, SUSPECT, type Survey, type Way } from './ways.js';

/** Two faults, and who meets the second: the process of the client's repetition, or the collector and what it launches. */
export interface FaultPair {
  /** undefined: none. */
  readonly first: MetFault | undefined;
  readonly second: MetFault;
  readonly recovery: Recovery;
}

/** Answers how many requests the recovering process made, and whether the second fault met one of them. */
async function tried(
  on: Case,
  way: Way,
  { seed, history }: Survey,
  { first, second, recovery }: FaultPair,
): Promise<{ readonly requests: number; readonly met: boolean }> {
  const options = { functions: way.functions, seed, expected: history };
  return onTrial(on, way.work, options, async (trial) => {
    const { world } = trial;
    const recovering = trial.suspect(recovery, second);
    await begin(trial, way, trial.suspect(SUSPECT, first), recovering.host(trial.clean));
    if (recovery === 'client') await trial.client();
    await world.recover();
    const requests = recovering.requests.length;
    await trial.client('another client', world.platform);
    await world.recover();
    await trial.wake();
    await trial.judge();
    return { requests, met: recovering.met };
  });
}

/**
 * Both faults, then the judgement. Where recovery made fewer requests, the second fault meets an earlier one. What fails says
 * whether one of the two suffices. False: recovery made no request at all.
 */
export async function faultPair(on: Case, way: Way, found: Survey, pair: FaultPair): Promise<boolean> {
  try {
    const { met, requests } = await tried(on, way, found, pair);
    if (met || requests === 0) return met;
    const earlier = { ...pair.second, request: pair.second.request % requests };
    return (await tried(on, way, found, { ...pair, second: earlier })).met;
  } catch (error) {
    throw await simplest(error, on, way, found, pair);
  }
}

/** The failure of one of the faults alone, where that suffices. */
async function simplest(
  error: unknown,
  on: Case,
  way: Way,
  found: Survey,
  pair: FaultPair,
): Promise<unknown> {
  const { first, second, recovery } = pair;
  const alone = async (doing: () => Promise<unknown>): Promise<Wrong | undefined> => {
    try {
      await doing();
      return undefined;
    } catch (failure) {
      return failure instanceof Wrong ? failure : undefined;
    }
  };
  if (!(error instanceof Wrong)) return error;
  const said = (what: string, failure: Wrong): Wrong =>
    new Wrong(`${failure.message}\n(two faults were tried; ${what})`, failure.exhibits, failure.cause);
  const ofFirst = first && (await alone(() => singleFault(on, way, found, { ...first, recovery })));
  if (ofFirst !== undefined) return said('the first suffices', ofFirst);
  const ofSecond = await alone(() => tried(on, way, found, { first: undefined, second, recovery }));
  if (ofSecond !== undefined) return said('the second suffices', ofSecond);
  return said('neither suffices alone', error);
}
