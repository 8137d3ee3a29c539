/** Messages between Lambda functions, and what is taken for a reply. */

const INVOKER_FILE = 'src/lambda/invoker.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const INVOKER = [
  {
    id: 'crash is a reply',
    what: 'what a function that crashed or timed out left is taken for the error of the run',
    source: 'rule: a callee’s crash or time-out is an infrastructure error',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: INVOKER_FILE,
        find: 'if (FunctionError !== undefined) throw lost(target, reasonOfFunctionError(name, text));',
        put: "if (FunctionError !== undefined) return { reply: 'error', run: '0'.repeat(32), error: JSON.stringify({ name: 'Error', message: reasonOfFunctionError(name, text) }) };",
      },
    ],
  },
  {
    id: 'nothing is a reply',
    what: 'an answer without a payload says that there is no such run',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: INVOKER_FILE,
        find: '      return await replyIn(target, text);\n',
        put: "      return text === '' ? { reply: 'status' } : await replyIn(target, text);\n",
      },
    ],
  },
  {
    id: 'anything is a reply',
    what: 'the invoker does not look whether an answer is a reply',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: INVOKER_FILE,
        find: 'if (isReply(answer)) return await unpacked(answer.reply);',
        put: 'return isReply(answer) ? await unpacked(answer.reply) : answer;',
      },
      {
        file: INVOKER_FILE,
        find: '      return parseReply(value);\n',
        put: '      return value as Reply;\n',
      },
    ],
  },
  {
    id: 'unknown where nobody answers',
    what: 'a callee that does not answer is said to know no such run',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: INVOKER_FILE,
        find: "const reply = await call(target, { kind: 'status', function: target, run });",
        put: "const reply = await call(target, { kind: 'status', function: target, run }).catch((): Reply => ({ reply: 'status' }));",
      },
    ],
  },
  {
    id: 'launch that waits',
    what: 'a function that is started is waited for',
    source: 'usual sin: RequestResponse for Event',
    laws: ['platform/invoker-messages'],
    patches: [
      {
        file: INVOKER_FILE,
        find: "await send(target, message, 'Event');",
        put: "await send(target, message, 'RequestResponse');",
      },
    ],
  },
  {
    id: 'reply left packed',
    what: 'a reply that was compressed is not unpacked',
    source: 'envelope.ts: payloads above the limit',
    laws: ['platform/invoker-messages'],
    patches: [
      { file: INVOKER_FILE, find: 'return await unpacked(answer.reply);', put: 'return answer.reply;' },
    ],
  },
  {
    id: 'message left packed',
    what: 'a message that was compressed is not unpacked',
    source: 'envelope.ts: payloads above the limit',
    laws: ['platform/invoker-messages'],
    patches: [
      {
        file: 'src/lambda/receive.ts',
        find: 'parseMessage(await unpacked(envelope.message))',
        put: 'parseMessage(envelope.message)',
      },
    ],
  },
];
