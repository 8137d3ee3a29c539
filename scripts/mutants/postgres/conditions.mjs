// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Conditions that hold where they should not, and rows that did not refuse. */

const STATEMENTS = 'src/statements.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const CONDITIONS = [
  {
    id: 'unlocked refusing row',
    what: 'the row of a refusal is that of the statement’s snapshot, and is not looked at again',
    source: 'statements.ts: FOR UPDATE; docs/ADAPTERS.md: a stale refusing row',
    laws: ['store/refusing-row', 'store/create-once', 'store/no-torn-row'],
    patches: [
      {
        file: STATEMENTS,
        find: ' AND NOT EXISTS (SELECT FROM done) FOR UPDATE) ',
        put: ' AND NOT EXISTS (SELECT FROM done)) ',
      },
      { file: STORE, find: "write.write !== 'create' && holdsAll(row.fields, write.when)", put: 'false' },
    ],
  },
  {
    id: 'second statement',
    what: 'the row of a refusal is read by a statement of its own',
    source: 'usual sin: a query of the pool outside of the statement',
    laws: ['store/refusing-row'],
    patches: [
      {
        file: STORE,
        find: 'const answer = await send(statement);\n',
        put: `const answer = await send(statement);
      if (returning && answer.rows[0]?.outcome === 'refused') {
        const [found] = (await send(readStatement(tables, write.key))).rows;
        return { applied: false, row: found === undefined ? null : rowOf(write.key, found.row) };
      }
`,
      },
    ],
  },
  {
    id: 'tested in a statement of its own',
    what: 'the tests of an update are evaluated by one statement, and the change is made by the next',
    source: 'usual sin: condition evaluated before the write',
    laws: ['store/one-winner', 'wire/late-requests'],
    patches: [
      {
        file: STORE,
        find: '      const statement = writeStatement(tables, write, returning);\n',
        put: `      if (write.write === 'update') {
        const [found] = (await send(readStatement(tables, write.key))).rows;
        if (found !== undefined && holdsAll(rowOf(write.key, found.row).fields, write.when))
          write = { ...write, when: [{ test: 'missing', path: write.key.table === 'items' ? 'horizon' : 'closedAt' }] };
      }
      const statement = writeStatement(tables, write, returning);
`,
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
        file: STATEMENTS,
        find: "const comparison = test.test === 'equals' ? '=' : '<';",
        put: "const comparison = test.test === 'equals' ? '=' : '<=';",
      },
    ],
  },
  {
    id: 'entries as texts',
    what: 'entries of a map are compared as texts, so that 1 equals "1"',
    source: 'usual sin: jsonb number against text',
    laws: ['store/types-apart'],
    patches: [
      {
        file: STATEMENTS,
        find: "const whole = `${value} ${comparison} ${place(JSON.stringify(test.value), 'jsonb')}`;",
        put: "const whole = test.test === 'equals' ? `${value} #>> '{}' = ${place(String(test.value), 'text')}` : `${value} ${comparison} ${place(JSON.stringify(test.value), 'jsonb')}`;",
      },
    ],
  },
  {
    id: 'any kind is below',
    what: 'an entry that is no number is below by the order of jsonb',
    source: 'store.ts: below is false on what is no number',
    laws: ['store/types-apart'],
    patches: [
      {
        file: STATEMENTS,
        find: "return test.test === 'equals' ? whole : `(jsonb_typeof(${value}) = 'number' AND ${whole})`;",
        put: 'return whole;',
      },
    ],
  },
];
