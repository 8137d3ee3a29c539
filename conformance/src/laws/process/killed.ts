import type { LawText } from '../../law.js';
import { onSite, type Site } from '../../platform/site.js';
import { withoutProcesses } from '../../platform/skips.js';

const KILLS = { full: 20, slice: 5 };
const CLIENTS = 8;
/** Between two kills: at least that many ms, and up to so many more; then until an order was answered, for so long at most. */
const PAUSE_MS = 100;
const MORE_MS = 400;
const PROGRESS_MS = 2000;

export const law: LawText = {
  says: 'Processes that are killed at any moment, again and again, lose no order and carry out none twice: every order is answered once with one value, paid under one key, counted once, and nothing is left behind. This is what the whole is for.',
  weight: 8,
  skip: withoutProcesses,
  async check(bench) {
    await onSite(bench, 'killed at random', CLIENTS, (site) => killed(site, KILLS[bench.depth]));
  },
};

async function killed({ on, deployment, desk, log }: Site, kills: number): Promise<void> {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  for (let count = 0; count < kills; ) {
    const before = desk.answered;
    await wait(PAUSE_MS + on.choices.pick(MORE_MS));
    for (const until = Date.now() + PROGRESS_MS; desk.answered === before && Date.now() < until; )
      await wait(10);
    const running = deployment.workers().filter(({ state }) => state === 'running');
    // The last that is left may go as well: whoever asks then waits for the next.
    const victim = running[on.choices.pick(Math.max(1, running.length))];
    if (victim === undefined) continue;
    log(`killed ${await deployment.kill(victim.name)}`);
    count += 1;
  }
}
