import type { LawText } from '../../law.js';
import { onSite, type Site, victimOf, withProgress } from '../../platform/site.js';
import { withoutProcesses } from '../../platform/skips.js';

const KILLS = { full: 20, slice: 5 };
const CLIENTS = 8;
/** Between two kills: at least that many ms, and up to so many more. */
const PAUSE_MS = 100;
const MORE_MS = 400;

export const law: LawText = {
  says: 'Processes that are killed at any moment, again and again, lose no order and carry out none twice: every order is answered once with one value, paid under one key, counted once, and nothing is left behind. This is what the whole is for.',
  weight: 8,
  skip: withoutProcesses,
  async check(bench) {
    await onSite(bench, 'killed at random', CLIENTS, (site) => killed(site, KILLS[bench.depth]));
  },
};

async function killed(site: Site, kills: number): Promise<void> {
  const { on, deployment, log } = site;
  for (let count = 0; count < kills; count++) {
    await withProgress(site, PAUSE_MS + on.choices.pick(MORE_MS));
    // The last that is left may go as well: whoever asks then waits for the next.
    log(`killed ${await deployment.kill(await victimOf(site))}`);
  }
}
