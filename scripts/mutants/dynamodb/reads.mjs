// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Rows and pages that are not what is stored. */

const EXPRESSIONS = 'src/expressions.ts';
const STORE = 'src/store.ts';
const ROWS = 'src/rows.ts';

/** DynamoDB Local has no old answers to give: here the client gives the one before to whoever does not ask for the newest. */
const EVENTUAL = [
  {
    file: 'test/conformance/on-engine.ts',
    find: '  return new DynamoDBClient({\n',
    put: `  const eventual = (options: object): DynamoDBClient => {
    const client = new DynamoDBClient(options);
    const before = new Map<string, unknown>();
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const now = await next(args);
          const input = args.input as { ConsistentRead?: boolean; IndexName?: string };
          if (!/^(Get|Query)/.test(commandName) || input.ConsistentRead || input.IndexName !== undefined) return now;
          const asked = JSON.stringify(input);
          const old = before.get(asked) ?? now;
          before.set(asked, now);
          return old as typeof now;
        },
      { step: 'initialize' },
    );
    return client;
  };
  return eventual({
`,
  },
];

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const READS = [
  {
    id: 'eventual read',
    what: 'a read may be an old one',
    source: 'usual sin: no ConsistentRead',
    laws: ['store/linearizable-reads'],
    setting: EVENTUAL,
    patches: [{ file: STORE, find: '        ConsistentRead: true,\n', put: '' }],
  },
  {
    id: 'eventual query',
    what: 'a page may be an old one',
    source: 'usual sin: no ConsistentRead',
    laws: ['store/linearizable-reads'],
    setting: EVENTUAL,
    patches: [
      { file: STORE, find: 'TableName: name, ConsistentRead: true, Limit', put: 'TableName: name, Limit' },
    ],
  },
  {
    id: 'last page',
    what: 'every page says that it is the last',
    source: 'usual sin: LastEvaluatedKey ignored',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'more: LastEvaluatedKey !== undefined };',
        put: 'more: LastEvaluatedKey === null };',
      },
    ],
  },
  {
    id: 'short page is the last',
    what: 'a page with fewer rows than asked for says that it is the last',
    source: 'usual sin: a page ends at 1 MB too',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'more: LastEvaluatedKey !== undefined };',
        put: 'more: LastEvaluatedKey !== undefined && rows.length === Limit };',
      },
    ],
  },
  {
    id: 'between',
    what: 'both bounds of a range are inside it',
    source: 'usual sin: BETWEEN includes',
    laws: ['store/order'],
    patches: [
      {
        file: EXPRESSIONS,
        find: '  if (end !== undefined) conditions.push(',
        put: '  if (both)\n    conditions.push(`${aliases.name(ATTRIBUTES.sort)} BETWEEN ${aliases.value(after ?? begin)} AND ${aliases.value(before ?? end)}`);\n  else if (end !== undefined) conditions.push(',
      },
      {
        file: EXPRESSIONS,
        find: '    ...(both ? { ExclusiveStartKey: itemKey({ partition, sort: begin }) } : {}),\n',
        put: '',
      },
    ],
  },
  {
    id: 'from itself',
    what: 'a page behind a row begins with that row',
    source: 'usual sin: `>=` for `>`',
    laws: ['store/order', 'store/pages'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "else if (begin !== undefined) conditions.push(at(begin, ascending ? '>' : '<'));",
        put: "else if (begin !== undefined) conditions.push(at(begin, ascending ? '>' : '<').replace('>', '>='));",
      },
    ],
  },
  {
    id: 'limit before the bound',
    what: 'the end of a range is looked at after the limit was counted',
    source: 'usual sin: Limit counts what a filter drops',
    laws: ['store/order'],
    patches: [
      {
        file: EXPRESSIONS,
        find: "  if (end !== undefined) conditions.push(at(end, ascending ? '<' : '>'));\n  else if (begin",
        put: '  if (begin',
      },
      {
        file: EXPRESSIONS,
        find: '    ...(both ? { ExclusiveStartKey: itemKey({ partition, sort: begin }) } : {}),\n',
        put: '',
      },
      {
        file: STORE,
        find: '  const rows = Items.map((item): Row => {',
        put: '  const inside = Items.filter(({ sk }) => (query.before ?? "~") > (sk?.S ?? "") && (query.after ?? "") < (sk?.S ?? ""));\n  const rows = inside.map((item): Row => {',
      },
    ],
  },
  {
    id: 'always ascending',
    what: 'a descending query is answered in ascending order',
    source: 'usual sin: ScanIndexForward forgotten',
    laws: ['store/order'],
    patches: [{ file: EXPRESSIONS, find: '    ScanIndexForward: ascending,\n', put: '' }],
  },
  {
    id: 'rows without their key',
    what: 'a query with paths asks for the partition key, and not for the sort key',
    source: 'usual sin: ProjectionExpression drops the key',
    laws: ['store/projection'],
    patches: [
      {
        file: EXPRESSIONS,
        find: '[ATTRIBUTES.sort, ...chosen].map',
        put: '[ATTRIBUTES.partition, ...chosen].map',
      },
    ],
  },
  {
    id: 'false is left out',
    what: 'fields that hold 0, false or an empty text are left out of a row',
    source: 'usual sin: falsy values dropped',
    laws: ['store/values'],
    patches: [
      {
        file: ROWS,
        find: '    fields[name] = value;\n',
        put: '    if (value) fields[name] = value;\n',
      },
    ],
  },
  {
    id: 'empty map is left out',
    what: 'a map without entries is not stored with its row',
    source: 'usual sin: empty values removed; a path needs its map',
    laws: ['store/maps'],
    patches: [
      {
        file: ROWS,
        find: '  for (const [name, value] of Object.entries(fields)) {\n    item',
        put: "  for (const [name, value] of Object.entries(fields)) {\n    if (typeof value === 'object' && Object.keys(value).length === 0) continue;\n    item",
      },
    ],
  },
];
