/** What Google asks, as data: the list changes, so check it before quoting. */

/** Native mode, Standard edition, without free quota, storage, network or taxes; dollars for a hundred thousand documents. */
export const PRICES = {
  /** When these were noted down, after others who quote the list: the page itself fills its table in by a script. */
  since: '2026-11-21',
  source: 'https://cloud.google.com/firestore/pricing',
  /** Dollars by location: a region, and a multi-region of two regions and a witness. */
  locations: {
    'us-central1': { reads: 0.03, writes: 0.09, deletes: 0.01 },
    nam5: { reads: 0.06, writes: 0.18, deletes: 0.02 },
  },
} as const;

/** A location of the list. */
export type Location = keyof typeof PRICES.locations;

/** What is billed of an operation, and what was sent for it, in the mean. Index entries are not billed. */
export interface Documents {
  /** Read, or looked for and not there; a query reads one at least. */
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  /** Of writes and deletes, those that were refused. The list does not say whether they are billed; here they are. */
  readonly refused: number;
  readonly requests: number;
  /** Bytes of the messages of writes, as the protocol encodes them. */
  readonly writeBytes: number;
}

/** What a million operations cost, in dollars. */
export function dollarsOfMillion({ reads, writes, deletes }: Documents, location: Location): number {
  const list = PRICES.locations[location];
  return 10 * (reads * list.reads + writes * list.writes + deletes * list.deletes);
}
