/** A row as the database gives it, one JSON text, to the row that the port speaks of. Pure. */
import {
  type Entries,
  FIELDS,
  type Field,
  type Row,
  type RowKey,
  type Scalar,
  StoreError,
} from '@flowstate/core/adapter';

const fieldsOf: Readonly<Record<RowKey['table'], readonly Field[]>> = {
  runs: FIELDS.filter(({ table }) => table === 'runs'),
  items: FIELDS.filter(({ table }) => table === 'items'),
};

/**
 * The row in a JSON text of `row_to_json`. One text and not a column for each field: it is parsed by us
 * alone, whatever the user told the driver about types, and a statement that names every column twice is slow
 * to plan.
 * @throws StoreError STORE_CORRUPT where a column holds what we would not have written.
 */
export function rowOf(key: RowKey, text: unknown): Row {
  const columns: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
  if (!isObject(columns)) throw corrupt(key, 'the row');
  const fields: Record<string, Scalar | Entries> = {};
  for (const { name, kind } of fieldsOf[key.table]) {
    const value = columns[name];
    if (value === undefined || value === null) continue;
    if (kind === 'map') {
      if (!isEntries(value)) throw corrupt(key, name);
      fields[name] = value;
    } else {
      if (!isScalar(value) || typeof value !== (kind === 'text' ? 'string' : kind)) throw corrupt(key, name);
      fields[name] = value;
    }
  }
  return { key, fields };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

function isEntries(value: unknown): value is Entries {
  return isObject(value) && Object.values(value).every(isScalar);
}

function corrupt(key: RowKey, what: string): StoreError {
  return new StoreError(
    'STORE_CORRUPT',
    `${key.table} ${key.partition} ${key.sort}: ${what} is not what Flowstate writes`,
  );
}
