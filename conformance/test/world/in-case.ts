import type { Bench, Case } from '../../src/bench/bench.js';
import { type LawResult, Suite, type SuiteOptions } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';

/** Runs a law made of that check on a store in memory. */
export async function onBench(
  check: (bench: Bench) => Promise<void>,
  options: SuiteOptions = {},
): Promise<LawResult> {
  const law = { name: 'tried/here', says: 'what is tried here', check };
  return new Suite(memoryHarness('conditional'), { seed: 7, ...options, laws: [law] }).run(law);
}

/** A body in a case. @throws what it throws */
export async function inCase(body: (on: Case) => Promise<void>): Promise<void> {
  const { failure } = await onBench((bench) => bench.case('one', body));
  if (failure !== undefined) throw failure.cause;
}
