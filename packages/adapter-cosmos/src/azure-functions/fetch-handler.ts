/** Fetch-style handlers for `app.http`, whose requests and answers are of the library's own. */
import { answerError, type FetchHandler, type OnError, Refusal } from '@flowstate/core/http';
import type { AzureHttpHandler, AzureHttpRequest, AzureHttpResponse } from './app.js';
import { termination } from './termination.js';

const WITHOUT_BODY = new Set(['GET', 'HEAD']);

/** The handler of a fetch-style one. The process is not ended before its answers are out. */
export function toAzure(handler: FetchHandler, onError: OnError): AzureHttpHandler {
  return async (request) => {
    const over = termination.begin();
    try {
      const response = await handled(handler, request, onError);
      return answerOf(response, over);
    } catch (error) {
      over();
      throw error;
    }
  };
}

async function handled(
  handler: FetchHandler,
  request: AzureHttpRequest,
  onError: OnError,
): Promise<Response> {
  try {
    return await handler(requestOf(request));
  } catch (error) {
    return answerError(error, undefined, onError);
  }
}

/** @throws Refusal HTTP_ADDRESS */
function requestOf({ method, url, headers, body }: AzureHttpRequest): Request {
  const sent =
    WITHOUT_BODY.has(method) || body === null || body === undefined
      ? {}
      : { body: body as ReadableStream<Uint8Array>, duplex: 'half' as const };
  try {
    return new Request(url, { method, headers: [...headers], ...sent });
  } catch {
    throw new Refusal('HTTP_ADDRESS', 'the address, or the method, is not valid');
  }
}

/** The library reads a body to its end before it answers, unless the app streams its answers. */
function answerOf({ status, headers, body }: Response, over: () => void): AzureHttpResponse {
  const answer = { status, headers: Object.fromEntries(headers) };
  if (body !== null) return { ...answer, body: untilRead(body, over) };
  over();
  return answer;
}

/** The same body; `over` is called when it has ended, or nobody reads it any more. */
function untilRead(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = await reader.read();
      if (!part.done) return controller.enqueue(part.value);
      controller.close();
      over();
    },
    cancel(reason) {
      over();
      return reader.cancel(reason);
    },
  });
}
