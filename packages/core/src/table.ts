import { clearKey, itemPartition } from './protocol/layout.js';
import type { Item } from './protocol/linked-daal.js';

/** A table of managed items, for steps inside runs. `T` is the items' type; names are global per pair of physical tables. */
export interface Table<T> {
  readonly name: string;
  /** Only for the type: no item is here. */
  readonly item?: T;
}

/** A managed item of a table. @throws TypeError, or VALUE_TOO_LARGE for a key above 8 KiB. */
export function itemOf(table: Table<unknown>, key: string): Item {
  clearKey('the name of a table', table.name);
  return { key: clearKey('a key', key), partition: itemPartition(table.name, key) };
}
