import type { LawText } from '../../law.js';
import { onSite, type Site } from '../../platform/site.js';
import { withoutProcesses } from '../../platform/skips.js';
import { KINDS, suiteName } from '../../platform/suite-functions.js';

const ROUNDS = { full: 3, slice: 1 };
/** Other orders go on meanwhile. */
const CLIENTS = 2;
/** How long a process may take to come to an answer, in ms. */
const PATIENCE_MS = 30_000;

export const law: LawText = {
  says: 'A process that has done all that an order asks for, and is killed before anybody hears of it, has done it: the same order, asked for again, is answered with what was done. Otherwise the retry of a careful client pays a second time.',
  weight: 3,
  skip: withoutProcesses,
  async check(bench) {
    await onSite(bench, 'killed before the answer', CLIENTS, (site) => unheard(site, ROUNDS[bench.depth]));
  },
};

async function unheard({ on, deployment, desk, log }: Site, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const kind of KINDS) {
      const name = suiteName(on.word, kind);
      const [victim] = await Promise.all([
        deployment.killBeforeAnswer(name, AbortSignal.timeout(PATIENCE_MS)),
        desk.order(kind),
      ]);
      log(`killed ${victim} before it answered an order of ${kind}`);
    }
}
