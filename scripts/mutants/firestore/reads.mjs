// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Rows and pages that are not what is stored. */

const STORE = 'src/store.ts';
const PLACES = 'core/platform/queue-place.ts';
const STORED = 'core/platform/stored-fields.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const READS = [
  {
    id: 'full page is the last',
    what: 'a page says that it is the last, however full it is',
    source: 'usual sin: page limit off by one',
    laws: ['store/pages'],
    patches: [
      { file: STORE, find: 'more: rows.length === rowsMax };', put: 'more: rows.length > rowsMax };' },
    ],
  },
  {
    id: 'from itself',
    what: 'a page behind a row begins with that row',
    source: 'usual sin: startAt for startAfter',
    laws: ['store/order'],
    patches: [
      { file: STORE, find: ".where(LOOKED_FOR.at, '>', start)", put: ".where(LOOKED_FOR.at, '>=', start)" },
    ],
  },
  {
    id: 'to itself',
    what: 'a page before a row ends with that row',
    source: 'usual sin: endAt for endBefore',
    laws: ['store/order'],
    patches: [
      { file: STORE, find: ".where(LOOKED_FOR.at, '<', end)", put: ".where(LOOKED_FOR.at, '<=', end)" },
    ],
  },
  {
    id: 'always ascending',
    what: 'a descending query is answered in ascending order',
    source: 'usual sin: the direction forgotten',
    laws: ['store/order'],
    patches: [
      {
        file: STORE,
        find: "order === 'ascending' ? 'asc' : 'desc'",
        put: "order === 'ascending' ? 'asc' : 'asc'",
      },
    ],
  },
  {
    id: 'partitions that begin so',
    what: 'a query has the rows of every partition whose name begins so',
    source: 'usual sin: a range by beginning',
    laws: ['store/own-partition'],
    patches: [
      {
        file: PLACES,
        find: '`${partition}${BEHIND}` : placeOf({ partition, sort: before })',
        put: '`${partition}~` : placeOf({ partition, sort: before })',
      },
    ],
  },
  {
    id: 'projection with a version',
    what: 'rows of a query with paths carry a version, which a replacement rests on',
    source: 'versioned-store.ts: projected rows carry none',
    laws: ['store/projection'],
    patches: [
      {
        file: STORE,
        find: '{ key: row.key, fields: projected(row.fields, paths) };',
        put: '{ ...row, fields: projected(row.fields, paths) };',
      },
    ],
  },
  {
    id: 'rows without their place',
    what: 'a query with paths does not ask for the place of its rows',
    source: 'usual sin: select drops the key',
    laws: ['store/projection'],
    patches: [{ file: STORE, find: 'query.select(LOOKED_FOR.at, ...paths', put: 'query.select(...paths' }],
  },
  {
    id: 'paths by dots',
    what: 'of an entry a query asks by a path with a dot',
    source: 'usual sin: a dot in a name is a path',
    laws: ['store/projection'],
    patches: [{ file: STORE, find: 'new FieldPath(...[path].flat())', put: "[path].flat().join('.')" }],
  },
  {
    id: 'false is left out',
    what: 'fields that hold 0, false or an empty text are left out of a row',
    source: 'usual sin: falsy values dropped',
    laws: ['store/values'],
    patches: [
      { file: STORED, find: '    fields[name] = value;\n', put: '    if (value) fields[name] = value;\n' },
    ],
  },
];
