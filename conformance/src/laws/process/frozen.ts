import type { LawText } from '../../law.js';
import { onSite, type Site, victimOf, withProgress } from '../../platform/site.js';
import { withoutProcesses } from '../../platform/skips.js';

const FREEZES = { full: 10, slice: 2 };
const CLIENTS = 8;
/** How many stand still at once: the others go on. */
const AT_ONCE = 2;

export const law: LawText = {
  says: 'A process that stands still for longer than its lease, while others take its orders over, and that then wakes up in the middle of what it was doing, does no harm: what it still does was done before, or is done by it alone. Otherwise a paused machine, or a serverless function that is frozen between two calls, does everything twice.',
  weight: 8,
  skip: withoutProcesses,
  async check(bench) {
    await onSite(bench, 'frozen and woken', CLIENTS, (site) => frozen(site, FREEZES[bench.depth]));
  },
};

async function frozen(site: Site, freezes: number): Promise<void> {
  let left = freezes;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await freezeOne(site);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Past the lease, and by how much is a matter of chance: so is what the others have done of its orders by then. */
async function freezeOne(site: Site): Promise<void> {
  const { on, deployment, leaseMs, log } = site;
  await withProgress(site, 100 + on.choices.pick(300));
  const name = deployment.freeze(await victimOf(site));
  log(`froze ${name}`);
  await new Promise((resolve) => setTimeout(resolve, 1.5 * leaseMs + on.choices.pick(2 * leaseMs)));
  deployment.thaw(name);
  log(`woke ${name}`);
}
