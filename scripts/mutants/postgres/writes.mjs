// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Writes that do something else, or are told to have done something else. */

const STATEMENTS = 'src/statements.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const WRITES = [
  {
    id: 'create overwrites',
    what: 'a create of a row that is there is said to be applied',
    source: 'usual sin: an upsert for an insert',
    laws: ['store/create-once'],
    patches: [
      {
        file: STATEMENTS,
        find: `'ON CONFLICT ("partition", "sort") DO NOTHING';`,
        put: `'ON CONFLICT ("partition", "sort") DO UPDATE SET "sort" = EXCLUDED."sort"';`,
      },
    ],
  },
  {
    id: 'nothing to add to',
    what: 'adding to what is missing leaves it missing',
    source: 'store.ts: add counts from 0',
    laws: ['store/maps', 'store/types-apart'],
    patches: [{ file: STATEMENTS, find: 'coalesce(r.${column}, 0) + ', put: 'r.${column} + ' }],
  },
  {
    id: 'an entry replaces its map',
    what: 'a change of one entry replaces the whole map',
    source: 'usual sin',
    laws: ['store/maps'],
    patches: [
      {
        file: STATEMENTS,
        find: "const more = set.length > 0 ? ` || ${place(JSON.stringify(Object.fromEntries(set)), 'jsonb')}` : '';\n  return `${column}${less}${more}${added.join('')}`;",
        put: "const more = set.length > 0 ? place(JSON.stringify(Object.fromEntries(set)), 'jsonb') : '';\n  return `${more === '' ? `${column}${less}` : more}${added.join('')}`;",
      },
    ],
  },
  {
    id: 'throttled is refused',
    what: 'a statement that the database had no time for is said to be refused by its condition',
    source: 'study 2.1 #2: throttling taken for refusal',
    laws: ['store/errors-unreachable'],
    patches: [
      {
        file: STORE,
        find: 'const answer = await send(statement);\n',
        put: `const answer = await send(statement).catch((error): Answer => {
        if (error instanceof StoreError && error.code === 'STORE_UNAVAILABLE') return { rows: [], affected: 0 };
        throw error;
      });
`,
      },
    ],
  },
  {
    id: 'cut is unavailable',
    what: 'a statement whose connection was cut is said never to have been applied',
    source: 'usual sin: error class wrong; errors.ts: what is unknown',
    laws: ['store/errors-cut'],
    patches: [
      {
        file: 'src/errors.ts',
        find: 'if (sent) return known ?? UNKNOWN;',
        put: 'if (sent) return known ?? UNAVAILABLE;',
      },
    ],
  },
  {
    id: 'unreachable is unknown',
    what: 'a statement that never left is said to have perhaps been applied',
    source: 'errors.ts: nothing was sent, so nothing was applied',
    laws: ['store/errors-unreachable'],
    patches: [
      {
        file: 'src/errors.ts',
        find: 'return known === MISCONFIGURED ? MISCONFIGURED : UNAVAILABLE;',
        put: 'return known === MISCONFIGURED ? MISCONFIGURED : UNKNOWN;',
      },
    ],
  },
];
