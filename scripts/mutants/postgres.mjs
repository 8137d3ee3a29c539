// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/**
 * The PostgreSQL adapter, broken: each mutant is one change of the source text, or one in each of several files, which must
 * fit exactly once. The laws judge it on the real database; those of http need none.
 */

/**
 * @typedef {object} Mutant
 * @property {string} id
 * @property {string} what
 * @property {string} source
 * @property {readonly string[]} laws those that are known to kill it, the quickest first
 * @property {readonly { file: string, find: string, put: string }[]} patches below packages/adapter-postgres; `core/`: below packages/core/src, of the processes that the laws start
 */

const STATEMENTS = 'src/statements.ts';
const STORE = 'src/store.ts';
const WORKER = 'test/conformance/worker.mjs';

/** @type {readonly Mutant[]} */
const TESTS = [
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

/** @type {readonly Mutant[]} */
const WRITES = [
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
    laws: ['store/errors-unreachable', 'store/errors-cut'],
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

/** @type {readonly Mutant[]} */
const REQUESTS = [
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
    laws: ['store/errors-garbage', 'store/errors-cut'],
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

/** Processes that are killed and frozen: their store, or their core, is another one. @type {readonly Mutant[]} */
const PROCESSES = [
  {
    id: 'written behind',
    what: 'a process answers a write at once, and makes it a moment later',
    source: 'usual sin: acknowledged before it is durable',
    laws: ['process/killed'],
    patches: [
      {
        file: WORKER,
        find: '  store: postgres({ pool, entriesPerRow: 4 }),\n',
        put: `  store: await (async (store) => {
    const { effectOf } = await import('@flowstate/core/adapter');
    let behind = Promise.resolve();
    return {
      ...store,
      read: (key) => behind.then(() => store.read(key)),
      query: (query) => behind.then(() => store.query(query)),
      async write(write, options) {
        await behind;
        const there = await store.read(write.key);
        const left = effectOf(there?.fields, write);
        if (left === 'refused') return store.write(write, options);
        behind = new Promise((resolve) => setTimeout(resolve, 50)).then(() => store.write(write)).then(() => {}, told);
        return { applied: true, ...(options?.returning && left !== null ? { row: { key: write.key, fields: left } } : {}) };
      },
    };
  })(postgres({ pool, entriesPerRow: 4 })),
`,
      },
    ],
  },
  {
    id: 'order without its key',
    what: 'a process forgets the key under which an order came',
    source: 'docs/ADAPTERS.md: the id is the caller’s idempotency key; study 2.2 #14',
    laws: ['process/killed-before-answer'],
    patches: [
      {
        file: WORKER,
        find: "await serve(http.app(flow, { secret: SECRET, functions, wait: '2s', onError: told }));",
        put: `await serve(
  ((handle) => (request) => {
    const headers = new Headers(request.headers);
    headers.delete('idempotency-key');
    return handle(new Request(request, { headers, duplex: 'half' }));
  })(http.app(flow, { secret: SECRET, functions, wait: '2s', onError: told })),
);`,
      },
    ],
  },
  {
    id: 'callee by chance',
    what: 'who executes a run again calls another callee',
    source: 'runs C6',
    laws: ['process/killed', 'process/frozen'],
    patches: [
      {
        file: 'core/operations/call-operations.ts',
        find: 'return calleeId(pass.intent.run, pass.intent.nonce, operation.path);',
        put: 'return calleeId(pass.by, pass.intent.nonce, operation.path);',
      },
    ],
  },
];

/** @type {readonly Mutant[]} */
const READS = [
  {
    id: 'collation',
    what: 'keys have the collation of the database',
    source: 'usual sin: no COLLATE "C"',
    laws: ['store/order'],
    patches: [
      {
        file: 'src/setup.ts',
        find: `['"partition" text COLLATE "C" NOT NULL', '"sort" text COLLATE "C" NOT NULL']`,
        put: `['"partition" text NOT NULL', '"sort" text NOT NULL']`,
      },
    ],
  },
  {
    id: 'short integers',
    what: 'numbers are columns of 32 bits',
    source: 'issue: 2^53',
    laws: ['store/values', 'store/types-apart'],
    patches: [{ file: 'src/setup.ts', find: "number: 'bigint',", put: "number: 'integer'," }],
  },
  {
    id: 'false is left out',
    what: 'columns that hold 0, false or an empty text are left out of a row',
    source: 'usual sin: falsy values dropped',
    laws: ['store/values'],
    patches: [
      {
        file: 'src/rows.ts',
        find: 'if (value === undefined || value === null) continue;',
        put: 'if (!value) continue;',
      },
    ],
  },
  {
    id: 'no row more',
    what: 'a page asks for no row more than its limit, and so says that it is the last',
    source: 'usual sin: page limit off by one',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'await send(queryStatement(tables, query, limit + 1));',
        put: 'await send(queryStatement(tables, query, limit));',
      },
    ],
  },
  {
    id: 'one row too many',
    what: 'a page has the row that says whether there are more',
    source: 'usual sin: page limit off by one',
    laws: ['store/pages'],
    patches: [
      {
        file: STORE,
        find: 'rows: rows.slice(0, limit).map(({ sort, row }) =>',
        put: 'rows: rows.map(({ sort, row }) =>',
      },
    ],
  },
  {
    id: 'no tie-break',
    what: 'a page of keys goes on behind the last moment, past other rows that are due then',
    source: 'usual sin: list without tie-break',
    laws: ['store/list-pages'],
    patches: [
      {
        file: STATEMENTS,
        find: `const rest = from === undefined ? '' : \` AND (r."due", r."partition", r."sort") \${later} \${from}\`;`,
        put: `const rest = from === undefined || later === '' ? '' : \` AND r."due" > \${from.slice(1).split(',')[0]} AND \${from} IS NOT NULL\`;`,
      },
    ],
  },
  {
    id: 'one entry of many',
    what: 'a query with several entries of one map gives the last of them',
    source: 'usual sin',
    laws: ['store/projection'],
    patches: [
      {
        file: STATEMENTS,
        find: 'entries.set(path[0], (entries.get(path[0]) ?? new Set()).add(path[1]));',
        put: 'entries.set(path[0], new Set([path[1]]));',
      },
    ],
  },
];

/** @type {readonly Mutant[]} */
const HTTP = [
  {
    id: 'infrastructure refused',
    what: 'an error of the infrastructure is answered so that nobody tries again',
    source: 'issue: never an infrastructure error as an outcome',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: 'src/http/answers.ts',
        find: "    503,\n    { error: { code, message, hint: ERRORS[code].hint } },\n    { 'retry-after': RETRY_AFTER_SECONDS, ...runIdHeader(runId) },\n",
        put: '    400,\n    { error: { code, message, hint: ERRORS[code].hint } },\n    runIdHeader(runId),\n',
      },
    ],
  },
  {
    id: 'cause shown',
    what: 'the whole stored error is shown to clients',
    source: 'http/answers.ts: no class, no cause, no stack',
    laws: ['platform/shown'],
    patches: [
      {
        file: 'src/http/status.ts',
        find: "json(500, { outcome: 'error', error: shownError(error) },",
        put: "json(500, { outcome: 'error', error },",
      },
    ],
  },
  {
    id: 'one key for all',
    what: 'an Idempotency-Key counts for all senders together',
    source: 'issue: different ids from different events',
    laws: ['platform/run-id'],
    patches: [{ file: 'src/http/run-id.ts', find: 'return `${scope}:${key}`;', put: 'return key;' }],
  },
  {
    id: 'key ignored',
    what: 'every request is a run of its own',
    source: 'issue: the same run id from a redelivered event',
    laws: ['platform/run-id'],
    patches: [
      { file: 'src/http/run-id.ts', find: 'if (key === null) return', put: "if (key !== '') return" },
    ],
  },
  {
    id: 'signature without the body',
    what: 'what is signed of a message is only its head',
    source: 'usual sin',
    laws: ['platform/authentic-messages'],
    patches: [
      {
        file: 'src/http/signature.ts',
        find: '  bytes.set(body, head.length);\n  return bytes;',
        put: '  return head;',
      },
    ],
  },
  {
    id: 'anybody may collect',
    what: 'the collector asks for a secret, and takes any',
    source: 'docs/ADAPTERS.md: the collector is refused unless authenticated',
    laws: ['platform/collector'],
    patches: [
      {
        file: 'src/http/collector.ts',
        find: 'if (!(await isSecret(secrets, token))) {',
        put: "if (token === '' && !(await isSecret(secrets, token))) {",
      },
    ],
  },
  {
    id: 'deadline forgotten',
    what: 'the execution is not told of the platform’s deadline',
    source: 'issue: hands over before the deadline',
    laws: ['platform/deadline'],
    patches: [
      {
        file: 'src/http/entry.ts',
        find: 'this.flow.receive(message, deadline === undefined ? {} : { deadline });',
        put: 'this.flow.receive(message, {});',
      },
    ],
  },
  {
    id: 'anything is a reply',
    what: 'the invoker does not look whether an answer is a reply',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      { file: 'src/http/invoker.ts', find: 'return parseReply(value);', put: 'return value as Reply;' },
    ],
  },
  {
    id: 'unknown where nobody answers',
    what: 'a callee that does not answer is said to know no such run',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: 'src/http/invoker.ts',
        find: "const reply = await call(target, { kind: 'status', function: target, run });",
        put: "const reply = await call(target, { kind: 'status', function: target, run }).catch((): Reply => ({ reply: 'status' }));",
      },
    ],
  },
];

/** Every broken adapter. */
export const POSTGRES = [...PROCESSES, ...TESTS, ...WRITES, ...REQUESTS, ...READS, ...HTTP];

/** What is no mutant here, and why. */
export const NOT_HERE = [
  [
    'postgres: FOR UPDATE alone; the second look at a refusing row alone',
    'each covers for the other in all but a race of three writers: together they are a mutant',
  ],
  [
    'postgres: a connection that is kept after a loss',
    'the pool of pg drops a client that has ended, whatever it is told',
  ],
  [
    'postgres: a statement whose connection was cut is sent again',
    'is allowed: drivers do, and the protocols are built for it (`applied: false` in store.ts)',
  ],
  [
    'stores: newest due first',
    'the port promises an order within a shard, and nobody outside knows the shards',
  ],
];
