import { derivedSeed } from '../bench/schedule.js';

/** So many of them by seed, in the order that they have: the same whatever else there is to choose from. */
export function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  count: number,
  seed: number,
): readonly T[] {
  if (all.length <= count) return all;
  const ranks = all.map(({ name }) => derivedSeed(seed, name)).sort((a, b) => a - b);
  return all.filter(({ name }) => derivedSeed(seed, name) < ranks[count]!);
}
