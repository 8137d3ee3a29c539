// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Rows, pages and listings that are not what is stored. */

const STATEMENTS = 'src/statements.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const READS = [
  {
    id: 'collation',
    what: 'keys have the collation of the database',
    source: 'usual sin: no COLLATE "C"',
    laws: ['store/order'],
    patches: [
      {
        file: 'src/setup.ts',
        find: `['"partition" text COLLATE "C" NOT NULL', '"sort" text COLLATE "C" NOT NULL']`,
        put: `['"partition" text NOT NULL', '"sort" text NOT NULL']`,
      },
    ],
  },
  {
    id: 'short integers',
    what: 'numbers are columns of 32 bits',
    source: 'issue: 2^53',
    laws: ['store/values', 'store/types-apart'],
    patches: [{ file: 'src/setup.ts', find: "number: 'bigint',", put: "number: 'integer'," }],
  },
  {
    id: 'false is left out',
    what: 'columns that hold 0, false or an empty text are left out of a row',
    source: 'usual sin: falsy values dropped',
    laws: ['store/values'],
    patches: [
      {
        file: 'src/rows.ts',
        find: 'if (value === undefined || value === null) continue;',
        put: 'if (!value) continue;',
      },
    ],
  },
  {
    id: 'no row more',
    what: 'a page asks for no row more than its limit, and so says that it is the last',
    source: 'usual sin: page limit off by one',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'await send(queryStatement(tables, query, limit + 1));',
        put: 'await send(queryStatement(tables, query, limit));',
      },
    ],
  },
  {
    id: 'one row too many',
    what: 'a page has the row that says whether there are more',
    source: 'usual sin: page limit off by one',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'rows: rows.slice(0, limit).map(({ sort, row }) =>',
        put: 'rows: rows.map(({ sort, row }) =>',
      },
    ],
  },
  {
    id: 'no tie-break',
    what: 'a page of keys goes on behind the last moment, past other rows that are due then',
    source: 'usual sin: list without tie-break',
    laws: ['store/list-pages'],
    patches: [
      {
        file: STATEMENTS,
        find: `const rest = from === undefined ? '' : \` AND (r."due", r."partition", r."sort") \${later} \${from}\`;`,
        put: `const rest = from === undefined || later === '' ? '' : \` AND r."due" > \${from.slice(1).split(',')[0]} AND \${from} IS NOT NULL\`;`,
      },
    ],
  },
  {
    id: 'one entry of many',
    what: 'a query with several entries of one map gives the last of them',
    source: 'usual sin',
    laws: ['store/projection'],
    patches: [
      {
        file: STATEMENTS,
        find: 'entries.set(path[0], (entries.get(path[0]) ?? new Set()).add(path[1]));',
        put: 'entries.set(path[0], new Set([path[1]]));',
      },
    ],
  },
];
