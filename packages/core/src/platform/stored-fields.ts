/** What databases of documents give back, as the content of a row: whatever Flowstate did not write is corrupt. */
import { StoreError } from '../errors.js';
import { fieldKind } from './fields.js';
import type { Entries, Fields, RowKey, Scalar } from './store.js';

/**
 * The fields of a document's properties; what no row has is left alone: it is the service's own, or others added it. Integers
 * may be big ones. @throws StoreError STORE_CORRUPT
 */
export function storedFields(database: string, key: RowKey, document: object): Fields {
  const fields: Record<string, Scalar | Entries> = {};
  for (const [name, stored] of Object.entries(document)) {
    const kind = fieldKind(key.table, name);
    if (kind === undefined) continue;
    const value = kind === 'map' ? entriesOf(stored) : scalarOf(stored);
    if (value === undefined || (kind !== 'map' && typeof value !== (kind === 'text' ? 'string' : kind)))
      throw new StoreError(
        'STORE_CORRUPT',
        `${database}: ${key.table} ${key.partition}#${key.sort}: ${name} is not what Flowstate writes`,
      );
    fields[name] = value;
  }
  return fields;
}

function scalarOf(stored: unknown): Scalar | undefined {
  if (typeof stored === 'string' || typeof stored === 'boolean') return stored;
  const number = typeof stored === 'bigint' ? Number(stored) : stored;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function entriesOf(stored: unknown): Entries | undefined {
  if (typeof stored !== 'object' || stored === null || Object.getPrototypeOf(stored) !== Object.prototype)
    return undefined;
  const entries: [string, Scalar][] = [];
  for (const [name, each] of Object.entries(stored)) {
    const value = scalarOf(each);
    if (value === undefined) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}
