/** The rows behind an item: its LinkedDAAL, as they are in the database. */
import type { World } from './world.js';

/** One row. */
export interface ItemRow {
  readonly number: number;
  /** The value as JSON; undefined: none. */
  readonly value: string | undefined;
  /** How many operations are recorded in it. */
  readonly entries: number;
  /** A sealed row is full: its value never changes again, and what comes is in the next row. */
  readonly sealed: boolean;
}

/** The rows of an item, the first one first; none where there is no such table. */
export async function itemRows({ agency }: World, table: string, key: string): Promise<ItemRow[]> {
  const tables = { hotels: agency.hotels, flights: agency.flights, orders: agency.orders };
  const found = Object.entries(tables).find(([name]) => name === table)?.[1];
  const rows = (await found?.rows(key)) ?? [];
  return rows.map(({ number, value, entries, sealed }) => ({
    number,
    value: value === undefined ? undefined : spaced(value),
    entries,
    sealed,
  }));
}

/** JSON that can be broken into lines anywhere. */
function spaced(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replace(/\n\s*/g, ' ');
}
