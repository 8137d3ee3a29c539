// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Messages, notifications and changes that Lambda delivers, once or again. */

const DELIVER = 'core/delivery/deliver.ts';
const EVENTS_FILE = 'src/lambda/events.ts';
const SQS = 'src/lambda/sqs.ts';
const S3 = 'src/lambda/s3.ts';

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const EVENTS = [
  {
    id: 'request id of the batch',
    what: 'the run of a message is named by the invocation that brought it',
    source: 'rule: run ids from the trigger; a redelivery has another request id',
    laws: ['platform/run-id'],
    patches: [
      {
        file: SQS,
        find: 'deliver(fn, parcelOf(record as Rec, options), invocation,',
        put: 'deliver(fn, { ...parcelOf(record as Rec, options), ownId: () => `${invocation.context.awsRequestId}/${records.indexOf(record)}` }, invocation,',
      },
    ],
  },
  {
    id: 'whole batch again',
    what: 'one message that is to come again brings all of its batch',
    source: 'usual sin: a batch as one',
    laws: ['platform/partial-batches'],
    patches: [
      {
        file: SQS,
        find: 'records.filter((record) => again.has(record));',
        put: 'records.filter(() => again.size > 0);',
      },
    ],
  },
  {
    id: 'first failure alone',
    what: 'of the messages that are to come again only the first is named',
    source: 'usual sin: the answer of streams for that of queues',
    laws: ['platform/partial-batches'],
    patches: [
      {
        file: SQS,
        find: 'records.filter((record) => again.has(record));',
        put: 'records.filter((record) => again.has(record)).slice(0, 1);',
      },
    ],
  },
  {
    id: 'last failure of a stream',
    what: 'a stream goes on behind the first failure',
    source: 'usual sin: checkpoints commit what is before',
    laws: ['platform/partial-batches'],
    patches: [
      {
        file: EVENTS_FILE,
        find: 'list.find((event) => again.has(event));',
        put: 'list.findLast((event) => again.has(event));',
      },
    ],
  },
  {
    id: 'left to nobody',
    what: 'an event is left to the collector whether its run is stored or not',
    source: 'review: a redriven message has another id, so a stored run is not delivered again',
    laws: ['platform/accepted'],
    patches: [
      { file: DELIVER, find: "    return ended !== 'refused';\n", put: '    return true || ended;\n' },
    ],
  },
  {
    id: 'failure swallowed',
    what: 'an event that met an error of the infrastructure is said to be done',
    source: 'usual sin: logged and forgotten',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: DELIVER,
        find: "return goesOn ? 'done' : 'again';",
        put: "return 'done';",
      },
    ],
  },
  {
    id: 'accepted before it is stored',
    what: 'an event is done with before its run is stored',
    source: 'usual sin: fire and forget',
    laws: ['platform/accepted'],
    patches: [
      {
        file: DELIVER,
        find: '    const ending = await endOf(fn, parcel, text, times);\n',
        put: "    call(fn, text, times).catch(onError);\n    const ending = { ended: 'result', value: undefined } as Ending;\n",
      },
    ],
  },
  {
    id: 'error of the handler comes again',
    what: 'an event whose run ended with an error is delivered again',
    source: 'rule: an error of user code is an outcome',
    laws: ['platform/user-errors'],
    patches: [
      {
        file: DELIVER,
        find: '    onError(new Error(ended, { cause: rebuildError(ending.error) }));\n',
        put: "    onError(new Error(ended, { cause: rebuildError(ending.error) }));\n    return 'again';\n",
      },
    ],
  },
  {
    id: 'refused for ever',
    what: 'what can never be run is delivered again unless told otherwise',
    source: 'usual sin: poison messages',
    laws: ['platform/refusals'],
    patches: [{ file: SQS, find: "refused = 'drop'", put: "refused = 'redeliver'" }],
  },
  {
    id: 'configuration in the hash',
    what: 'the id of a change of a bucket has in it which notification told of it',
    source: 'usual sin: a hash of the whole event',
    laws: ['platform/stored-input'],
    patches: [
      {
        file: S3,
        find: 's3Id({ eventName, eventTime, responseElements, s3: { bucket, object } }: S3Record)',
        put: 's3Id({ eventName, eventTime, responseElements, s3: { bucket, object, configurationId = "" } }: S3Record)',
      },
      {
        file: S3,
        find: 'when, eventName)}`',
        put: 'when, eventName, configurationId)}`',
      },
    ],
  },
  {
    id: 'time in the hash',
    what: 'the id of a change of a bucket has in it when it was told',
    source: 'usual sin: a hash of the whole event',
    laws: ['platform/run-id'],
    patches: [
      {
        file: S3,
        find: 'const when = sequencer ?? ',
        put: 'const when = (sequencer ?? "") + ',
      },
    ],
  },
];
