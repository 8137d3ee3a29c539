/** Express (4 or 5) in front of a fetch-style handler. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FetchHandler } from '@flowstate/core/http';
import { toNode } from './node.js';

/** What Express adds to a request, as far as it matters here. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly body?: unknown;
}

/** A handler for `app.use` and `app.post`. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * A handler for Express, with or without a body parser in front of it. Under a mount path it sees the whole path: give
 * `http.app` the same `basePath`.
 */
export function toExpress(handler: FetchHandler): ExpressHandler {
  const listener = toNode(handler);
  return (request, response, next) => {
    const mounted = request.url;
    if (request.originalUrl !== undefined) request.url = request.originalUrl;
    const body = parsedBody(request);
    if (body !== undefined) Object.assign(request, { rawBody: body });
    // The listener takes the address before it returns.
    listener(request, response).catch(next);
    if (mounted !== undefined) request.url = mounted;
  };
}

/** The body that a parser has taken from the connection, as bytes again. */
function parsedBody({ body, readableDidRead }: ExpressRequest): Buffer | undefined {
  if (!readableDidRead || body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
