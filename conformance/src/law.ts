/** What a law is. Each is one file below `laws/`, whose path is the law's name. */
import type { Bench } from './bench/bench.js';
import type { Subject } from './bench/subject.js';

/** What a file below `laws/` exports as `law`. */
export interface LawText {
  /** The law in one or two sentences: what holds, and what would go wrong without it. Printed where it is broken. */
  readonly says: string;
  /** Its share of a budget, beside the 1 of an ordinary law. */
  readonly weight?: number;
  /** Why this subject is not held to it: what its harness does not offer, or a trait that it declares. */
  skip?(subject: Subject): string | undefined;
  /** Throws where the law is broken. */
  check(bench: Bench): Promise<void>;
}

/** A law, by its name, such as `store/create-once`. */
export interface Law extends LawText {
  readonly name: string;
}
