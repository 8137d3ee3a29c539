// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is looked for is the text of templates
/** Requests, events, messages of topics and the collector on Cloud Functions: what is answered, and when. */

/** All of them. @type {readonly import('../adapters.mjs').Mutant[]} */
export const ENTRIES = [
  {
    id: 'identity ignored',
    what: 'an Idempotency-Key counts per Authorization, which is renewed each hour',
    source: 'usual sin: the token for who holds it',
    laws: ['platform/run-id'],
    patches: [
      { file: 'src/cloud-functions/http.ts', find: '...(isIam ? { principal: subjectOf } : {}),', put: '' },
    ],
  },
  {
    id: 'one identity for all',
    what: 'of an identity only its issuer counts',
    source: 'rule: Idempotency-Key scoped by principal',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/cloud-functions/identity.ts',
        find: "JSON.stringify(['jwt', iss, sub])",
        put: "JSON.stringify(['jwt', iss])",
      },
    ],
  },
  {
    id: 'id by chance',
    what: 'an event that comes again is another run',
    source: 'rule: run ids from the trigger',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/cloud-functions/cloud-event.ts',
        find: 'ownId: () => own,',
        put: 'ownId: () => crypto.randomUUID(),',
      },
    ],
  },
  {
    id: 'id of the attempt',
    what: 'the id of an event has in it when it was sent',
    source: 'usual sin: a hash of the whole event',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/cloud-functions/cloud-event.ts',
        find: 'ownId: () => own,',
        put: 'ownId: () => `${own}/${event.time}`,',
      },
    ],
  },
  {
    id: 'message id by chance',
    what: 'a message that comes again is another run',
    source: 'rule: run ids from the trigger; usual sin: the id of the delivery',
    laws: ['platform/run-id'],
    patches: [
      {
        file: 'src/cloud-functions/pubsub.ts',
        find: 'ownId: () => message.messageId,',
        put: 'ownId: () => crypto.randomUUID(),',
      },
    ],
  },
  {
    id: 'infrastructure is acknowledged',
    what: 'an event that met an error of the infrastructure is acknowledged',
    source: 'usual sin: logged and forgotten',
    laws: ['platform/infrastructure-errors'],
    patches: [
      {
        file: 'src/cloud-functions/events.ts',
        find: "if (fate === 'done') return;",
        put: "if (fate === 'done' || fate === 'again') return;",
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
        file: 'src/cloud-functions/events.ts',
        find: '      const fate = await deliver(fn, parcelOf(event), times, { onError, refused });\n',
        put: `      let failed = false;
      const note = (error: unknown): void => {
        failed ||= error instanceof Error && !('code' in error);
        onError(error);
      };
      const fate = failed ? 'again' : await deliver(fn, parcelOf(event), times, { onError: note, refused });
      if (failed) throw new Error('again');
`,
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
        file: 'src/cloud-functions/events.ts',
        find: "refused = 'drop' }: EventOptions",
        put: "refused = 'redeliver' }: EventOptions",
      },
    ],
  },
  {
    id: 'malformed is forgotten',
    what: 'nobody is told of what can never be run',
    source: 'usual sin: a catch without a word',
    laws: ['platform/refusals'],
    patches: [
      {
        file: 'src/cloud-functions/events.ts',
        find: '{ onError, refused });',
        put: '{ onError: () => undefined, refused });',
      },
    ],
  },
  {
    id: 'accepted before it is stored',
    what: 'an event is acknowledged before its run is stored',
    source: 'usual sin: fire and forget',
    laws: ['platform/accepted'],
    patches: [
      {
        file: 'src/cloud-functions/events.ts',
        find: '      const fate = await deliver(fn, parcelOf(event), times, { onError, refused });\n',
        put: `      deliver(fn, parcelOf(event), times, { onError, refused });
      const fate: string = 'done';
`,
      },
    ],
  },
  {
    id: 'deadline forgotten',
    what: 'the execution of an event is not told when its request ends',
    source: 'rule: hands over before the deadline',
    laws: ['platform/deadline'],
    patches: [
      {
        file: 'src/cloud-functions/events.ts',
        find: 'timesOf(processPlatform.now(), timeoutMs)',
        put: 'timesOf(processPlatform.now(), 60 * timeoutMs)',
      },
    ],
  },
  {
    id: 'anybody without an identity collects',
    what: 'behind IAM the collector takes requests without an identity',
    source: 'docs/ADAPTERS.md: the collector is refused unless authenticated',
    laws: ['platform/collector'],
    patches: [
      {
        file: 'src/cloud-functions/collector.ts',
        find: 'if (subjectOf(request) === undefined)',
        put: 'if (subjectOf(request) === null)',
      },
    ],
  },
  {
    id: 'an identity for the secret',
    what: 'the collector that asks for a secret takes any identity as well',
    source: 'identity.ts: without IAM no token is believed',
    laws: ['platform/collector'],
    patches: [
      {
        file: 'src/cloud-functions/collector.ts',
        find: ': coreCollector({ collect }, { secret, onError: told }),',
        put: ': (request) => (subjectOf(request) ? collectorBehindIam : coreCollector)({ collect }, Object.assign(told, { secret, onError: told }))(request),',
      },
    ],
  },
];
