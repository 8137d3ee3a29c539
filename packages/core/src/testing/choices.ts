/**
 * Decisions of a test, drawn one at a time: all sequences in turn, random ones from a seed, or one that is
 * replayed. A test that takes every decision from here is repeated exactly by its trail.
 */

/** Where a test's decisions come from. */
export interface Choices {
  /** A whole number from 0 to `n` - 1. */
  pick(n: number): number;
  /** Every number picked so far. */
  readonly trail: readonly number[];
}

/** A failure of a test that decides by {@link Choices}: the message ends in the trail that repeats it. */
export class ChoicesFailed extends Error {
  override readonly name = 'ChoicesFailed';
  readonly trail: readonly number[];

  constructor(trail: readonly number[], cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(`${message}\nrepeat with replay([${trail.join(', ')}])`, { cause });
    this.trail = trail;
  }
}

function recording(next: (n: number, at: number) => number): Choices {
  const trail: number[] = [];
  return {
    trail,
    pick(n) {
      if (!Number.isSafeInteger(n) || n < 1)
        throw new TypeError(`pick(${n}): needs a whole number of at least 1`);
      const picked = next(n, trail.length);
      trail.push(picked);
      return picked;
    },
  };
}

/** Random choices that the seed repeats. */
export function seeded(seed: number): Choices {
  let state = seed >>> 0;
  return recording((n) => {
    // mulberry32: small, and good enough to spread tests.
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * n);
  });
}

/**
 * The choices of that trail, then always 0. @throws RangeError where the trail does not fit what is asked.
 */
export function replay(trail: readonly number[]): Choices {
  return recording((n, at) => {
    const picked = trail[at] ?? 0;
    if (picked >= n)
      throw new RangeError(
        `choice ${at} of the trail is ${picked}, but only ${n} are offered: another test?`,
      );
    return picked;
  });
}

/** Runs a body on choices; a failure names its trail. @throws ChoicesFailed */
export async function reporting<T>(choices: Choices, body: (choices: Choices) => T | Promise<T>): Promise<T> {
  try {
    return await body(choices);
  } catch (error) {
    throw new ChoicesFailed([...choices.trail], error);
  }
}

/** How far an enumeration went. */
export interface Enumerated {
  readonly runs: number;
  /** Whether there was no other sequence left. */
  readonly exhausted: boolean;
}

/**
 * Runs the body once for every sequence of choices it can meet, in order, at most `max` times (100 000). The
 * body must be a deterministic function of its choices. @throws ChoicesFailed
 */
export async function exhaustive(
  body: (choices: Choices) => unknown,
  { max = 100_000 }: { readonly max?: number } = {},
): Promise<Enumerated> {
  let prefix: number[] = [];
  for (let runs = 1; ; runs++) {
    const offered: number[] = [];
    const choices = recording((n, at) => {
      offered.push(n);
      return prefix[at] ?? 0;
    });
    await reporting(choices, body);
    const next = [...choices.trail];
    while (next.length > 0 && next.at(-1)! + 1 >= offered[next.length - 1]!) next.pop();
    if (next.length === 0) return { runs, exhausted: true };
    if (runs === max) return { runs, exhausted: false };
    next[next.length - 1]! += 1;
    prefix = next;
  }
}
