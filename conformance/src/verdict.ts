/** What a run of the suite says of an adapter. */
import type { StoreTraits } from '@flowstate/core/adapter';
import type { LawFailed } from './bench/law-failed.js';

/** What became of one law. */
export interface LawResult {
  readonly law: string;
  readonly says: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
  readonly failure?: LawFailed;
  /** How many cases were run. */
  readonly schedules: number;
  /** Whether some of its cases were left out for want of time. */
  readonly cut: boolean;
  readonly seconds: number;
}

/** The verdict. */
export interface Verdict {
  readonly adapter: string;
  readonly engine: string;
  readonly seed: number;
  readonly shard: { readonly index: number; readonly of: number };
  readonly depth: 'full' | 'slice';
  readonly results: readonly LawResult[];
  readonly crashPoints: { readonly hit: number; readonly total: number };
  readonly schedules: number;
  readonly histories: number;
  /** Broken laws. */
  readonly wrong: number;
  /** Requests of each operation of the context. */
  readonly requests: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Whether every chosen law has a result: false where the run was stopped. */
  readonly complete: boolean;
  /** The traits of the store, as its default options give them; none where no client could be opened. */
  readonly traits?: StoreTraits;
}
