import { FAULTS, type Fault, faultsOf } from '@flowstate/core/testing';
import type { Bench } from '../../bench/bench.js';
import type { LawText } from '../../law.js';
import { atCrashPoint } from '../../world/crash-point.js';
import { chosen } from '../../world/sample.js';
import { type Recovery, singleFault } from '../../world/single-fault.js';
import { type Survey, survey, WAYS, type Way } from '../../world/ways.js';

const RECOVERIES: readonly Recovery[] = ['collector', 'client'];
/** In the slice: cases of each way and fault. */
const SLICE = 2;

interface Point {
  readonly recovery: Recovery;
  readonly request: number;
  readonly fault: Fault;
}

/** Every fault that means something for every request. Where the client's process lives, it repeats by itself. */
function pointsOf({ placement }: Way, { requests }: Survey): Point[] {
  const recoveries = placement === 'callees' ? RECOVERIES.slice(0, 1) : RECOVERIES;
  return recoveries.flatMap((recovery) =>
    requests.flatMap(({ method }, request) =>
      faultsOf(method).map((fault) => ({ recovery, request, fault })),
    ),
  );
}

async function points(bench: Bench, way: Way): Promise<void> {
  const found = await survey(bench, way);
  if (found === undefined) return;
  const named = pointsOf(way, found).map((point) => ({
    ...point,
    name: `${way.name},${point.recovery},${point.request},${point.fault}`,
  }));
  for (const fault of FAULTS) {
    const those = named.filter((point) => point.fault === fault);
    for (const point of bench.depth === 'full' ? those : chosen(those, SLICE, found.seed))
      await atCrashPoint(bench, point.name, (on) => singleFault(on, way, found, point));
  }
}

export const law: LawText = {
  says: 'Whatever single fault meets whatever request of a run (a crash before or after it, its reply lost, a refusal, a repetition by the driver, a process that stands still and wakes late, a message delivered twice), the run ends with one outcome for everybody, each effect happens exactly once, and nothing is left to do.',
  weight: 8,
  async check(bench) {
    for (const way of WAYS) await points(bench, way);
  },
};
