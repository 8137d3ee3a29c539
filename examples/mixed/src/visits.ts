/** Visits while workers are killed, and what was counted in the end. */
import { flowstate } from '@flowstate/core';
import { counting } from './counting.js';
import type { Pair } from './pairs.js';

/** How it ended. */
export interface Counted {
  readonly asked: number;
  readonly counted: number;
  readonly announced: number;
  readonly kills: number;
}

const PAGES = ['start', 'prices', 'contact'];
const AT_ONCE = 4;
/** A worker is killed after each so many answers. */
const KILL_EVERY = 8;

/** Sends so many visits, each repeated under its id until it is answered. @throws Error where one is never answered */
export async function visitPages({ deployment, store }: Pair, visits: number): Promise<Counted> {
  let sent = 0;
  let answered = 0;
  let kills = 0;
  const client = async (): Promise<void> => {
    while (sent < visits) {
      const number = sent++;
      const input = { page: PAGES[number % PAGES.length] };
      await deployment.call('visit', input, { id: `visit-${number}` });
      answered += 1;
      if (answered % KILL_EVERY !== 0 || sent === visits) continue;
      kills += 1;
      await deployment.kill();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const { pages, announced } = counting(flowstate({ name: 'pages', store }));
  const sum = async (table: typeof pages): Promise<number> => {
    const counts = await Promise.all(PAGES.map((page) => table.get(page)));
    return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
  };
  return { asked: visits, counted: await sum(pages), announced: await sum(announced), kills };
}
