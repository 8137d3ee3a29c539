/** What AWS asks, as data. Change it here when the list changes. */

/** On-demand capacity of the standard table class, without savings plans, free tier or taxes. */
export const PRICES = {
  region: 'US East (N. Virginia)',
  /** The list that these are of. */
  since: '2024-11-01',
  source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  /** Dollars for a million write request units: one for each begun KB of an item or an index entry written. */
  millionWrites: 0.625,
  /** Dollars for a million read request units: one for each begun 4 KB read consistently. */
  millionReads: 0.125,
} as const;

/** Units of both kinds, of one operation in the mean. */
export interface Units {
  /** Write units, those of indexes among them. */
  readonly writes: number;
  readonly indexWrites: number;
  readonly reads: number;
  readonly requests: number;
}

/** What a million operations cost, in dollars. */
export function dollarsOfMillion({ writes, reads }: Units): number {
  return writes * PRICES.millionWrites + reads * PRICES.millionReads;
}
