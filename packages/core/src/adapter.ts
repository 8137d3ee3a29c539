/** What the author of an adapter needs, and no more: the ports, what a write means, the closed list of fields, errors. */
export { ERRORS, FlowstateError, isFlowstateError, StoreError } from './errors.js';
export type { ErrorCode, ErrorDetails, StoreErrorCode } from './errors.js';
export { FIELDS, fieldKind } from './platform/fields.js';
export type { Field, FieldKind } from './platform/fields.js';
export type { Invoker } from './platform/invoker.js';
export { parseMessage, parseReply, refused } from './platform/message.js';
export type { Call, Caller, Launch, Message, Reply, RunStatus, Thrown } from './platform/message.js';
export type { Platform } from './platform/platform.js';
export { changed, checkKey, checkWrite, effectOf, holds, holdsAll, valueAt } from './platform/semantics.js';
export type * from './platform/store.js';
