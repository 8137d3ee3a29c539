/** The laws of queries: each passes on the stores in memory, and fails on stores that break it. */
import type { Fields, Path, Query, Row, Store } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { allRows, mustCatch, replaced } from './store-reads-tools.js';

const LAWS = ['order', 'pages', 'own-partition', 'projection'];

test.each(STORE_KINDS)('the %s store in memory passes', async (kind) => {
  const only = LAWS.map((law) => `store/${law}`);
  const { results } = await runSuite(memoryHarness(kind), { only, seed: 11 });
  expect(results.map(({ law, verdict, failure }) => [law, verdict, failure?.message]).sort()).toEqual(
    [...only].sort().map((law) => [law, 'passed', undefined]),
  );
});

type Broken = readonly [what: string, words: RegExp, change: (store: Store) => Store];

/** A store whose pages are made by that function. */
function paged(query: (store: Store, query: Query) => ReturnType<Store['query']>) {
  return (store: Store): Store => replaced(store, { query: (asked) => query(store, asked) });
}

/** Pages in another order than that of bytes: consistently so, bounds included. `rowsOf`: of which rows. */
function orderedBy(compare: (a: string, b: string) => number, rowsOf = allRows) {
  return paged(async (store, query) => {
    const { after, before, order, limit } = query;
    const rows = (await rowsOf(store, query))
      .filter(({ key }) => after === undefined || compare(key.sort, after) > 0)
      .filter(({ key }) => before === undefined || compare(key.sort, before) < 0)
      .sort((a, b) => compare(a.key.sort, b.key.sort) * (order === 'ascending' ? 1 : -1));
    return { rows: rows.slice(0, limit), more: rows.length > limit };
  });
}

const byLanguage = new Intl.Collator('en');
const byNumber = new Intl.Collator('en', { numeric: true, caseFirst: 'upper' });

describe('order', () => {
  test.each<Broken>([
    ['order by language', /not ascending by bytes/, orderedBy(byLanguage.compare)],
    ['order by numbers', /not ascending by bytes/, orderedBy(byNumber.compare)],
    [
      'order without case',
      /after/,
      orderedBy((a, b) => byLanguage.compare(a.toLowerCase(), b.toLowerCase())),
    ],
    [
      'order by length',
      /not ascending by bytes/,
      orderedBy((a, b) => a.length - b.length || (a < b ? -1 : 1)),
    ],
    [
      '`after` is inclusive',
      /exclusive/,
      paged(async (store, query) => {
        const page = await store.query(query);
        if (query.after === undefined || query.order === 'descending') return page;
        const row = await store.read({ ...query, sort: query.after });
        return row === undefined ? page : { ...page, rows: [row, ...page.rows].slice(0, query.limit) };
      }),
    ],
    [
      '`before` is forgotten in ascending order',
      /exclusive/,
      paged((store, { before, ...query }) =>
        store.query(before === undefined || query.order === 'ascending' ? query : { ...query, before }),
      ),
    ],
    [
      'the limit is taken before the order is turned',
      /begun with/,
      paged(async (store, query) => {
        const page = await store.query({ ...query, order: 'ascending' });
        return query.order === 'ascending' ? page : { ...page, rows: [...page.rows].reverse() };
      }),
    ],
    [
      'a bound that is no row finds nothing',
      /begun with/,
      paged(async (store, query) => {
        const { after } = query;
        const start = after === undefined ? {} : await store.read({ ...query, sort: after });
        return start === undefined ? { rows: [], more: false } : store.query(query);
      }),
    ],
  ])('%s', (_, words, change) => mustCatch('order', memoryHarness('conditional', {}, change), words));
});

/** Pages that go on by the number of rows passed so far, as told by the row they follow. */
function byOffset(): (store: Store) => Store {
  const passed = new Map<string, number>();
  return paged(async (store, query) => {
    const cursor = query.order === 'ascending' ? query.after : query.before;
    const skip = cursor === undefined ? 0 : (passed.get(`${query.partition}/${cursor}`) ?? 0);
    const { after: _, before: __, ...whole } = query;
    const all = await allRows(store, whole);
    if (query.order === 'descending') all.reverse();
    const rows = all.slice(skip, skip + query.limit);
    const last = rows.at(-1);
    if (last !== undefined) passed.set(`${query.partition}/${last.key.sort}`, skip + rows.length);
    return { rows, more: all.length > skip + rows.length };
  });
}

/** As many rows as fit in a page of the database, which does not say that there is more. */
function cutAt(bytes: number): (store: Store) => Store {
  return paged(async (store, query) => {
    const page = await store.query(query);
    let size = 0;
    const rows = page.rows.filter((row) => {
      size += JSON.stringify(row.fields).length;
      return size <= bytes;
    });
    return rows.length < page.rows.length ? { rows, more: false } : page;
  });
}

describe('pages', () => {
  test.each<Broken>([
    [
      'the last page is the one that is full',
      /more: false/,
      paged(async (store, query) => ({ ...(await store.query(query)), more: false })),
    ],
    [
      'one row more than asked for',
      /more than the limit/,
      paged((store, query) => store.query({ ...query, limit: query.limit + 1 })),
    ],
    [
      'a page of the database is cut without a word',
      /passed by/,
      paged(async (store, query) => {
        const page = await store.query({ ...query, limit: Math.min(query.limit, 60) });
        return { ...page, more: page.rows.length === query.limit };
      }),
    ],
    ['a page of bytes is cut without a word', /passed by/, cutAt(1024 * 1024)],
    [
      'more, and no row',
      /nobody can ask for the rest/,
      paged(async (store, query) => ({ ...(await store.query(query)), more: true })),
    ],
    ['goes on by an offset', /passed by|exclusive/, byOffset()],
    [
      'a row is made of two moments',
      /another moment/,
      paged(async (store, query) => {
        const early = await store.query(query);
        await new Promise((resolve) => setImmediate(resolve));
        const late = await store.query(query);
        const torn = (row: Row): Row => {
          const { fields = row.fields } = late.rows.find(({ key }) => key.sort === row.key.sort) ?? {};
          return { ...row, fields: { ...fields, value: row.fields.value ?? '' } };
        };
        return { ...early, rows: early.rows.map(torn) };
      }),
    ],
    [
      'a long value is cut',
      /another value than was written/,
      paged(async (store, query) => {
        const page = await store.query(query);
        const cut = ({ fields, ...row }: Row): Row => {
          const { value } = fields;
          return {
            ...row,
            fields: typeof value === 'string' ? { ...fields, value: value.slice(0, 65_535) } : fields,
          };
        };
        return { ...page, rows: page.rows.map(cut) };
      }),
    ],
  ])('%s', (_, words, change) => mustCatch('pages', memoryHarness('conditional', {}, change), words));

  test('more rows than traits.pageRowsMax says', () => {
    const change = (store: Store): Store => ({ ...store, traits: { ...store.traits, pageRowsMax: 50 } });
    return mustCatch('pages', memoryHarness('conditional', {}, change), /more than traits.pageRowsMax/);
  });
});

/** Rows of the partition asked for, and of others, as if they were of that one. */
function wider(others: (partition: string) => readonly string[]) {
  const bytewise = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return orderedBy(bytewise, async (store, { table, partition }) => {
    const all = await Promise.all(
      [partition, ...others(partition)].map((each) => allRows(store, { table, partition: each })),
    );
    return all.flat().map((row) => ({ ...row, key: { ...row.key, partition } }));
  });
}

/** Partition and sort are one text to the database, cut at the first `joint`. */
function joinedBy(joint: string): (store: Store) => Store {
  return (store) => {
    const stored = <K extends { readonly partition: string; readonly sort: string }>(key: K): K => {
      const text = `${key.partition}${joint}${key.sort}`;
      const at = text.indexOf(joint, text.indexOf('.') + 2);
      return { ...key, partition: text.slice(0, at), sort: text.slice(at + 1) || '-' };
    };
    return replaced(store, {
      read: async (key) => store.read(stored(key)),
      write: (write, options) => store.write({ ...write, key: stored(write.key) }, options),
    });
  };
}

describe('own-partition', () => {
  test.each<Broken>([
    ['by the beginning of the partition', /not its own|twice/, wider((partition) => [`${partition}0`])],
    ['without case', /not its own|twice/, wider((partition) => [partition.toUpperCase()])],
    [
      'by a pattern',
      /not its own|twice/,
      wider((partition) => (partition.endsWith('_') ? [`${partition.slice(0, -1)}.`] : [])),
    ],
    [
      'of both tables',
      /not its own|twice/,
      paged(async (store, query) => {
        const table = query.table === 'items' ? 'runs' : 'items';
        const [own, other] = await Promise.all([store.query(query), store.query({ ...query, table })]);
        return {
          ...own,
          rows: own.rows.map((row, i) => ({ ...row, fields: other.rows[i]?.fields ?? row.fields })),
        };
      }),
    ],
    ['keys joined by a colon', /refused|not its own|left out/, joinedBy(':')],
    ['keys joined by a dash', /refused|not its own|left out/, joinedBy('-')],
    ['keys joined by an underscore', /refused|not its own|left out/, joinedBy('_')],
    [
      'sort without case',
      /left out|written was|refused/,
      (store) => replaced(store, { read: (key) => store.read({ ...key, sort: key.sort.toLowerCase() }) }),
    ],
  ])('%s', (_, words, change) => mustCatch('own-partition', memoryHarness('conditional', {}, change), words));
});

/** A store that makes something else of the paths asked for. */
function projecting(change: (row: Row, paths: readonly Path[]) => Row | undefined) {
  return paged(async (store, { paths, ...query }) => {
    const page = await store.query(query);
    if (paths === undefined) return page;
    return { ...page, rows: page.rows.flatMap((row) => change(row, paths) ?? []) };
  });
}

function chosen(fields: Fields, paths: readonly Path[], wholeMaps: boolean): Fields {
  const names = paths.map((path) => (typeof path === 'string' ? path : path[0]));
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => names.includes(name) && (wholeMaps || typeof value !== 'object'),
    ),
  );
}

/** What the paths give, after a change of the paths. */
function asking(change: (path: Path) => Path) {
  return paged((store, { paths, ...query }) =>
    store.query(paths === undefined ? query : { ...query, paths: paths.map(change) }),
  );
}

describe('projection', () => {
  test.each<Broken>([
    ['the whole row', /should have been/, projecting((row) => ({ ...row }))],
    [
      'the whole map for an entry',
      /should have been/,
      projecting((row, paths) => ({ key: row.key, fields: chosen(row.fields, paths, true) })),
    ],
    [
      'no maps',
      /should have been/,
      projecting((row, paths) => ({ key: row.key, fields: chosen(row.fields, paths, false) })),
    ],
    [
      'a dot in the name of an entry',
      /should have been/,
      asking((path) => (typeof path === 'string' ? path : [path[0], path[1].split('.')[0]!])),
    ],
    [
      'entries without case',
      /should have been/,
      asking((path) => (typeof path === 'string' ? path : [path[0], path[1].toLowerCase()])),
    ],
    [
      'rows that lack every path are left out',
      /still a row/,
      paged(async (store, query) => {
        const page = await store.query(query);
        return query.paths === undefined
          ? page
          : { ...page, rows: page.rows.filter(({ fields }) => Object.keys(fields).length > 0) };
      }),
    ],
    [
      'an empty map for entries that are not there',
      /should have been/,
      paged(async (store, query) => {
        const page = await store.query(query);
        const maps = (query.paths ?? []).flatMap((path) => (typeof path === 'string' ? [] : [path[0]]));
        const empty = Object.fromEntries(maps.map((map) => [map, {}]));
        return { ...page, rows: page.rows.map((row) => ({ ...row, fields: { ...empty, ...row.fields } })) };
      }),
    ],
  ])('%s', (_, words, change) => mustCatch('projection', memoryHarness('conditional', {}, change), words));

  test('a version with paths', () => {
    const change = paged(async (store, query) => {
      const page = await store.query(query);
      return { ...page, rows: page.rows.map((row) => ({ ...row, version: 'v1' })) };
    });
    return mustCatch('projection', memoryHarness('versioned', {}, change), /it is not the whole row/);
  });

  test('whole rows of a query without their version', () => {
    const change = paged(async (store, query) => {
      const page = await store.query(query);
      return { ...page, rows: page.rows.map(({ key, fields }) => ({ key, fields })) };
    });
    return mustCatch('projection', memoryHarness('versioned', {}, change), /none from a query/);
  });
});
