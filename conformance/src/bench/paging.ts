/** Pages, read one after the other, with what holds for every page. */
import type { Listing, Page, Query, Row, RowKey, Store } from '@flowstate/core/adapter';
import { shown } from './shown.js';
import { Wrong } from './wrong.js';

/** Pages of one listing beside two for each key: shards may be empty. */
const PAGES_MAX = 1000;

/** The sort keys of a page, in its order. */
export function sortsOf({ rows }: Pick<Page, 'rows'>): string[] {
  return rows.map(({ key }) => key.sort);
}

/** One page. @throws Wrong where it is too long, out of order or out of its range */
export async function pageOf(store: Store, query: Query): Promise<Page> {
  const page = await store.query(query);
  const { table, partition, after, before, order, limit } = query;
  const sorts = sortsOf(page);
  const wrong = (what: string): Wrong => new Wrong(`query ${shown(query)} gave ${shown(sorts)}: ${what}`);
  if (sorts.length > limit) throw wrong(`${sorts.length} rows, more than the limit`);
  const { pageRowsMax } = store.traits;
  if (sorts.length > pageRowsMax)
    throw wrong(`${sorts.length} rows, more than traits.pageRowsMax ${pageRowsMax}`);
  if (sorts.length === 0 && page.more) throw wrong('no row and more: true, so nobody can ask for the rest');
  for (const [i, { key }] of page.rows.entries()) {
    if (key.table !== table || key.partition !== partition)
      throw wrong(`row ${key.table}/${key.partition}/${key.sort} is of another partition`);
    if ((after !== undefined && key.sort <= after) || (before !== undefined && key.sort >= before))
      throw wrong(`${shown(key.sort)} is outside of the bounds, which are exclusive`);
    const last = sorts[i - 1];
    if (last === undefined) continue;
    if (last === key.sort) throw wrong(`${shown(key.sort)} twice`);
    if (last < key.sort !== (order === 'ascending'))
      throw wrong(`${shown(key.sort)} comes after ${shown(last)}, which is not ${order} by bytes`);
  }
  return page;
}

/** The rest of a range after a row that a page ended with. */
export function onwards(query: Query, last: Row): Query {
  const { sort } = last.key;
  return query.order === 'ascending' ? { ...query, after: sort } : { ...query, before: sort };
}

/** All rows of a range, page by page; `meanwhile` goes on beside each page. */
export async function pagedRows(
  store: Store,
  query: Query,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next = query; ; ) {
    const [page] = await Promise.all([pageOf(store, next), meanwhile()]);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) return rows;
    next = onwards(next, last);
  }
}

/** A key as a text that tells it from others. */
export function nameOf({ table, partition, sort }: RowKey): string {
  return `${table}/${partition}/${sort}`;
}

/** All keys of a listing, page by page; `meanwhile` is told the keys of each page. @throws Wrong where it cannot go on */
export async function listedKeys(
  store: Store,
  listing: Listing,
  meanwhile: (keys: readonly RowKey[]) => Promise<unknown> = async () => undefined,
): Promise<RowKey[]> {
  const keys: RowKey[] = [];
  const names = new Set<string>();
  let next: Listing = listing;
  for (let pages = 1; ; pages++) {
    const page = await store.list(next);
    const wrong = (what: string): Wrong => new Wrong(`list ${shown(next)} gave ${shown(page)}: ${what}`);
    if (page.keys.length > listing.limit) throw wrong(`${page.keys.length} keys, more than the limit`);
    keys.push(...page.keys);
    for (const key of page.keys) names.add(nameOf(key));
    await meanwhile(page.keys);
    if (!page.more) return keys;
    if (page.next === undefined) throw wrong('more: true without next, so nobody can ask for the rest');
    if (pages > PAGES_MAX + 2 * names.size)
      throw wrong(`page ${pages} of a listing of ${names.size} keys, and still more: true`);
    next = { ...listing, after: page.next };
  }
}
