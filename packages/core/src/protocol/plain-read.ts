/**
 * A plain read of a managed item (verified specification, 2.3). Guarantee: linearizable where the store's reads are. An open
 * row is the tail, whatever is remembered; a sealed row's value is never returned (D9).
 */
import type { Row } from '../platform/store.js';
import { type ItemRow, isSealed, itemRow } from './item-row.js';
import { itemRowKey } from './layout.js';
import type { Requests } from './requests.js';

/** Looks at the remembered row first, else at the greatest. Undefined: the item has no row. */
export async function readTail(
  requests: Requests,
  partition: string,
  remembered: number | undefined,
): Promise<ItemRow | undefined> {
  if (remembered !== undefined) {
    const row = await requests.read(itemRowKey(partition, remembered));
    if (row !== undefined) {
      const tail = itemRow(row);
      if (!isSealed(tail)) return tail;
    }
  }
  const page = await requests.query({ table: 'items', partition, order: 'descending', limit: 1 });
  const [row] = page.rows;
  return row === undefined ? undefined : itemRow(row);
}

/** Every row of an item, ascending. */
export async function readRows(requests: Requests, partition: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const position = after === undefined ? {} : { after };
    const page = await requests.query({
      table: 'items',
      partition,
      order: 'ascending',
      limit: requests.traits.pageRowsMax,
      ...position,
    });
    rows.push(...page.rows);
    after = page.rows.at(-1)?.key.sort;
    if (!page.more || after === undefined) return rows;
  }
}
