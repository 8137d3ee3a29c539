/**
 * Functions behind HTTP, whatever serves it: fetch-style handlers for entries, messages and the collector, and the invoker
 * that sends those messages. Adapters bring what is their platform's own.
 */

export { toConsole } from '../default-platform.js';
export { advising } from './advising.js';
export {
  answerError,
  checkMethod,
  type FetchHandler,
  guarded,
  json,
  type OnError,
  OUTCOME_HEADER,
  Refusal,
  RUN_ID_HEADER,
} from './answers.js';
export { NESTING_MAX, nestsDeeper } from './body.js';
export { type CollectorOptions, collector } from './collector.js';
export { answeringStatus, Entry, type EntryOptions, entry, type HttpOptions } from './entry.js';
export { type HttpInvokerOptions, httpInvoker, type MessageHeaders, signedHeaders } from './invoker.js';
export { type MessagesOptions, messages } from './messages.js';
export {
  type Manner,
  type Secret,
  SIGNATURE_HEADER,
  SIGNATURE_WINDOW_MS,
  type Signer,
  signerOf,
  signMessage,
  TASK_WINDOW_MS,
} from './signature.js';
export { outcomeOf, type ShownRun, statusOf, statusSignature } from './status.js';
