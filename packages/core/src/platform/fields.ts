import type { TableName } from './store.js';

/** What a field holds. Maps are flat: entry name to scalar. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'map';

/** One field of one table. */
export interface Field {
  readonly table: TableName;
  readonly name: string;
  readonly kind: FieldKind;
}

function fieldsOf(table: TableName, kinds: Readonly<Record<FieldKind, string>>): Field[] {
  return Object.entries(kinds).flatMap(([kind, names]) =>
    names
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ table, name, kind: kind as FieldKind })),
  );
}

/**
 * Every field a row may hold: a closed list, from which columns, index policies and generated rows derive. `setup` of an
 * adapter is re-applied when it grows. Maps are created with their row, possibly empty.
 */
export const FIELDS: readonly Field[] = [
  ...fieldsOf('runs', {
    text: 'function runId input inputHash by nonce callerRun callerNonce callerHome root state waiter outcome reason record value effective queue',
    number: 'age epoch attempts events done quietAt inline closedAt due',
    boolean: 'cancel notify',
    map: 'log prepared',
  }),
  ...fieldsOf('items', {
    text: 'key value rev life lockOwner lockBy lockHome lockOuter queue',
    number: 'n lockAge horizon due',
    boolean: '',
    map: 'log',
  }),
];

const kinds = new Map(FIELDS.map((field) => [`${field.table} ${field.name}`, field.kind]));

/** The kind of a field, or undefined where the closed list does not have it. */
export function fieldKind(table: TableName, name: string): FieldKind | undefined {
  return kinds.get(`${table} ${name}`);
}
