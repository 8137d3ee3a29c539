/** Stores whose queries leave out, repeat, disorder or change rows. */
import { type Fields, type Path, projected, type Query, type Row, valueAt } from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { allRows, pages } from './decorations.js';
import { broken } from './subjects.js';

/** What a database answers at most in one page, in bytes. */
const PAGE_BYTES = 1024 * 1024;

/** Pages of rows in the order of a language. */
const byLanguage = pages(async (store, query) => {
  const { after, before, order, limit, paths } = query;
  const { compare } = new Intl.Collator('en');
  const inside = (await allRows(store, query))
    .filter(
      ({ key }) =>
        (after === undefined || compare(key.sort, after) > 0) &&
        (before === undefined || compare(key.sort, before) < 0),
    )
    .sort((a, b) => compare(a.key.sort, b.key.sort) * (order === 'ascending' ? 1 : -1));
  const size = Math.min(limit, store.traits.pageRowsMax);
  const rows = inside.slice(0, size).map(({ key, fields, version }): Row => {
    if (paths !== undefined) return { key, fields: projected(fields, paths) };
    return { key, fields, ...(version === undefined ? {} : { version }) };
  });
  return { rows, more: inside.length > size };
});

/** Whether a query goes on behind a page. */
function goesOn({ after, before, order }: Query): boolean {
  return (order === 'ascending' ? after : before) !== undefined;
}

/** Rows of a page, each changed; what the page is asked for is another query. */
function projecting(change: (row: Row, paths: readonly Path[]) => Row | undefined) {
  return pages(async (store, query) => {
    const { paths, ...whole } = query;
    if (paths === undefined) return store.query(query);
    const page = await store.query(whole);
    return { ...page, rows: page.rows.flatMap((row) => change(row, paths) ?? []) };
  });
}

/** The projection, without what counts as false. */
function truthy(fields: Fields, paths: readonly Path[]): Fields {
  return projected(
    fields,
    paths.filter((path) => Boolean(valueAt(fields, path))),
  );
}

/** Of an entry's name, what stands before its first dot. */
function undotted(path: Path): Path {
  return typeof path === 'string' ? path : [path[0], path[1].split('.')[0]!];
}

/** Pages that pass rows by, or twice. */
const PASSING: readonly Mutant[] = [
  broken(
    {
      id: 'page skips',
      what: 'each page but the first begins one row too late',
      source: 'usual sin: a query page that skips',
      laws: ['store/pages', 'store/own-partition'],
    },
    pages(async (store, query) => {
      const page = await store.query(query);
      return goesOn(query) && page.rows.length > 1 ? { ...page, rows: page.rows.slice(1) } : page;
    }),
  ),
  broken(
    {
      id: 'page repeats',
      what: 'the bound of a page is included',
      source: 'store.ts: after and before are exclusive',
      laws: ['store/pages', 'store/order'],
    },
    pages(async (store, query) => {
      const page = await store.query(query);
      const sort = query.order === 'ascending' ? query.after : query.before;
      const { table, partition, limit } = query;
      const bound = sort === undefined ? undefined : await store.read({ table, partition, sort });
      return bound === undefined ? page : { ...page, rows: [bound, ...page.rows].slice(0, limit) };
    }),
  ),
  broken(
    {
      id: 'no more',
      what: 'a full page is said to be the last',
      source: 'usual sin: more: false although there is more; study 2.1 #4',
      laws: ['store/pages', 'store/own-partition'],
    },
    pages(async (store, query) => ({ ...(await store.query(query)), more: false })),
  ),
  broken(
    {
      id: 'no more by size',
      what: 'a page ends at a megabyte, and is said to be the last if it has fewer rows than asked for',
      source: 'study 2.1 #4: one page of 1 MB is read',
      laws: ['store/pages'],
    },
    pages(async (store, query) => {
      const page = await store.query(query);
      let bytes = 0;
      const rows = page.rows.filter((row) => {
        bytes += JSON.stringify(row.fields).length;
        return bytes <= PAGE_BYTES;
      });
      return rows.length < page.rows.length ? { rows, more: false } : page;
    }),
  ),
  broken(
    {
      id: 'limit ignored',
      what: 'a page has as many rows as there are',
      source: 'usual sin: limit ignored',
      laws: ['store/pages', 'store/own-partition'],
    },
    pages((store, query) => store.query({ ...query, limit: store.traits.pageRowsMax })),
  ),
  broken(
    {
      id: 'by offset',
      what: 'a page goes on at the place where the last one ended, counted from the first row',
      source: 'usual sin: offsets',
      laws: ['store/pages', 'store/order'],
    },
    (store) => {
      const places = new Map<string, number>();
      return {
        ...store,
        async query(query) {
          const { table, partition, order, limit, after, before, paths } = query;
          const cursor = order === 'ascending' ? after : before;
          const name = `${table}/${partition}/${order}`;
          const place = cursor === undefined ? 0 : places.get(`${name}/${cursor}`);
          if (place === undefined || paths !== undefined) return store.query(query);
          const rows = await allRows(store, query);
          if (order === 'descending') rows.reverse();
          const taken = rows.slice(place, place + limit);
          for (const [i, { key }] of taken.entries()) places.set(`${name}/${key.sort}`, place + i + 1);
          return { rows: taken, more: rows.length > place + limit };
        },
      };
    },
  ),
  broken(
    {
      id: 'other bound ignored',
      what: 'the bound at the far end of a query is ignored',
      source: 'usual sin',
      laws: ['store/order'],
    },
    pages(async (store, query) => {
      const { after, before, ...rest } = query;
      if (after === undefined || before === undefined) return store.query(query);
      return store.query(query.order === 'ascending' ? { ...rest, after } : { ...rest, before });
    }),
  ),
];

/** Rows in another order. */
const ORDERING: readonly Mutant[] = [
  broken(
    {
      id: 'collation',
      what: 'rows are in the order of a language',
      source: 'usual sin: collation order',
      laws: ['store/order', 'store/own-partition'],
    },
    byLanguage,
  ),
  broken(
    {
      id: 'descending turned round',
      what: 'a descending page is the first ascending one, turned round',
      source: 'items D3: the wrong end is taken for the tail',
      laws: ['store/order', 'store/pages'],
    },
    pages(async (store, query) => {
      const page = await store.query({ ...query, order: 'ascending' });
      return query.order === 'ascending' ? page : { ...page, rows: page.rows.toReversed() };
    }),
  ),
  broken(
    {
      id: 'order ignored',
      what: 'every page is ascending',
      source: 'items D3',
      laws: ['store/order', 'store/projection'],
    },
    pages((store, query) => store.query({ ...query, order: 'ascending' })),
  ),
];

/** Parts of rows that are other than asked for. */
const PROJECTING: readonly Mutant[] = [
  broken(
    {
      id: 'projection of everything',
      what: 'a query with paths gives whole rows',
      source: 'usual sin',
      laws: ['store/projection', 'store/linearizable-reads'],
    },
    projecting((row) => row),
  ),
  broken(
    {
      id: 'projection of what is true',
      what: 'a query with paths drops 0, false and the empty text',
      source: 'usual sin: a projection that drops falsy values',
      laws: ['store/projection'],
    },
    projecting(({ key, fields }, paths) => ({ key, fields: truthy(fields, paths) })),
  ),
  broken(
    {
      id: 'projection drops rows',
      what: 'a query with paths leaves out rows that have none of them',
      source: 'usual sin; study 2.1 #4: the projected skeleton',
      laws: ['store/projection'],
    },
    projecting(({ key, fields }, paths) => {
      const given = projected(fields, paths);
      return Object.keys(given).length === 0 ? undefined : { key, fields: given };
    }),
  ),
  broken(
    {
      id: 'projection of whole maps',
      what: 'a query that asks for one entry gives the whole map',
      source: 'usual sin',
      laws: ['store/projection'],
    },
    projecting(({ key, fields }, paths) => ({
      key,
      fields: projected(
        fields,
        paths.map((path) => (typeof path === 'string' ? path : path[0])),
      ),
    })),
  ),
  broken(
    {
      id: 'dots in a projection',
      what: 'in a query the name of an entry is taken as a path, split at its dots',
      source: 'study 2.3 #24: dots in names are taken as a path',
      laws: ['store/projection'],
    },
    projecting(({ key, fields }, paths) => ({ key, fields: projected(fields, paths.map(undotted)) })),
  ),
  broken(
    {
      id: 'projection with a version',
      what: 'a part of a row carries the version of the whole',
      source: 'store.ts: with paths, rows carry no version',
      laws: ['store/projection'],
    },
    projecting(({ key, fields, version }, paths) => ({
      key,
      fields: projected(fields, paths),
      ...(version === undefined ? {} : { version }),
    })),
    'versioned',
  ),
];

/** All of them. */
export const PAGES: readonly Mutant[] = [...PASSING, ...ORDERING, ...PROJECTING];
