import { faultsOf } from '@flowstate/core/testing';
import type { Bench } from '../../bench/bench.js';
import type { LawText } from '../../law.js';
import { collectedAtWork, collectedTwice, collectorFault, surveyCrashed } from '../../world/collectors.js';
import { atCrashPoint } from '../../world/crash-point.js';
import { chosen } from '../../world/sample.js';
import { type Survey, survey, WAYS, type Way } from '../../world/ways.js';

/** In the slice: faults at a collector, and requests at which one comes, of each way. */
const SLICE = 2;
/** Where the process crashed before the collector came, as a share of its requests. */
const CRASHED_AT = 0.6;

async function faultsAtCollector(bench: Bench, way: Way, found: Survey): Promise<void> {
  const place = Math.floor(found.requests.length * CRASHED_AT);
  const crashed = await surveyCrashed(bench, way, found, place);
  if (crashed === undefined) return;
  const prefix = `${way.name},at-${place}`;
  await bench.case(`${prefix},two-collectors`, (on) => collectedTwice(on, way, crashed));
  const points = crashed.requests.flatMap(({ method }, request) =>
    faultsOf(method).map((fault) => ({ request, fault, name: `${prefix},${request},${fault}` })),
  );
  for (const point of bench.depth === 'full' ? points : chosen(points, SLICE, found.seed))
    await atCrashPoint(bench, point.name, (on) => collectorFault(on, way, crashed, point));
}

async function collectorsAtWork(bench: Bench, way: Way, found: Survey): Promise<void> {
  const points = found.requests.map((_, request) => ({ request, name: `${way.name},at-work,${request}` }));
  for (const { request, name } of bench.depth === 'full' ? points : chosen(points, SLICE, found.seed))
    await bench.case(name, async (on) => {
      // What the process asked only after a collector had come is no place before which one comes.
      if (await collectedAtWork(on, way, found, request)) bench.tally.crashPoint(true);
    });
}

export const law: LawText = {
  says: 'A collector may crash, stand still or be answered by errors at any request of its own and of the executions that it begins; there may be two; it may come while a run is at work. A run is launched by one of them, never before its lease is over, and is finished once.',
  weight: 8,
  async check(bench) {
    for (const way of WAYS) {
      const found = await survey(bench, way);
      if (found === undefined) continue;
      await faultsAtCollector(bench, way, found);
      await collectorsAtWork(bench, way, found);
    }
  },
};
