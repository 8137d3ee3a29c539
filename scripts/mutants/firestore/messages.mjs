// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Messages between services, and what is taken for a reply. */

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const MESSAGES = [
  {
    id: 'anybody may send',
    what: 'a message needs a signature, and any will do',
    source: 'docs/ADAPTERS.md: messages are authentic',
    laws: ['platform/authentic-messages'],
    patches: [
      {
        file: 'core/http/messages.ts',
        find: 'if (!(await verifyMessage(signer, manner, signature, bytes)))',
        put: 'if (bytes.length === 0 && !(await verifyMessage(signer, manner, signature, bytes)))',
      },
    ],
  },
  {
    id: 'manner not signed',
    what: 'a message says how it is answered beside what is signed, and a call passes for a task',
    source: 'signature.ts: the manner is part of what is signed',
    laws: ['platform/authentic-messages'],
    patches: [
      {
        file: 'core/http/signature.ts',
        find: '`message\\n${manner}\\n${time}\\n`',
        put: '`message\\n${manner.slice(0, 0)}${time}\\n`',
      },
      {
        file: 'core/http/messages.ts',
        find: "if (manner === 'task' && message.kind !== 'launch')",
        put: "if (manner === 'start' && message.kind === undefined)",
      },
    ],
  },
  {
    id: 'failure is a reply',
    what: 'what a service that failed or timed out left is taken for the error of the run',
    source: 'rule: a callee’s crash or time-out is an infrastructure error',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: 'src/cloud-functions/invoker.ts',
        find: '  if (tasks === undefined) return direct;\n',
        put: `  if (tasks === undefined)
    return {
      ...direct,
      call: (target, message) =>
        direct.call(target, message).catch((error: unknown) => ({
          reply: 'error' as const,
          run: '0'.repeat(32),
          error: JSON.stringify({ name: 'Error', message: String(error) }),
        })),
    };
`,
      },
    ],
  },
  {
    id: 'launch that waits',
    what: 'a function that is started is waited for',
    source: 'usual sin: a call for a start',
    laws: ['platform/invoker-messages'],
    patches: [
      {
        file: 'src/cloud-functions/invoker.ts',
        find: '  if (tasks === undefined) return direct;\n',
        put: `  if (tasks === undefined)
    return { ...direct, start: async (target, message) => void (await direct.call(target, message)) };
`,
      },
    ],
  },
  {
    id: 'never times out',
    what: 'the invoker waits for a service that hangs for ever',
    source: 'invoker.ts: a time-out is thrown as RUN_INFRASTRUCTURE',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: 'src/cloud-functions/invoker.ts',
        find: '      timeout,\n      fetch: ',
        put: "      timeout: timeout && '10m',\n      fetch: ",
      },
    ],
  },
];
