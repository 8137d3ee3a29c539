/** Entity tags that are not asked for, and refusals that are taken for another thing. */

const STORE = 'src/store.ts';
const ERRORS = 'src/errors.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const VERSIONS = [
  {
    id: 'replacement without its tag',
    what: 'a replacement names no entity tag',
    source: 'usual sin: IfMatch left out',
    laws: ['store/one-winner'],
    patches: [
      {
        file: STORE,
        find: '.replace(document, options);',
        put: '.replace(document, { ...options, accessCondition: undefined } as unknown as RequestOptions);',
      },
    ],
  },
  {
    id: 'delete without its tag',
    what: 'a delete names no entity tag',
    source: 'usual sin: IfMatch left out',
    laws: ['store/one-winner'],
    patches: [
      {
        file: STORE,
        find: '.delete(options);',
        put: '.delete({ ...options, accessCondition: undefined } as unknown as RequestOptions);',
      },
    ],
  },
  {
    id: 'create overwrites',
    what: 'a create asks nothing',
    source: 'usual sin: upsert for create',
    laws: ['store/create-once'],
    patches: [
      {
        file: STORE,
        find: 'container.items.create(document, limit)',
        put: 'container.items.upsert(document, limit)',
      },
    ],
  },
  {
    id: 'tag read anew',
    what: 'a write reads the row’s tag just before, and its tests passed on an older content',
    source: 'usual sin: condition evaluated before the write',
    laws: ['store/one-winner'],
    patches: [
      {
        file: STORE,
        find: 'const done = await container.item(document.id, document.pk).replace(document, options);',
        put: `const now = await container.item(document.id, document.pk).read();
      const condition = now.etag ?? version;
      const anew = { ...options, accessCondition: { type: 'IfMatch', condition } };
      const done = await container.item(document.id, document.pk).replace(document, anew);`,
      },
    ],
  },
  {
    id: 'create of what is there is an error',
    what: 'what is said of a row that is there is thrown',
    source: 'usual sin: the 409 is not looked at',
    laws: ['store/refusal-changes-nothing'],
    patches: [
      {
        file: ERRORS,
        find: 'if (status !== 409 && status !== 412 && status !== 404) return undefined;',
        put: 'if (status !== 412 && status !== 404) return undefined;',
      },
    ],
  },
  {
    id: 'another tag is an error',
    what: 'what is said of another entity tag is thrown',
    source: 'usual sin: the 412 is not looked at',
    laws: ['store/one-winner'],
    patches: [
      {
        file: ERRORS,
        find: 'if (status !== 409 && status !== 412 && status !== 404) return undefined;',
        put: 'if (status !== 409 && status !== 404) return undefined;',
      },
    ],
  },
  {
    id: 'gone is an error',
    what: 'what is said of a row that is gone is thrown',
    source: 'usual sin: the 404 of a replacement is not looked at',
    laws: ['store/seen'],
    patches: [
      {
        file: ERRORS,
        find: 'if (status !== 409 && status !== 412 && status !== 404) return undefined;',
        put: 'if (status !== 409 && status !== 412) return undefined;',
      },
    ],
  },
];
