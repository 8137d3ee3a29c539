/** Invokers, receiving sides and collectors that take one thing for another. */
import type { Mutant } from '../mutant.js';

/** What is said of each, by the name that the model platform has for it. */
export const INVOKERS = {
  'time-out-answered-by-default': {
    what: 'a callee that does not answer in time is taken to have ended with nothing',
    source: 'issue: a callee that times out',
    laws: ['platform/invoker-faults'],
  },
  'throttling-taken-for-a-refusal': {
    what: 'a callee that is throttled is taken to refuse for good',
    source: 'issue: a callee that is throttled',
    laws: ['platform/invoker-faults'],
  },
  'error-status-taken-for-pending': {
    what: 'an error of the platform is taken for "not done yet"',
    source: 'runs W10',
    laws: ['platform/invoker-faults'],
  },
  'crash-answered-by-default': {
    what: 'a callee that crashed is taken to have ended with nothing',
    source: 'issue: a callee that crashes',
    laws: ['platform/invoker-faults'],
  },
  'garbage-taken-for-a-result': {
    what: 'an answer that cannot be read is taken for a result',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
  },
  'status-unknown-where-nobody-answers': {
    what: 'a callee that does not answer is said to know no such run',
    source: 'invoker.ts: whatever is no reply is thrown',
    laws: ['platform/invoker-faults'],
  },
  'status-of-nothing-thrown': {
    what: 'a run that there is not is an error',
    source: 'invoker.ts: unknown',
    laws: ['platform/invoker-messages'],
  },
  'start-waits-for-the-run': {
    what: 'an asynchronous message waits for the run that it starts',
    source: 'invoker.ts: resolves when the message is on its way',
    laws: ['platform/invoker-messages'],
  },
  'message-cut-off': {
    what: 'a large message is cut off',
    source: 'usual sin: truncated value',
    laws: ['platform/invoker-messages'],
  },
  'replies-mixed-up': {
    what: 'the reply to one message is taken for that to another',
    source: 'usual sin: the reply of another request',
    laws: ['platform/invoker-messages'],
  },
  'call-repeated-under-another-id': {
    what: 'a message that is sent again has an id of its own',
    source: 'runs C6',
    laws: ['platform/invoker-faults'],
  },
  'anybody-may-send': {
    what: 'a message is taken from anybody',
    source: 'docs/ADAPTERS.md: messages are refused unless authenticated',
    laws: ['platform/authentic-messages'],
  },
  'signature-without-the-body': {
    what: 'what is signed of a message is only its head',
    source: 'usual sin',
    laws: ['platform/authentic-messages'],
  },
  'collector-does-nothing': {
    what: 'the schedule’s event is acknowledged, and nothing is done',
    source: 'study 2.2 #18',
    laws: ['platform/collector'],
  },
  'anybody-may-collect': {
    what: 'the schedule’s event is taken from anybody',
    source: 'docs/ADAPTERS.md: the collector is refused unless authenticated',
    laws: ['platform/collector'],
  },
} as const satisfies Record<string, Pick<Mutant, 'what' | 'source' | 'laws'>>;
