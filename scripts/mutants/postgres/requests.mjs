// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** What goes over the wire for one request of the port, and what is made of what comes back. */

const STATEMENTS = 'src/statements.ts';
const STORE = 'src/store.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const REQUESTS = [
  {
    id: 'two statements',
    what: 'of an update’s changes the first is made by one statement, and the others by the next',
    source: 'usual sin: log and value not written together; issue: cut between them as well',
    laws: ['wire/half-writes'],
    patches: [
      {
        file: STORE,
        find: '      const statement = writeStatement(tables, write, returning);\n',
        put: `      if (write.write === 'update' && write.changes.length > 1) {
        const first = writeStatement(tables, { ...write, changes: write.changes.slice(0, 1) }, returning);
        const made = await send(first);
        if (returning ? outcomeOf(write, made).applied === false : made.affected === 0)
          return returning ? outcomeOf(write, made) : { applied: false };
        const free = write.key.table === 'items' ? 'horizon' : 'closedAt';
        write = { ...write, when: [{ test: 'missing', path: free }], changes: write.changes.slice(1) };
      }
      const statement = writeStatement(tables, write, returning);
`,
      },
    ],
  },
  {
    id: 'looks first',
    what: 'each write is preceded by a read whose answer nobody needs',
    source: 'issue: hidden requests are counted',
    laws: ['wire/hidden-requests'],
    patches: [
      {
        file: STORE,
        find: '      const statement = writeStatement(tables, write, returning);\n',
        put: `      await send(readStatement(tables, write.key));
      const statement = writeStatement(tables, write, returning);
`,
      },
    ],
  },
  {
    id: 'cut is applied',
    what: 'a statement whose connection was cut is said to be applied',
    source: 'usual sin: swallowed error',
    laws: ['store/errors-cut', 'wire/half-writes', 'wire/single-faults'],
    patches: [
      {
        file: STORE,
        find: 'const answer = await send(statement);\n',
        put: `const answer = await send(statement).catch((error): Answer => {
        if (error instanceof StoreError && error.code === 'STORE_OUTCOME_UNKNOWN')
          return { rows: [{ outcome: 'applied', row: JSON.stringify({}) }], affected: 1 };
        throw error;
      });
`,
      },
    ],
  },
  {
    id: 'error of the driver',
    what: 'the errors of the driver are thrown as they are',
    source: 'store.ts: errors are StoreErrors',
    laws: ['store/errors-garbage', 'store/errors-unreachable', 'store/errors-cut'],
    patches: [{ file: STORE, find: 'throw storeError(error, sent);', put: 'throw error;' }],
  },
  {
    id: 'garbage is nothing',
    what: 'where the server breaks off its answer, a read finds no row',
    source: 'usual sin: swallowed error',
    laws: ['store/errors-garbage'],
    patches: [
      {
        file: STORE,
        find: 'const [found] = (await send(readStatement(tables, key))).rows;',
        put: 'const [found] = await send(readStatement(tables, key)).then(({ rows }) => rows, () => []);',
      },
    ],
  },
  {
    id: 'late, without a condition',
    what: 'a delete asks nothing',
    source: 'usual sin: delete unconditional; items D22',
    laws: ['wire/late-requests', 'store/semantics'],
    patches: [
      {
        file: STATEMENTS,
        find: 'return `DELETE FROM ${table} AS r WHERE ${here} AND ${testsText(write.when, place)}`;',
        put: 'return `DELETE FROM ${table} AS r WHERE ${here} AND (${testsText(write.when, place)} OR true)`;',
      },
    ],
  },
];
