// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Replacements that leave something else than they were told, or leave it in parts. */

const STORE = 'src/store.ts';
const DOCUMENTS = 'src/documents.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const WRITES = [
  {
    id: 'what is absent stays',
    what: 'fields that a replacement leaves out are still there',
    source: 'usual sin: update merges',
    laws: ['store/maps'],
    patches: [
      {
        file: STORE,
        find: 'const removed = gone.map((name)',
        put: 'const removed = gone.slice(gone.length).map((name)',
      },
    ],
  },
  {
    id: 'maps by their names',
    what: 'a map is sent only where its names have changed',
    source: 'usual sin: a shallow comparison',
    laws: ['store/maps'],
    patches: [
      {
        file: DOCUMENTS,
        find: 'names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])',
        put: 'names.every((name) => Object.hasOwn(other, name))',
      },
    ],
  },
  {
    id: 'entries by dots',
    what: 'the entries of a map are sent one by one, under names with a dot',
    source: 'usual sin: a dot in a name is a path',
    laws: ['store/maps'],
    patches: [
      {
        file: DOCUMENTS,
        find: 'values: { ...Object.fromEntries(changed),',
        put: `values: {
      ...Object.fromEntries(
        changed.flatMap(([name, value]): [string, unknown][] =>
          typeof value === 'object' && Object.keys(value).length > 0
            ? Object.entries(value).map(([entry, each]) => [\`\${name}.\${entry}\`, each])
            : [[name, value]],
        ),
      ),`,
      },
    ],
  },
  {
    id: 'nothing to change',
    what: 'a replacement by the same content names no field',
    source: 'documents.ts: a request without any is none',
    laws: ['store/maps'],
    patches: [
      {
        file: DOCUMENTS,
        find: 'values: { ...Object.fromEntries(changed), [LOOKED_FOR.at]: placeOf(key) },',
        put: 'values: Object.fromEntries(changed),',
      },
    ],
  },
  {
    id: 'two requests',
    what: 'of a replacement’s fields the first is written by one request, and all by the next',
    source: 'usual sin: log and value not written together; issue: cut between them as well',
    laws: ['wire/half-writes'],
    patches: [
      {
        file: STORE,
        find: '      const { writeTime } = await reference.update(data, { lastUpdateTime: timeOf(version) });\n',
        put: `      const [first = ['at', data.at]] = Object.entries(data);
      const half = await reference.update(Object.fromEntries([first]), { lastUpdateTime: timeOf(version) });
      const { writeTime } = await reference.update(data, { lastUpdateTime: half.writeTime });
`,
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
        find: `    return this.underVersion(key, async () => {
      const { writeTime }`,
        put: `    return this.underVersion(key, async () => {
      await reference.get();
      const { writeTime }`,
      },
    ],
  },
  {
    id: 'error of the SDK',
    what: 'the errors of the SDK are thrown as they are',
    source: 'docs/ADAPTERS.md: errors are StoreErrors',
    laws: ['store/errors-garbage'],
    patches: [
      {
        file: STORE,
        find: 'throw storeError(error, doing, this.collections[table]);',
        put: 'throw doing ? error : storeError(error, doing, this.collections[table]);',
      },
    ],
  },
];
