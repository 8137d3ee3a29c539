// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Direct invocations, requests, and the collector: what is answered, and when. */

const CALL = 'core/delivery/call.ts';
const DIRECT = 'src/lambda/direct.ts';
const HTTP = 'src/lambda/http.ts';
const COLLECTOR = 'src/lambda/collector.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const ENTRIES = [
  {
    id: 'id by chance',
    what: 'an asynchronous invocation that Lambda repeats is another run',
    source: 'rule: the request id of an asynchronous invocation',
    laws: ['platform/run-id'],
    patches: [
      {
        file: DIRECT,
        find: 'id: chosen ?? context.awsRequestId,',
        put: 'id: chosen ?? crypto.randomUUID(),',
      },
    ],
  },
  {
    id: 'stored input loses',
    what: 'an event that comes again with another input is refused',
    source: 'message.ts: under an id of the platform the stored input wins',
    laws: ['platform/stored-input'],
    patches: [{ file: CALL, find: '...(trigger ? { trigger } : {}) },', put: '},' }],
  },
  {
    id: 'any input under an id',
    what: 'under an id of the sender’s another input is taken for the first',
    source: 'usual sin: idempotency keys without the body',
    laws: ['platform/stored-input'],
    patches: [{ file: DIRECT, find: 'trigger: chosen === undefined', put: 'trigger: true' }],
  },
  {
    id: 'deadline forgotten',
    what: 'the execution is not told of the invocation’s deadline',
    source: 'rule: deadlines from getRemainingTimeInMillis()',
    laws: ['platform/deadline'],
    patches: [{ file: CALL, find: '        deadline: times.deadline,\n', put: '' }],
  },
  {
    id: 'deadline of requests forgotten',
    what: 'the execution of a request is not told of the invocation’s deadline',
    source: 'rule: deadlines from getRemainingTimeInMillis()',
    laws: ['platform/deadline'],
    patches: [{ file: HTTP, find: '    timeout: deadline - begun,\n', put: '' }],
  },
  {
    id: 'one key for all',
    what: 'an Idempotency-Key counts for all senders together',
    source: 'rule: Idempotency-Key scoped by principal',
    laws: ['platform/run-id'],
    patches: [
      {
        file: HTTP,
        find: '(principal === undefined ? principalOf(event) : principal(its, event))',
        put: "(principal === undefined ? 'anybody' : principal(its, event))",
      },
    ],
  },
  {
    id: 'key by token',
    what: 'an Idempotency-Key counts per Authorization, which is renewed between two tries',
    source: 'usual sin: the token for who holds it',
    laws: ['platform/run-id'],
    patches: [
      {
        file: HTTP,
        find: '(principal === undefined ? principalOf(event) : principal(its, event))',
        put: '(principal === undefined ? undefined : principal(its, event))',
      },
    ],
  },
  {
    id: 'infrastructure is an outcome',
    what: 'an error of the infrastructure is thrown as if the run had ended with it',
    source: 'rule: never an infrastructure error as an outcome',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: 'src/lambda/receive.ts',
        find: 'return { thrown: shownInfrastructure(error) };',
        put: "return { thrown: Object.assign(new Error('failed'), { name: 'Error' }) };",
      },
    ],
  },
  {
    id: 'pending is a result',
    what: 'a run that is not done is answered as one without a result',
    source: 'usual sin: undefined for not yet',
    laws: ['platform/deadline'],
    patches: [
      {
        file: DIRECT,
        find: "        answer: { flowstate: 'accepted', run: id, state, ...(reason === undefined ? {} : { reason }) },\n",
        put: '        answer: undefined as never,\n',
      },
    ],
  },
  {
    id: 'cause shown',
    what: 'an error of the infrastructure is thrown with its message',
    source: 'thrown.ts: its code and no more',
    laws: ['platform/shown'],
    patches: [
      {
        file: 'core/delivery/thrown.ts',
        find: '`The invocation could not be carried out now. ${ERRORS[code].hint}`',
        put: 'String(error)',
      },
    ],
  },
  {
    id: 'schedule of one kind',
    what: 'the collector makes a pass for events of rules alone',
    source: 'collector.ts: what a schedule delivers is not looked at',
    laws: ['platform/collector'],
    patches: [
      {
        file: COLLECTOR,
        find: 'return receiving(flow, onError, async (_, { begun, answerBy }) => {\n',
        put: `return receiving(flow, onError, async (event, { begun, answerBy }) => {
    if ((event as { readonly source?: string }).source !== 'aws.events')
      return { answer: { passes: 0, looked: 0, launched: 0, paused: 0, notified: 0 } };
`,
      },
    ],
  },
];
