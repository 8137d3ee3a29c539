/** Chance that can be had again: the same seed gives the same trips and the same moments. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of chance. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** A number in [0, 1). */
  fraction(): number;
  /** One of them. */
  of<T>(choices: readonly [T, ...T[]]): T;
}

/** Chance from a seed: a whole number of 32 bits. */
export function chanceOf(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number) => uniformInt(generator, 0, limit - 1);
  return {
    below,
    fraction: () => uniformFloat64(generator),
    of: (choices) => choices[below(choices.length)] ?? choices[0],
  };
}
