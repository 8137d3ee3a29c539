// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Requests, messages, events and the invoker on Azure Functions: what is answered, and when. */

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const ENTRIES = [
  {
    id: 'user ignored',
    what: 'behind App Service authentication an Idempotency-Key counts for all users together',
    source: 'rule: Idempotency-Key scoped by principal',
    laws: ['platform/run-id'],
    patches: [
      { file: 'src/azure-functions/http.ts', find: '...(isEasy ? { principal: subjectOf } : {}),', put: '' },
    ],
  },
  {
    id: 'one user for all',
    what: 'of a user only its provider counts',
    source: 'rule: Idempotency-Key scoped by principal',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/azure-functions/easy-auth.ts',
        find: "JSON.stringify(['easy-auth', provider, id])",
        put: "JSON.stringify(['easy-auth', provider])",
      },
    ],
  },
  {
    id: 'message id by chance',
    what: 'a message of a queue that comes again is another run',
    source: 'rule: run ids from the trigger',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/azure-functions/queue.ts',
        find: "ownId: () => ownIdOf(message, 'id'),",
        put: 'ownId: () => crypto.randomUUID(),',
      },
    ],
  },
  {
    id: 'id of the delivery',
    what: 'the id of a message has in it how often it was delivered',
    source: 'usual sin: the id of the delivery',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/azure-functions/service-bus.ts',
        find: 'ownIdOf(message, NAME)),',
        put: '`${ownIdOf(message, NAME)}/${String(message.metadata.deliveryCount)}`),',
      },
    ],
  },
  {
    id: 'first id for all',
    what: 'every message of a batch has the id of the first',
    source: 'usual sin: metadata that are lists',
    laws: ['platform/partial-batches'],
    patches: [
      {
        file: 'src/azure-functions/message.ts',
        find: 'value[i]] : [name, value];',
        put: 'value[0 * i]] : [name, value];',
      },
    ],
  },
  {
    id: 'time in the id',
    what: 'the id of an event has in it when it was told',
    source: 'usual sin: a hash of the whole event',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/azure-functions/event-grid.ts',
        find: '      ownId: () => own,\n',
        put: '      ownId: () => `${own}/${String((event as { time?: unknown }).time ?? (event as { eventTime?: unknown }).eventTime)}`,\n',
      },
    ],
  },
  {
    id: 'infrastructure is done',
    what: 'an event that met an error of the infrastructure is done with',
    source: 'usual sin: logged and forgotten',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: 'src/azure-functions/receive.ts',
        find: 'if (again.size === 0) return;',
        put: 'if (again.size <= parcels.length) return;',
      },
    ],
  },
  {
    id: 'some of a batch is enough',
    what: 'a batch of which something was done is done with',
    source: 'usual sin: one answer for a batch',
    laws: ['platform/partial-batches'],
    patches: [
      {
        file: 'src/azure-functions/receive.ts',
        find: 'if (again.size === 0) return;',
        put: 'if (again.size === 0 || again.size < parcels.length) return;',
      },
    ],
  },
  {
    id: 'malformed comes again',
    what: 'what can never be run is delivered again unless told otherwise',
    source: 'usual sin: poison messages',
    laws: ['platform/refusals'],
    patches: [
      {
        file: 'src/azure-functions/service.ts',
        find: "{ refused = 'drop' }: Pick",
        put: "{ refused = 'redeliver' }: Pick",
      },
    ],
  },
  {
    id: 'deadline forgotten',
    what: 'the execution of an event is not told when its invocation ends',
    source: 'rule: hands over before the deadline',
    laws: ['platform/deadline'],
    patches: [
      {
        file: 'src/azure-functions/receive.ts',
        find: 'timesOf(processPlatform.now(), timeoutMs)',
        put: 'timesOf(processPlatform.now(), 60 * timeoutMs)',
      },
    ],
  },
  {
    id: 'timer without a pass',
    what: 'the timer of the collector makes no pass',
    source: 'docs/ADAPTERS.md: the collector',
    laws: ['platform/collector'],
    patches: [
      {
        file: 'src/azure-functions/collector.ts',
        find: '      await collecting(flow, ',
        put: '      if (timeoutMs === 0) await collecting(flow, ',
      },
    ],
  },
  {
    id: 'launch that waits',
    what: 'a function that is started is waited for',
    source: 'usual sin: a start that lasts as long as its work',
    laws: ['platform/invoker-messages'],
    patches: [
      {
        file: 'src/azure-functions/invoker.ts',
        find: 'return onItsWay(direct.start(target, message), START_MS);',
        put: 'return void (await direct.call(target, message));',
      },
    ],
  },
  {
    id: 'failure is a reply',
    what: 'what a function that failed or timed out left is taken for the error of the run',
    source: 'rule: a callee’s crash or time-out is an infrastructure error',
    laws: ['platform/invoker-faults'],
    patches: [
      {
        file: 'src/azure-functions/invoker.ts',
        find: '    ...direct,\n',
        put: `    ...direct,
    call: (target, message) =>
      direct.call(target, message).catch((error: unknown) => ({
        reply: 'error' as const,
        run: '0'.repeat(32),
        error: JSON.stringify({ name: 'Error', message: String(error) }),
      })),
`,
      },
    ],
  },
];
