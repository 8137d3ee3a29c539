/** Writes that leave something else than they were told, or are told to have done something else. */

const STORE = 'src/store.ts';
const STORED = 'core/platform/stored-fields.ts';
const ERRORS = 'src/errors.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const WRITES = [
  {
    id: 'what is absent stays',
    what: 'fields that a replacement leaves out are still there',
    source: 'usual sin: a merge for a replacement',
    laws: ['store/maps'],
    patches: [
      {
        file: STORE,
        find: `  replace(key: RowKey, version: string, fields: Fields) {
    const document = documentOf(key, fields);
`,
        put: `  replace(key: RowKey, version: string, fields: Fields, before?: Fields) {
    const document = documentOf(key, { ...before, ...fields });
`,
      },
    ],
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
  {
    id: 'two requests',
    what: 'a replacement by an empty row is sent first, and then the whole',
    source: 'usual sin: log and value not written together; issue: cut between them as well',
    laws: ['wire/half-writes'],
    patches: [
      {
        file: STORE,
        find: '.replace(document, options);',
        put: `.replace({ id: document.id, pk: document.pk }, options)
        .then(({ etag = '' }) =>
          container
            .item(document.id, document.pk)
            .replace(document, { ...options, accessCondition: { type: 'IfMatch', condition: etag } }),
        );`,
      },
    ],
  },
  {
    id: 'looks first',
    what: 'each replacement is preceded by a read whose answer nobody needs',
    source: 'rule: hidden requests are counted',
    laws: ['wire/hidden-requests'],
    patches: [
      {
        file: STORE,
        find: 'const done = await container.item(',
        put: `await container.item(document.id, document.pk).read();
      const done = await container.item(`,
      },
    ],
  },
  {
    id: 'lost is applied',
    what: 'a write whose answer was lost is said to be applied',
    source: 'usual sin: swallowed error',
    laws: ['store/errors-cut'],
    patches: [
      {
        file: STORE,
        find: 'if (refusal === undefined || refusal.status === 409) throw error;',
        put: `if (refusal === undefined) return { version: 'lost', removed: true } as T;
        if (refusal.status === 409) throw error;`,
      },
    ],
  },
  {
    id: 'lost is unavailable',
    what: 'a write whose answer was lost is said never to have been applied',
    source: 'usual sin: error class wrong; errors.ts: what is not known may have been applied',
    laws: ['store/errors-cut'],
    patches: [
      {
        file: ERRORS,
        find: 'new StoreError(isSure ? code : UNKNOWN,',
        put: 'new StoreError(isSure && code !== UNKNOWN ? code : UNAVAILABLE,',
      },
    ],
  },
  {
    id: 'unreachable is unknown',
    what: 'a request that never left is said to have perhaps been applied',
    source: 'errors.ts: nothing was sent, so nothing was applied',
    laws: ['store/errors-unreachable'],
    patches: [
      {
        file: ERRORS,
        find: 'return { code: isSent ? UNKNOWN : UNAVAILABLE };',
        put: 'return { code: isSent || UNAVAILABLE ? UNKNOWN : UNAVAILABLE };',
      },
    ],
  },
  {
    id: 'error of the SDK',
    what: 'the errors of the SDK are thrown as they are',
    source: 'docs/ADAPTERS.md: errors are StoreErrors',
    laws: ['store/errors-unreachable'],
    patches: [
      {
        file: STORE,
        find: 'if (error instanceof StoreError) throw error;',
        put: 'if (error instanceof Error) throw error;',
      },
    ],
  },
];
