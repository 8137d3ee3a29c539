/** Events that come together: how many are carried out at once, in which order, and which are to come again. */
import { processPlatform } from '../default-platform.js';
import type { Fate } from './deliver.js';

const CONCURRENCY = 10;

/** How a batch is carried out. */
export interface BatchOptions<Item> {
  readonly concurrency: number;
  /** Items of one group are carried out one after another; undefined: an item is alone. */
  readonly groupOf: (item: Item) => string | undefined;
  /** What has not begun by then, in ms since the epoch, comes again. */
  readonly until: number;
}

/** The number of runs under way at once. @throws TypeError where it is none */
export function concurrencyOf({ concurrency = CONCURRENCY }: { readonly concurrency?: number }): number {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return concurrency;
  throw new TypeError('concurrency must be a whole number of at least 1');
}

/** Carries items out; answers those that are to come again. Once one of a group is, the later ones of it are as well, not begun. */
export async function carryOut<Item>(
  items: readonly Item[],
  { concurrency, groupOf, until }: BatchOptions<Item>,
  one: (item: Item) => Promise<Fate>,
): Promise<ReadonlySet<Item>> {
  const again = new Set<Item>();
  const groups = grouped(items, groupOf);
  const inOrder = async (group: readonly Item[]): Promise<void> => {
    for (const [i, item] of group.entries()) {
      const fate = processPlatform.now() < until ? await one(item) : 'again';
      if (fate === 'done') continue;
      for (const left of group.slice(i)) again.add(left);
      return;
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let group = groups[next++]; group !== undefined; group = groups[next++]) await inOrder(group);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, groups.length) }, worker));
  return again;
}

function grouped<Item>(
  items: readonly Item[],
  groupOf: (item: Item) => string | undefined,
): readonly Item[][] {
  const named = new Map<string, Item[]>();
  const groups: Item[][] = [];
  for (const item of items) {
    const name = groupOf(item);
    const known = name === undefined ? undefined : named.get(name);
    if (known !== undefined) {
      known.push(item);
      continue;
    }
    const group = [item];
    groups.push(group);
    if (name !== undefined) named.set(name, group);
  }
  return groups;
}
