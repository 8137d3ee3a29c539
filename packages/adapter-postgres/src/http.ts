/** Plain Node HTTP as a platform: entries, messages between functions, the collector, and servers for all of them. */
import { app } from './http/app.js';
import { collector } from './http/collector.js';
import { entry } from './http/entry.js';
import { messages } from './http/messages.js';

/** `http(fn)` answers a function's requests; with it come the other handlers of a flow. All are fetch-style. */
export const http = Object.assign(entry, { app, collector, messages });

export { type FetchHandler, type OnError, OUTCOME_HEADER, RUN_ID_HEADER } from './http/answers.js';
export type { HttpAppOptions } from './http/app.js';
export {
  type CollectorLoop,
  type CollectorLoopOptions,
  type CollectorOptions,
  collectorLoop,
} from './http/collector.js';
export type { EntryOptions, HttpOptions } from './http/entry.js';
export { type ExpressHandler, type ExpressRequest, toExpress } from './http/express.js';
export { type HttpInvokerOptions, httpInvoker } from './http/invoker.js';
export type { MessagesOptions } from './http/messages.js';
export { type NodeListener, type ServeOptions, type Serving, serve, toNode } from './http/node.js';
export type { Secret } from './http/signature.js';
