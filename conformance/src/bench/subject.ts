import type { StoreTraits } from '@flowstate/core/adapter';
import type { Harness } from '../harness.js';

/** Who is under test. */
export interface Subject {
  readonly harness: Harness;
  /** The traits of its store, as its default options give them. */
  readonly traits: StoreTraits;
}
