/** The cases of a law that holds for every trigger: each on a bed of its own. */
import type { Bench, Case } from '../bench/bench.js';
import { type Bed, onBed } from './platform-bed.js';
import type { Trigger } from './platform-harness.js';
import { Post } from './post.js';
import { triggersOf } from './skips.js';

/** A case of one trigger. */
export interface TriggerCase {
  readonly on: Case;
  readonly bed: Bed;
  readonly post: Post;
  readonly trigger: Trigger;
}

/** Which triggers, and how the store is made. */
export interface EachOptions {
  readonly fits?: (trigger: Trigger) => boolean;
  readonly rowBytesMax?: number;
  /** How long the entry waits for a run before it says "accepted", in ms. */
  readonly waitMs?: number;
}

/** Runs a case for every trigger that fits. */
export async function eachTrigger(
  bench: Bench,
  name: string,
  body: (the: TriggerCase) => Promise<void>,
  { fits = () => true, rowBytesMax, waitMs }: EachOptions = {},
): Promise<void> {
  const options = rowBytesMax === undefined ? {} : { rowBytesMax };
  for (const trigger of triggersOf(bench).filter(fits))
    await bench.case(`${trigger.name}, ${name}`, (on) =>
      onBed(on, (bed) => body({ on, bed, trigger, post: new Post(bed, trigger, waitMs) }), options),
    );
}

/** An identity of the case: a long one, so that what is cut off makes two of them one. */
export function identity(on: Case, n: number | string): string {
  return `${on.word}.a-long-identity-whose-end-tells-it-from-all-others.${n}`;
}
