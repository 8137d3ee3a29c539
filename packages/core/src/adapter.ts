/** What the author of an adapter needs, and no more: the ports, what a write means, the closed list of fields, errors. */
export { decode, decodeOutcome, encode, rebuildError } from './codec.js';
export type { Duration } from './context.js';
export { processPlatform } from './default-platform.js';
export { milliseconds } from './duration.js';
export type { ErrorCode, ErrorDetails, StoreErrorCode } from './errors.js';
export { ERRORS, FlowstateError, isFlowstateError, StoreError } from './errors.js';
export type { Flow } from './flow.js';
export type { Delivery, FlowFunction, Receiver } from './function.js';
export type { Field, FieldKind } from './platform/fields.js';
export { FIELDS, fieldKind } from './platform/fields.js';
export { hash } from './platform/hash.js';
export type { Invoker } from './platform/invoker.js';
export type { Call, Caller, Launch, Message, Reply, RunStatus, Thrown } from './platform/message.js';
export { parseMessage, parseReply, parseThrown, refused } from './platform/message.js';
export type { Platform } from './platform/platform.js';
export {
  keyAt,
  listedAt,
  listedBetween,
  placeOf,
  placesOf,
  queuePlace,
  type TextRange,
} from './platform/queue-place.js';
export {
  changed,
  checkKey,
  checkListing,
  checkQuery,
  checkWrite,
  effectOf,
  holds,
  holdsAll,
  projected,
  valueAt,
} from './platform/semantics.js';
export {
  checkedShards,
  type QueuePlace,
  type ShardPage,
  type ShardQuestion,
  shardedList,
  shardOf,
} from './platform/sharded-list.js';
export type * from './platform/store.js';
export { storedFields } from './platform/stored-fields.js';
export type {
  Exists,
  Stale,
  VersionedContent,
  VersionedDatabase,
  VersionedStoreOptions,
} from './platform/versioned-store.js';
export { versionedStore } from './platform/versioned-store.js';
export { runKey } from './protocol/layout.js';
export { TimeOver, within } from './time-limit.js';
