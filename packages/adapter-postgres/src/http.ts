/** Plain Node HTTP as a platform: entries, messages between functions, the collector, and servers for all of them. */
import type { FlowFunction } from '@flowstate/core/adapter';
import { collector, entry, type FetchHandler, type HttpOptions, messages } from '@flowstate/core/http';
import { app } from './http/app.js';

/** `http(fn)` answers a function's requests; with it come the other handlers of a flow. All are fetch-style. */
export const http = Object.assign(
  <Input, Output>(fn: FlowFunction<Input, Output>, options: HttpOptions<Input, Output> = {}): FetchHandler =>
    entry(fn, options),
  { app, collector, messages },
);

export {
  type CollectorOptions,
  type EntryOptions,
  type FetchHandler,
  type HttpInvokerOptions,
  type HttpOptions,
  httpInvoker,
  type MessagesOptions,
  type OnError,
  OUTCOME_HEADER,
  RUN_ID_HEADER,
  type Secret,
} from '@flowstate/core/http';
export type { HttpAppOptions } from './http/app.js';
export { type CollectorLoop, type CollectorLoopOptions, collectorLoop } from './http/collector-loop.js';
export { type ExpressHandler, type ExpressRequest, toExpress } from './http/express.js';
export { type NodeListener, type ServeOptions, type Serving, serve, toNode } from './http/node.js';
