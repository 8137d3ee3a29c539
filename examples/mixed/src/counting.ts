/** What is deployed on both: a visit is counted, and announced by another function, which counts as well. */
import type { Flow } from '@flowstate/core';

/** A visit of a page. */
export interface Visit {
  readonly page: string;
}

/** Registers table and functions; the same text on every database and platform. */
export function counting(flow: Flow) {
  const pages = flow.table<number>('pages');
  const announced = flow.table<number>('announced');

  const announce = flow.function('announce', (ctx, { page }: Visit) =>
    ctx.update(announced, page, (count = 0) => count + 1),
  );
  const visit = flow.function('visit', async (ctx, { page }: Visit) => {
    const count = await ctx.update(pages, page, (before = 0) => before + 1, { returns: (now) => now });
    await ctx.syncInvoke(announce, { page });
    return { page, count };
  });
  return { pages, announced, visit, announce };
}
