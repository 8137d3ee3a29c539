/** Entries that make another run of an event, or tell its sender something else than what became of it. */
import type { Mutant } from '../mutant.js';

/** What is said of each, by the name that the model platform has for it. */
export const ENTRIES = {
  'run-id-of-the-attempt': {
    what: 'the run’s id has the number of the delivery in it',
    source: 'issue: the same run id from a redelivered event',
    laws: ['platform/run-id', 'platform/at-once'],
  },
  'run-id-of-the-input': {
    what: 'the run’s id is a hash of the input',
    source: 'issue: different ids from different events',
    laws: ['platform/run-id', 'platform/stored-input'],
  },
  'run-id-cut-off': {
    what: 'a long run id is cut off',
    source: 'usual sin: truncated value',
    laws: ['platform/run-id'],
  },
  'run-id-without-its-sender': {
    what: 'the same key from two senders is one run',
    source: 'docs/ADAPTERS.md: scoped by what the platform has authenticated',
    laws: ['platform/run-id'],
  },
  'run-id-of-the-process': {
    what: 'the run’s id has a word of the process in it',
    source: 'issue: the same run id from a redelivered event',
    laws: ['platform/run-id', 'platform/at-once'],
  },
  'batch-taken-whole': {
    what: 'a batch of which one event succeeded is acknowledged whole',
    source: 'issue: partial batches',
    laws: ['platform/partial-batches'],
  },
  'batch-failed-whole': {
    what: 'a batch of which one event failed is failed whole',
    source: 'issue: partial batches',
    laws: ['platform/partial-batches'],
  },
  'batch-ends-at-the-first-error': {
    what: 'events behind the first that failed are acknowledged, and never tried',
    source: 'issue: partial batches',
    laws: ['platform/partial-batches'],
  },
  'batch-answered-out-of-order': {
    what: 'of a batch the wrong events are named as failed',
    source: 'issue: partial batches',
    laws: ['platform/partial-batches'],
  },
  'infrastructure-error-told-as-an-error': {
    what: 'an error of the infrastructure is told as the run’s outcome',
    source: 'issue: never an infrastructure error as an outcome; runs P1',
    laws: ['platform/infrastructure-errors', 'platform/shown'],
  },
  'infrastructure-error-acknowledged': {
    what: 'an event that could not be served is acknowledged',
    source: 'issue: never an infrastructure error as an outcome',
    laws: ['platform/infrastructure-errors', 'platform/shown'],
  },
  'infrastructure-error-refused': {
    what: 'an event that could not be served is refused for good',
    source: 'issue: never an infrastructure error as an outcome',
    laws: ['platform/infrastructure-errors', 'platform/partial-batches'],
  },
  'only-known-errors-are-infrastructure': {
    what: 'an error of an unknown class is taken for a refusal',
    source: 'usual sin: unknown errors',
    laws: ['platform/infrastructure-errors'],
  },
  'pending-told-as-a-result': {
    what: '"not done yet" is told as the result null',
    source: 'study 2.2 #14',
    laws: ['platform/at-once'],
  },
  'accepted-before-it-is-stored': {
    what: 'an event is acknowledged before its run is stored',
    source: 'study 2.2 #17',
    laws: ['platform/run-id', 'platform/accepted', 'platform/at-once'],
  },
  'deadline-ignored': {
    what: 'the execution is not told when the platform ends it',
    source: 'issue: hands over before the deadline',
    laws: ['platform/deadline'],
  },
  'deadline-in-seconds': {
    what: 'the deadline is given in another unit',
    source: 'usual sin: units',
    laws: ['platform/deadline'],
  },
  'malformed-delivered-again': {
    what: 'what cannot be read is delivered again, for ever',
    source: 'issue: refuses malformed deliveries',
    laws: ['platform/refusals'],
  },
  'malformed-taken-for-nothing': {
    what: 'what cannot be read is taken for an empty event',
    source: 'issue: refuses malformed deliveries',
    laws: ['platform/refusals'],
  },
  'refused-delivered-again': {
    what: 'what is refused for good is delivered again, for ever',
    source: 'docs/ADAPTERS.md: a refused reply is for good',
    laws: ['platform/refusals', 'platform/stored-input'],
  },
  'refused-without-a-reason': {
    what: 'what is refused is refused in silence',
    source: 'docs/ADAPTERS.md: a refused reply is for good',
    laws: ['platform/refusals', 'platform/stored-input'],
  },
  'too-large-cut-off': {
    what: 'an event that is too large is cut off',
    source: 'usual sin: truncated value',
    laws: ['platform/refusals'],
  },
  'user-error-delivered-again': {
    what: 'an error that the handler threw is tried again',
    source: 'study 2.2 #20',
    laws: ['platform/user-errors'],
  },
  'user-error-told-as-a-result': {
    what: 'an error that the handler threw is told as a result',
    source: 'study 2.2 #20',
    laws: ['platform/user-errors', 'platform/shown'],
  },
  'stack-shown': {
    what: 'the sender is shown the stack of an error',
    source: 'usual sin',
    laws: ['platform/shown'],
  },
  'cause-shown': {
    what: 'the sender is shown what is inside an error',
    source: 'usual sin',
    laws: ['platform/shown'],
  },
  'store-error-shown': {
    what: 'the sender is shown the message of the database',
    source: 'usual sin',
    laws: ['platform/shown'],
  },
  'secret-shown': {
    what: 'the sender is shown a secret of the platform',
    source: 'usual sin',
    laws: ['platform/shown'],
  },
  'input-shown': {
    what: 'a refusal quotes the input',
    source: 'usual sin',
    laws: ['platform/shown'],
  },
  'another-input-refused': {
    what: 'under an id of the platform’s own another input is refused',
    source: 'docs/ADAPTERS.md: the stored input then wins; runs L11',
    laws: ['platform/stored-input'],
  },
  'another-input-wins': {
    what: 'another input under one id is another run',
    source: 'runs L11',
    laws: ['platform/stored-input'],
  },
  'another-input-of-a-sender-taken': {
    what: 'under an id that the sender chose another input is taken without a word',
    source: 'runs L11',
    laws: ['platform/stored-input'],
  },
} as const satisfies Record<string, Pick<Mutant, 'what' | 'source' | 'laws'>>;
