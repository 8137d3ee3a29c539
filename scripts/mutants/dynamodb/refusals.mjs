/** Refusals and errors that are taken for one another, and rows that did not refuse. */

const STORE = 'src/store.ts';
const ERRORS = 'src/errors.ts';
const REFUSED_ROW = `      const { Item: item } = sent.refused;
      return item === undefined || !returning
        ? { applied: false }
        : { applied: false, row: rowOf(write.key, item) };
`;

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const REFUSALS = [
  {
    id: 'every error refuses',
    what: 'any error of the client is taken for a refused condition, throttling too',
    source: 'usual sin: throttling taken for refusal',
    laws: ['store/errors-unreachable'],
    patches: [
      {
        file: STORE,
        find: "error instanceof Error && error.name === 'ConditionalCheckFailedException'",
        put: "error instanceof Error && '$metadata' in error",
      },
    ],
  },
  {
    id: 'refusal is an error',
    what: 'a condition that does not hold is thrown',
    source: 'usual sin: the exception of the SDK is not looked at',
    laws: ['store/refusal-changes-nothing'],
    patches: [
      {
        file: STORE,
        find: 'if (!isRefusal(sent.refused)) throw storeError(',
        put: 'if (!isRefusal(sent.refused) || returning) throw storeError(',
      },
    ],
  },
  {
    id: 'not asked for, so absent',
    what: 'a refusal does not ask for the row, and says that there is none',
    source: 'rule: a refusal that brings no item is "not given", never null',
    laws: ['store/refusing-row'],
    patches: [
      {
        file: STORE,
        find: `  const refused = returning ? ({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const) : {};
`,
        put: '  const refused = {};\n',
      },
      {
        file: STORE,
        find: REFUSED_ROW,
        put: '        return returning ? { applied: false, row: null } : { applied: false };\n',
      },
    ],
  },
  {
    id: 'row read after the refusal',
    what: 'the row of a refusal is read by a request of its own',
    source: 'usual sin: ReturnValuesOnConditionCheckFailure unknown',
    laws: ['store/refusing-row'],
    patches: [
      {
        file: STORE,
        find: '      const { Item: item } = sent.refused;\n',
        put: `        const { Item: item } = returning
          ? await client.send(
              new GetItemCommand({ TableName: tables[write.key.table], Key: itemKey(write.key), ConsistentRead: true }),
            )
          : {};
`,
      },
    ],
  },
  {
    id: 'unknown is unavailable',
    what: 'whatever cannot be classified is said not to have been applied',
    source: 'usual sin: error class wrong; errors.ts: what is not known may have been applied',
    laws: ['store/errors-cut'],
    patches: [{ file: ERRORS, find: '  return { code: UNKNOWN };', put: '  return { code: UNAVAILABLE };' }],
  },
  {
    id: 'unreachable is unknown',
    what: 'a request that never left is said to have perhaps been applied',
    source: 'errors.ts: nothing was sent, so nothing was applied',
    laws: ['store/errors-unreachable'],
    patches: [{ file: ERRORS, find: 'ECONNREFUSED|', put: '' }],
  },
  {
    id: 'too large is unknown',
    what: 'the service’s word for an item that is too large is not known',
    source: 'rule: the service’s own size error is STORE_LIMIT_EXCEEDED',
    laws: ['store/limits'],
    patches: [
      {
        file: ERRORS,
        find: 'if (TOO_LARGE.test(message)) return { code: LIMIT };',
        put: 'if (TOO_LARGE.test(message)) return { code: UNKNOWN };',
      },
    ],
  },
  {
    id: 'error of the SDK',
    what: 'the errors of reads are thrown as they are',
    source: 'docs/ADAPTERS.md: errors are StoreErrors',
    laws: ['store/errors-unreachable', 'store/errors-garbage'],
    patches: [
      {
        file: STORE,
        find: '    return await request;\n  } catch (error) {\n',
        put: '    return await request;\n  } catch (error) {\n    if (error instanceof Error) throw error;\n',
      },
    ],
  },
  {
    id: 'cut is applied',
    what: 'a write whose connection was cut is said to be applied',
    source: 'usual sin: swallowed error',
    laws: ['store/errors-cut'],
    patches: [
      {
        file: STORE,
        find: 'if (!isRefusal(sent.refused)) throw storeError(',
        put: `if (!isRefusal(sent.refused) && !returning && storeError(sent.refused).code === 'STORE_OUTCOME_UNKNOWN')
        return { applied: true };
      if (!isRefusal(sent.refused)) throw storeError(`,
      },
    ],
  },
];
