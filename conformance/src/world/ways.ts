/** The ways in which a workload meets faults, and what it does when it meets none. */
import type { PortRequest } from '@flowstate/core/testing';
import type { Bench, Case } from '../bench/bench.js';
import type { History } from '../bench/wrong.js';
import { WORKLOADS } from '../workloads/all.js';
import type { Workload } from '../workloads/workload.js';
import { namesIn } from './names.js';
import type { Host, Whereabouts } from './processes.js';
import type { Suspect } from './suspect.js';
import { onTrial, type Trial } from './trial.js';

/**
 * Whose requests meet the fault: those of the root's process alone (`apart`), of the process that all functions are in
 * (`together`), or of the process that the callees are in, while the root's lives (`callees`).
 */
export type Placement = 'apart' | 'together' | 'callees';

/** A workload in one placement. */
export interface Way {
  readonly work: Workload;
  readonly placement: Placement;
  /** Such as `travel,apart`. */
  readonly name: string;
  readonly functions: Whereabouts;
}

/** Every way there is. Where functions are matters only to those that call. */
export const WAYS: readonly Way[] = WORKLOADS.flatMap((work) =>
  (work.calls === true ? (['apart', 'together', 'callees'] as const) : (['together'] as const)).map(
    (placement): Way => ({
      work,
      placement,
      name: `${work.name},${placement}`,
      functions: placement === 'together' ? 'together' : 'apart',
    }),
  ),
);

/** What the process under test does when it meets no fault. */
export interface Survey {
  /** For worlds that are to decide as this one did. */
  readonly seed: number;
  readonly requests: readonly PortRequest[];
  readonly history: History;
}

/** The name of the process under test. */
export const SUSPECT = 'process';

/**
 * Calls the root once, so that the requests of the placement go through the suspect. What else there is to do is done by
 * others: by processes that meet no fault, unless given.
 */
export async function begin(
  trial: Trial,
  { placement }: Way,
  suspect: Suspect,
  others: Host = trial.clean,
): Promise<void> {
  const { world } = trial;
  if (placement === 'callees') {
    world.hostWith(suspect.host(others));
    await trial.client('client', world.platform);
  } else {
    await trial.begin(suspect);
    world.hostWith(others);
  }
}

/** The run without a fault, judged like every other. undefined: no case of this way will run. */
export function survey(bench: Bench, way: Way): Promise<Survey | undefined> {
  return bench.survey(way.name, (on) => surveyed(on, way));
}

function surveyed(on: Case, way: Way): Promise<Survey> {
  return onTrial(on, way.work, { functions: way.functions }, async (trial) => {
    const { world } = trial;
    const suspect = trial.suspect(SUSPECT);
    await begin(trial, way, suspect);
    if (way.placement === 'callees') await world.recover();
    const requests = [...suspect.requests];
    await trial.judge();
    const lines = world.trace.lines({ answers: true, named: namesIn(await world.rows(), world.word) });
    return { seed: on.seed, requests, history: { title: 'without a fault', lines } };
  });
}
