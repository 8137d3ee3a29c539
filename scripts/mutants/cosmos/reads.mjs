// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Pages and listings that are not what is stored. */

const STORE = 'src/store.ts';
const DOCUMENTS = 'src/documents.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const READS = [
  {
    id: 'full page is the last',
    what: 'a page says that it is the last, however full it is',
    source: 'usual sin: TOP ends a query, which then has no more',
    laws: ['store/pages'],
    patches: [{ file: STORE, find: 'more: more || rows.length === rowsMax };', put: 'more };' }],
  },
  {
    id: 'one row too few',
    what: 'a page asks for one row less than its limit',
    source: 'usual sin: TOP off by one',
    laws: ['store/pages'],
    patches: [{ file: STORE, find: 'SELECT TOP ${rowsMax} ', put: 'SELECT TOP ${rowsMax - 1} ' }],
  },
  {
    id: 'from itself',
    what: 'a page behind a row begins with that row',
    source: 'usual sin: `>=` for `>`',
    laws: ['store/order'],
    patches: [{ file: STORE, find: 'c.id > @after', put: 'c.id >= @after' }],
  },
  {
    id: 'to itself',
    what: 'a page before a row ends with that row',
    source: 'usual sin: `<=` for `<`',
    laws: ['store/order'],
    patches: [{ file: STORE, find: 'c.id < @before', put: 'c.id <= @before' }],
  },
  {
    id: 'always ascending',
    what: 'a descending query is answered in ascending order',
    source: 'usual sin: the direction forgotten',
    laws: ['store/order'],
    patches: [
      {
        file: STORE,
        find: "${order === 'ascending' ? 'ASC' : 'DESC'}",
        put: "${order === 'ascending' ? 'ASC' : 'ASC'}",
      },
    ],
  },
  {
    id: 'every partition',
    what: 'a query has the rows of all partitions',
    source: 'usual sin: the partition key forgotten',
    laws: ['store/own-partition'],
    patches: [
      { file: STORE, find: "['c.pk = @pk', ...bounds", put: "['(c.pk = @pk OR true)', ...bounds" },
      {
        file: STORE,
        find: 'await this.page(table, spec, rowsMax, partition);',
        put: 'await this.page(table, spec, rowsMax);',
      },
    ],
  },
  {
    id: 'rows without their id',
    what: 'a query with paths does not ask for the id of its rows',
    source: 'usual sin: SELECT drops the key',
    laws: ['store/projection'],
    patches: [
      {
        file: DOCUMENTS,
        find: `return [...[...names].map((name) => \`c["\${name}"]\`), \`c["\${PROPERTIES.id}"]\`].join(', ');`,
        put: `return [...names].map((name) => \`c["\${name}"]\`).join(', ');`,
      },
    ],
  },
  {
    id: 'words of the language',
    what: 'names of fields stand in a query as they are, also where they are reserved words',
    source: 'usual sin: `value` and `order` are reserved',
    laws: ['store/projection'],
    patches: [{ file: DOCUMENTS, find: '`c["${name}"]`', put: '`c.${name}`' }],
  },
  {
    id: 'whole maps',
    what: 'a query with the path of an entry gives the whole map',
    source: 'usual sin: what is selected is not cut',
    laws: ['store/projection'],
    patches: [{ file: STORE, find: 'fields: projected(fields, paths) };', put: 'fields };' }],
  },
  {
    id: 'projection with a version',
    what: 'rows of a query with paths carry a version, which a replacement rests on',
    source: 'versioned-store.ts: projected rows carry none',
    laws: ['store/projection'],
    patches: [
      {
        file: STORE,
        find: 'fields: projected(fields, paths) };',
        put: "fields: projected(fields, paths), version: 'projected' };",
      },
    ],
  },
  {
    id: 'stays listed',
    what: 'a row that leaves its queue stands in the index as before',
    source: 'usual sin: a property that is kept',
    laws: ['store/list'],
    patches: [
      {
        file: STORE,
        find: `  replace(key: RowKey, version: string, fields: Fields) {
    const document = documentOf(key, fields);
`,
        put: `  replace(key: RowKey, version: string, fields: Fields, before?: Fields) {
    const { list = '' } = documentOf(key, before ?? fields);
    const document = { ...(list === '' ? {} : { list }), ...documentOf(key, fields) };
`,
      },
    ],
  },
  {
    id: 'until ignored',
    what: 'rows are listed before they are due',
    source: 'usual sin: the bound forgotten',
    laws: ['store/list'],
    patches: [
      {
        file: STORE,
        find: 'listedBetween(queue, shard, after, until);',
        put: 'listedBetween(queue, shard, after, Math.max(until, Number.MAX_SAFE_INTEGER));',
      },
    ],
  },
  {
    id: 'order of digits',
    what: 'moments stand in the index as their digits, however many',
    source: 'usual sin: an order of texts',
    laws: ['store/list'],
    patches: [{ file: 'core/platform/queue-place.ts', find: ".padStart(DIGITS, '0')", put: '' }],
  },
  {
    id: 'full shard is the last',
    what: 'a listing is at its end, however full its page is',
    source: 'usual sin: TOP ends a query, which then has no more',
    laws: ['store/list-pages'],
    patches: [{ file: STORE, find: 'end: more || places.length === limit ?', put: 'end: more ?' }],
  },
];
