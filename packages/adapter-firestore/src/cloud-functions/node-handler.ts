/** Fetch-style handlers for the Functions Framework, which hands Express' requests and answers to functions. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError, type FetchHandler, type OnError, Refusal } from '@flowstate/core/http';
import { getRequestListener } from '@hono/node-server';
import { termination } from './termination.js';

/** A request of the framework, as far as it is looked at. */
export interface GcfRequest extends IncomingMessage {
  /** The body: the framework has read it. */
  readonly rawBody?: Buffer;
}

/** A handler for `functions.http`. */
export type GcfHandler = (request: GcfRequest, response: ServerResponse) => Promise<void>;

/** The handler of a fetch-style one. The process is not ended before its answers are out. */
export function toGcf(handler: FetchHandler, onError: OnError): GcfHandler {
  const listener = getRequestListener(handler, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      // Of its own errors, those of requests that have no valid address; of ours, none is thrown.
      const isMalformed = error instanceof Error && error.name === 'RequestError';
      return answerError(
        isMalformed ? new Refusal('HTTP_ADDRESS', 'the address is not valid') : error,
        undefined,
        onError,
      );
    },
  });
  termination.signal();
  return async (request, response) => {
    const answered = termination.begin();
    // A client may be gone by now: that is told once.
    if (response.closed) answered();
    else response.once('close', answered);
    await listener(request, response);
  };
}
