import type { LawText } from '../../law.js';
import { atCrashPoint } from '../../world/crash-point.js';
import { chosen } from '../../world/sample.js';
import { survey, WAYS } from '../../world/ways.js';
import { MEANWHILES, zombie } from '../../world/zombie.js';

/** In the slice: cases of each way. */
const SLICE = 3;

export const law: LawText = {
  says: 'A process that stood still while others finished its run, while the client repeated its call and while other runs went over the same items until their rows were full, changes nothing when it goes on. Otherwise an effect happens twice, or takes back what came later.',
  weight: 8,
  async check(bench) {
    for (const way of WAYS) {
      const found = await survey(bench, way);
      const points = (found?.requests ?? []).flatMap((_, request) =>
        MEANWHILES.map((meanwhile) => ({
          request,
          meanwhile,
          name: `${way.name},${request},${meanwhile}`,
        })),
      );
      if (found === undefined) continue;
      for (const point of bench.depth === 'full' ? points : chosen(points, SLICE, found.seed))
        await atCrashPoint(bench, point.name, (on) => zombie(on, way, found, point));
    }
  },
};
