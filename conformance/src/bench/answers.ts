/** What a store answered, on one line each, without what the request says already. */
import type { KeyPage, Outcome, Page, Row } from '@flowstate/core/adapter';

/** The content of a row, and its version where it has one. */
export function rowAnswer(row: Row | null | undefined): string {
  if (row === undefined || row === null) return 'no row';
  return `${JSON.stringify(row.fields)}${row.version === undefined ? '' : ` (version ${row.version})`}`;
}

/** Whether a write was applied, and the row that came with the answer: `null` is "known to be absent", none is "not told". */
export function outcomeAnswer({ applied, row }: Outcome): string {
  const word = applied ? 'applied' : 'refused';
  return row === undefined ? word : `${word}, ${applied ? 'leaving' : 'by'} ${rowAnswer(row)}`;
}

/** The rows of a page, by their sort keys. */
export function pageAnswer({ rows, more }: Page): string {
  const told = rows.map((row) => `${row.key.sort} ${rowAnswer(row)}`);
  return listed(told, 'row', more, '');
}

/** The keys of a listing. */
export function keysAnswer({ keys, more, next }: KeyPage): string {
  const told = keys.map(({ table, partition, sort }) => `${table}/${partition}/${sort}`);
  return listed(told, 'key', more, next === undefined ? '' : `, next ${next}`);
}

function listed(told: readonly string[], what: string, more: boolean, next: string): string {
  const count = `${told.length} ${what}${told.length === 1 ? '' : 's'}, ${more ? 'perhaps more' : 'no more'}${next}`;
  return told.length === 0 ? count : `${count}: ${told.join('; ')}`;
}
