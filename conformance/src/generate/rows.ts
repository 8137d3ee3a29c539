/** Rows of both tables, with any of their fields. */
import {
  type Entries,
  FIELDS,
  type Field,
  type Fields,
  type Scalar,
  type TableName,
} from '@flowstate/core/adapter';
import fc from 'fast-check';
import { anyName, anyNumber, anyQueue, anyScalar, anyText, NAMES } from './texts.js';

/** The fields of a table. */
export function fieldsOf(table: TableName): typeof FIELDS {
  return FIELDS.filter((field) => field.table === table);
}

/** Any value of a field; of an entry, where it is a map. */
export function anyValue({ name, kind }: Pick<Field, 'name' | 'kind'>): fc.Arbitrary<Scalar> {
  if (name === 'queue') return anyQueue;
  switch (kind) {
    case 'text':
      return anyText;
    case 'number':
      return anyNumber;
    case 'boolean':
      return fc.boolean();
    case 'map':
      return anyScalar;
  }
}

/** Any entries of a map, most often few. */
export const anyEntries: fc.Arbitrary<Entries> = fc
  .array(fc.tuple(anyName, anyScalar), { maxLength: 5 })
  .map((pairs) => Object.fromEntries(pairs));

/** Any row of a table. `log` is always there: maps are created with their row. */
export function anyRow(table: TableName): fc.Arbitrary<Fields> {
  const model = fieldsOf(table).map(
    (field) => [field.name, field.kind === 'map' ? anyEntries : anyValue(field)] as const,
  );
  return fc.record(Object.fromEntries(model), { requiredKeys: ['log'], noNullPrototype: true });
}

/** A row with every field of its table, no two of them alike, and entries of awkward names. */
export function fullRow(table: TableName, word = 'full'): Fields {
  return Object.fromEntries(
    fieldsOf(table).map(({ name, kind }, i): [string, Scalar | Entries] => {
      if (name === 'queue') return [name, `${word}.${name}`.replaceAll(' ', '-')];
      if (kind === 'text') return [name, `${word} ${name}`];
      if (kind === 'number') return [name, 1000 + i];
      if (kind === 'boolean') return [name, i % 2 === 0];
      return [name, fullMap(`${word} ${name}`)];
    }),
  );
}

function fullMap(word: string): Entries {
  return Object.fromEntries(
    NAMES.map((entry, i): [string, Scalar] => [entry, [i, `${word} ${i}`, i % 2 === 0][i % 3]!]),
  );
}
