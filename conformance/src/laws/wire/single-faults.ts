import type { Bench } from '../../bench/bench.js';
import type { LawText } from '../../law.js';
import { onWire, wireless } from '../../wire/lay-wire.js';
import type { WireFault } from '../../wire/line.js';
import type { WireProxy } from '../../wire/proxy.js';
import { struckRun, type WirePoint, wireSurvey } from '../../wire/struck-run.js';
import { chosen } from '../../world/sample.js';
import { WAYS, type Way } from '../../world/ways.js';

const FAULTS: readonly WireFault[] = ['cut', 'swallow', 'delay', 'late'];
/** All functions are in the process on the wire: all that they ask goes over it. */
const TOGETHER = WAYS.filter(({ placement }) => placement === 'together');
/** In the slice: these programs, and so many cases of each of them and each fault. */
const SLICE: readonly string[] = ['counter', 'ring', 'chain', 'travel'];
const CASES = 4;

async function points(bench: Bench, way: Way, proxy: WireProxy): Promise<void> {
  const survey = await wireSurvey(bench, way, proxy);
  if (survey === undefined) return;
  for (const fault of FAULTS) {
    const all = Array.from({ length: survey.requests }, (_, request): WirePoint & { name: string } => ({
      request,
      fault,
      name: `${way.name},${request},${fault}`,
    }));
    for (const point of bench.depth === 'full' ? all : chosen(all, CASES, survey.seed)) {
      let begun = false;
      await bench.case(point.name, async (on) => {
        begun = true;
        bench.tally.crashPoint(await struckRun(on, way, proxy, survey, point));
      });
      // What no time was left for is a crash point all the same; what another shard has, that one counts.
      if (!begun && bench.over) bench.tally.crashPoint(false);
    }
  }
}

export const law: LawText = {
  says: 'Whatever single request of the driver meets whatever fault of the wire (the connection breaks before it or after it was applied, it is held back while others go on, it arrives long after its client gave up), the run ends with one outcome for everybody and each effect happens exactly once. An adapter that makes two requests for one write is cut between them as well.',
  weight: 6,
  skip: wireless,
  check: (bench) =>
    onWire(bench, async (proxy) => {
      for (const way of TOGETHER)
        if (bench.depth === 'full' || SLICE.includes(way.work.name)) await points(bench, way, proxy);
    }),
};
