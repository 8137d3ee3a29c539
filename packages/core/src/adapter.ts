/** What the author of an adapter needs, and no more: the ports, what a write means, the closed list of fields, errors. */
export { decode, encode, rebuildError } from './codec.js';
export type { Duration } from './context.js';
export { processPlatform } from './default-platform.js';
export { ERRORS, FlowstateError, isFlowstateError, StoreError } from './errors.js';
export type { ErrorCode, ErrorDetails, StoreErrorCode } from './errors.js';
export type { Delivery, Flow } from './flow.js';
export type { FlowFunction } from './function.js';
export { FIELDS, fieldKind } from './platform/fields.js';
export type { Field, FieldKind } from './platform/fields.js';
export type { Invoker } from './platform/invoker.js';
export { hash } from './platform/hash.js';
export { parseMessage, parseReply, parseThrown, refused } from './platform/message.js';
export type { Call, Caller, Launch, Message, Reply, RunStatus, Thrown } from './platform/message.js';
export type { Platform } from './platform/platform.js';
export { runKey } from './protocol/layout.js';
export { milliseconds } from './duration.js';
export { changed, checkKey, checkWrite, effectOf, holds, holdsAll, valueAt } from './platform/semantics.js';
export type * from './platform/store.js';
