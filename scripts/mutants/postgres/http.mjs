// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Entries, messages and the collector over HTTP. */

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const HTTP = [
  {
    id: 'infrastructure refused',
    what: 'an error of the infrastructure is answered so that nobody tries again',
    source: 'issue: never an infrastructure error as an outcome',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: 'core/http/answers.ts',
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
        file: 'core/http/status.ts',
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
    patches: [{ file: 'core/http/run-id.ts', find: 'return `${scope}:${key}`;', put: 'return key;' }],
  },
  {
    id: 'key ignored',
    what: 'every request is a run of its own',
    source: 'issue: the same run id from a redelivered event',
    laws: ['platform/run-id'],
    patches: [
      { file: 'core/http/run-id.ts', find: 'if (key === null) return', put: "if (key !== '') return" },
    ],
  },
  {
    id: 'signature of the length',
    what: 'of a message only its head and its length are signed',
    source: 'usual sin: bytes that were never copied',
    laws: ['platform/authentic-messages'],
    patches: [{ file: 'core/http/signature.ts', find: '  bytes.set(body, head.length);\n', put: '' }],
  },
  {
    id: 'signature without the body',
    what: 'what is signed of a message is only its head',
    source: 'usual sin',
    laws: ['platform/authentic-messages'],
    patches: [
      {
        file: 'core/http/signature.ts',
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
        file: 'core/http/collector.ts',
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
        file: 'core/http/entry.ts',
        find: '      ...(deadline === undefined ? {} : { deadline }),\n',
        put: '',
      },
    ],
  },
  {
    id: 'anything is a reply',
    what: 'the invoker does not look whether an answer is a reply',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      { file: 'core/http/invoker.ts', find: 'return parseReply(value);', put: 'return value as Reply;' },
    ],
  },
  {
    id: 'unknown where nobody answers',
    what: 'a callee that does not answer is said to know no such run',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: 'core/http/invoker.ts',
        find: "const reply = await call(target, { kind: 'status', function: target, run });",
        put: "const reply = await call(target, { kind: 'status', function: target, run }).catch((): Reply => ({ reply: 'status' }));",
      },
    ],
  },
];
