import type { Page, Path, Row, Scalar } from '../platform/store.js';
import { type ItemRow, itemRow, SEALED } from './item-row.js';
import { itemRowKey, itemRowNumber } from './layout.js';
import type { Requests } from './requests.js';

/** Rows read whole at the beginning of a search; further ones are read by the few fields that the search needs. */
const WHOLE_ROWS = 8;

/** What a search saw. `start`: the lowest row seen open, else the greatest row seen; whole where it was read whole. */
export interface Found {
  readonly token?: { readonly i: number; readonly life: string; readonly outcome: Scalar };
  readonly start?: { readonly i: number; readonly life: string; readonly row: ItemRow | undefined };
  readonly greatest: number;
}

/**
 * Queries an item's rows from `low` up, ascending to the end of the last page, for a token and for the row to start at.
 * Ascending, and starting at the lowest open row: pages are no snapshot, and a row read open may fill up, the token in it,
 * before the next row is read.
 */
export async function searchRows(
  requests: Requests,
  partition: string,
  low: number,
  token: string,
): Promise<Found> {
  let start: Found['start'];
  let startIsOpen = false;
  let greatest = -1;
  for (let after = low, first = true; ; first = false) {
    const page: Page = await requests.query({
      table: 'items',
      partition,
      order: 'ascending',
      ...(after === 0 ? {} : { after: itemRowKey(partition, after - 1).sort }),
      ...(first ? { limit: WHOLE_ROWS } : { limit: requests.traits.pageRowsMax, paths: pathsFor(token) }),
    });
    for (const row of page.rows) {
      const i = itemRowNumber(row.key);
      const outcome = typeof row.fields.log === 'object' ? row.fields.log[token] : undefined;
      const life = String(row.fields.life);
      if (outcome !== undefined) return { token: { i, life, outcome }, greatest: i };
      greatest = i;
      if (startIsOpen) continue;
      startIsOpen = !isSealedRow(row);
      start = { i, life, row: first ? itemRow(row) : undefined };
    }
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) break;
    after = itemRowNumber(last.key) + 1;
  }
  return { ...(start === undefined ? {} : { start }), greatest };
}

function isSealedRow(row: Row): boolean {
  const { n } = row.fields;
  return typeof n === 'number' && n >= SEALED;
}

function pathsFor(token: string): Path[] {
  return ['n', 'life', ['log', token]];
}
