// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Writes that do something else than they were told, or tell of something else than they did. */

const EXPRESSIONS = 'src/expressions.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const WRITES = [
  {
    id: 'numbers as texts',
    what: 'numbers of more than 32 bits are sent as texts in expressions',
    source: 'usual sin: everything is a string on the wire',
    laws: ['store/types-apart'],
    patches: [
      {
        file: EXPRESSIONS,
        find: 'this.#values[alias] = attributeOf(value);',
        put: "this.#values[alias] = attributeOf(typeof value === 'number' && value > 2 ** 31 ? String(value) : value);",
      },
    ],
  },
  {
    id: 'nothing to add to',
    what: 'adding to what is missing is an error',
    source: 'usual sin: no if_not_exists',
    laws: ['store/maps'],
    patches: [
      {
        file: EXPRESSIONS,
        find: 'if_not_exists(${path}, ${aliases.value(0)}) + ',
        put: '${path} + ',
      },
    ],
  },
  {
    id: 'an entry replaces its map',
    what: 'setting one entry replaces the whole map',
    source: 'usual sin: a map is written as a whole',
    laws: ['store/one-winner'],
    patches: [
      {
        file: EXPRESSIONS,
        find: '    const path = aliases.path(change.path);\n',
        put: `    const alone = changes.filter(({ path: [map] }) => map === change.path[0]).length === 1;
    if (alone && change.change === 'set' && typeof change.path !== 'string') {
      sets.push(\`\${aliases.name(change.path[0])} = \${aliases.map(change.path[1], change.value)}\`);
      continue;
    }
    const path = aliases.path(change.path);
`,
      },
      {
        file: EXPRESSIONS,
        find: '  /** As a request takes them; DynamoDB refuses empty ones. */\n',
        put: `  map(entry: string, value: Scalar): string {
    const alias = \`:v\${this.#count++}\`;
    this.#values[alias] = { M: { [entry]: attributeOf(value) } };
    return alias;
  }

`,
      },
    ],
  },
  {
    id: 'names as they are',
    what: 'names of fields stand in expressions unaliased, also where they are reserved words',
    source: 'usual sin: `log`, `state` and `value` are reserved',
    laws: ['store/maps'],
    patches: [
      {
        file: EXPRESSIONS,
        find: 'const known = this.#names.get(name) ?? `#n${this.#names.size}`;\n',
        put: 'if (/^[a-z]+$/i.test(name)) return name;\n    const known = this.#names.get(name) ?? `#n${this.#names.size}`;\n',
      },
    ],
  },
  {
    id: 'row before the write',
    what: 'an applied update gives the row that it found',
    source: 'usual sin: ALL_OLD for ALL_NEW',
    laws: ['store/refusing-row'],
    patches: [{ file: STORE, find: "ReturnValues: 'ALL_NEW'", put: "ReturnValues: 'ALL_OLD'" }],
  },
  {
    id: 'changed fields alone',
    what: 'an applied update gives only what it changed',
    source: 'usual sin: UPDATED_NEW for ALL_NEW',
    laws: ['store/refusing-row'],
    patches: [{ file: STORE, find: "ReturnValues: 'ALL_NEW'", put: "ReturnValues: 'UPDATED_NEW'" }],
  },
  {
    id: 'looks first',
    what: 'each write is preceded by a read whose answer nobody needs',
    source: 'rule: hidden requests are counted',
    laws: ['wire/hidden-requests'],
    patches: [
      {
        file: STORE,
        find: '      const sent = await applied(',
        put: `      await client.send(new GetItemCommand({ TableName: tables[write.key.table], Key: itemKey(write.key) }));
      const sent = await applied(`,
      },
    ],
  },
  {
    id: 'two requests',
    what: 'of an update’s changes the first is made by one request, and the others by the next',
    source: 'usual sin: log and value not written together; issue: cut between them as well',
    laws: ['wire/half-writes'],
    patches: [
      {
        file: STORE,
        find: '  const parts = updateParts(write, shards);\n',
        put: `  if (write.changes.length > 1) {
    const first = updateParts({ ...write, changes: write.changes.slice(0, 1) }, shards);
    await client.send(new UpdateItemCommand({ TableName: table, ...first, ...asked, ...refused }));
    write = { ...write, when: [] as never, changes: write.changes.slice(1) };
  }
  const parts = updateParts(write, shards);
`,
      },
    ],
  },
];
