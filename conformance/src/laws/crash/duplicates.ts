import type { LawText } from '../../law.js';
import { duplicated, MANNERS } from '../../world/duplicates.js';
import { chosen } from '../../world/sample.js';
import { type Survey, survey, WAYS, type Way } from '../../world/ways.js';

/** In the slice: cases of each way. */
const SLICE = 3;
/** How often a manner is tried that draws lots. */
const DRAWS = 4;

/** Functions are apart, so that there are messages. */
const APART = WAYS.filter(
  ({ work, placement }) => placement === (work.calls === true ? 'apart' : 'together'),
);

/** From the first call on, and from a crash somewhere: the collector's launches are messages, too. */
function casesOf(way: Way, { requests }: Survey) {
  const crashes = [undefined, Math.floor(requests.length / 3), Math.floor((requests.length * 2) / 3)];
  return MANNERS.flatMap((manner) =>
    crashes.flatMap((crashedAt) =>
      Array.from({ length: manner === 'shuffled' ? DRAWS : 1 }, (_, draw) => ({
        manner,
        crashedAt,
        name: `${way.name},${manner},${crashedAt === undefined ? 'called' : `at-${crashedAt}`},${draw}`,
      })),
    ),
  );
}

export const law: LawText = {
  says: 'Every message may arrive twice, at once, late, in another order, or never: calls of clients, calls of functions, launches. A run has one outcome all the same, each effect happens once, and what arrives after the end changes nothing.',
  weight: 4,
  async check(bench) {
    for (const way of APART) {
      const found = await survey(bench, way);
      if (found === undefined) continue;
      const cases = casesOf(way, found);
      for (const one of bench.depth === 'full' ? cases : chosen(cases, SLICE, found.seed))
        await bench.case(one.name, (on) => duplicated(on, way, found, one));
    }
  },
};
