// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Conditions that are not asked, are asked too early, or hold where they should not. */

const EXPRESSIONS = 'src/expressions.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const CONDITIONS = [
  {
    id: 'upsert',
    what: 'an update, or a delete, of a row that is not there asks only its tests',
    source: 'usual sin: UpdateItem makes what is not there',
    laws: ['store/never-upsert'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "  const there = `attribute_exists(${aliases.name(ATTRIBUTES.partition)})`;\n  return [there, ...write.when.map((test) => testText(test, aliases))].join(' AND ');\n",
        put: "  return write.when.map((test) => testText(test, aliases)).join(' AND ');\n",
      },
    ],
  },
  {
    id: 'create overwrites',
    what: 'a create asks nothing',
    source: 'usual sin: PutItem without a condition',
    laws: ['store/create-once'],
    patches: [
      { file: STORE, find: 'Item: item, ...createCondition(), ...refused', put: 'Item: item, ...refused' },
    ],
  },
  {
    id: 'create looks first',
    what: 'a create asks in a request of its own whether the row is there, and then puts it',
    source: 'usual sin: condition evaluated before the write',
    laws: ['store/create-once', 'wire/hidden-requests'],
    patches: [
      {
        file: STORE,
        find: '    await client.send(new PutItemCommand({ TableName: table, Item: item, ...createCondition(), ...refused }));\n',
        put: `    const { Item: there } = await client.send(
      new GetItemCommand({ TableName: table, Key: itemKey(write.key), ConsistentRead: true }),
    );
    const condition = there === undefined ? {} : createCondition();
    await client.send(new PutItemCommand({ TableName: table, Item: item, ...condition, ...(there && refused) }));
`,
      },
    ],
  },
  {
    id: 'tested in a request of its own',
    what: 'the tests of an update are evaluated on what a request reads, and the change is made by the next',
    source: 'usual sin: condition evaluated before the write',
    laws: ['store/one-winner', 'wire/hidden-requests'],
    patches: [
      {
        file: STORE,
        find: '  const parts = updateParts(write, shards);\n',
        put: `  const { Item: there } = await client.send(
    new GetItemCommand({ TableName: table, Key: itemKey(write.key), ConsistentRead: true }),
  );
  const { holdsAll } = await import('@flowstate/core/adapter');
  const holds = there !== undefined && holdsAll(rowOf(write.key, there).fields, write.when);
  const parts = updateParts(holds ? { ...write, when: [] as never } : write, shards);
`,
      },
    ],
  },
  {
    id: 'delete asks nothing',
    what: 'a delete asks only whether the row is there',
    source: 'usual sin: delete unconditional; items D22',
    laws: ['store/semantics'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "deleteParts(write: Extract<Write, { write: 'delete' }>) {\n  const aliases = new Aliases();\n  const condition = conditionText(write, aliases);",
        put: "deleteParts(write: Extract<Write, { write: 'delete' }>) {\n  const aliases = new Aliases();\n  const condition = `attribute_exists(${aliases.name(ATTRIBUTES.partition)})`;",
      },
    ],
  },
  {
    id: 'missing is below',
    what: 'a number that is missing is below any other',
    source: 'usual sin: what is missing counts as 0',
    laws: ['store/types-apart'],
    patches: [
      {
        file: EXPRESSIONS,
        find: 'return `${path} < ${aliases.value(test.value)}`;',
        put: 'return `(attribute_not_exists(${path}) OR ${path} < ${aliases.value(test.value)})`;',
      },
    ],
  },
  {
    id: 'below or equal',
    what: 'a number is below itself',
    source: 'usual sin: `<=` for `<`',
    laws: ['store/types-apart'],
    patches: [
      {
        file: EXPRESSIONS,
        find: 'return `${path} < ${aliases.value(test.value)}`;',
        put: 'return `${path} <= ${aliases.value(test.value)}`;',
      },
    ],
  },
];
