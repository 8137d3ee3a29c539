/** The part `firestore` of the benchmarks: what operations cost, and how rivals get on. */
import { type Engine, start } from '@flowstate/engines';
import type { SeriesPlan } from '../operations/series.js';
import { CONTENTION_PLAN, type Contention, type ContentionPlan, measureContention } from './contention.js';
import { COSTS_PLAN, type Costs, measureCosts } from './costs.js';

/** What is measured. */
export interface FirestorePlan {
  readonly costs: SeriesPlan;
  readonly contention: ContentionPlan;
}

/** What was measured. */
export interface FirestoreReport {
  readonly engine: string;
  readonly costs: Costs;
  readonly contention: Contention;
}

/** What the design asks for. */
export const FIRESTORE_PLAN: FirestorePlan = { costs: COSTS_PLAN, contention: CONTENTION_PLAN };

/** Measures on the emulator, each part in a database of its own. @throws EngineMissing */
export async function measureFirestore(
  plan: FirestorePlan,
  progress: (line: string) => void,
  begin: () => Promise<Engine> = () => start('firestore'),
): Promise<FirestoreReport> {
  const engine = await begin();
  try {
    const contention = await measureContention(await engine.database(), plan.contention);
    progress(`firestore: contention of ${plan.contention.writers} writers`);
    const costs = await measureCosts(await engine.database(), plan.costs, progress);
    return { engine: engine.version, costs, contention };
  } finally {
    await engine.stop();
  }
}
