/** A subject that is broken on purpose: the suite must fail it, by name and for the right reason. */
import type { Harness } from '../src/index.js';

/** An unbroken subject, or a broken one. */
export interface Specimen {
  readonly id: string;
  /** What an adapter like this does, in a few words. */
  readonly what: string;
  /** The subject, as new. */
  harness(): Harness;
}

/** One broken subject. */
export interface Mutant extends Specimen {
  /** Where the mistake is known from: a paragraph of a study, a variant of a specification, or plain experience. */
  readonly source: string;
  /** The subject that it is a change of, by its id: a law that fails on that one kills nothing. */
  readonly of: string;
  /** Laws that are known to kill it, the quickest first. */
  readonly laws: readonly string[];
}
