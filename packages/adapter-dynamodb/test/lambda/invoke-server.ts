/** The Invoke API of Lambda over HTTP, in front of a handler in this process, with the service's limits of payloads. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type AnyHandler, type FunctionError, invoked } from './invocation.js';

/** The service's limit of a synchronous payload, in either direction, and of an asynchronous one, in bytes. */
export const SYNCHRONOUS_BYTES_MAX = 6 * 1024 * 1024;
export const ASYNCHRONOUS_BYTES_MAX = 256 * 1024;

/** A server, listening on loopback. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that invokes. */
export interface InvokeServer extends Listening {
  /** Function names with their qualifiers, as they were invoked, oldest first. */
  readonly invocations: readonly string[];
}

interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Serves a handler under every name. */
export async function invokeServer(handler: AnyHandler): Promise<InvokeServer> {
  const invocations: string[] = [];
  return { ...(await listening((request) => answer(handler, request, invocations))), invocations };
}

/** Answers every request with one thing. */
export function answering(answered: Answered): Promise<Listening> {
  return listening(async () => answered);
}

async function listening(answerTo: (request: IncomingMessage) => Promise<Answered>): Promise<Listening> {
  const server = createServer((request, response) => {
    answerTo(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  handler: AnyHandler,
  request: IncomingMessage,
  invocations: string[],
): Promise<Answered> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname) ?? [];
  if (name === undefined || request.method !== 'POST')
    return serviceError(404, 'UnknownOperationException', 'no such operation');
  invocations.push([decodeURIComponent(name), ...searchParams.values()].join(':'));
  const body = await text(request);
  const isEvent = request.headers['x-amz-invocation-type'] === 'Event';
  const bytesMax = isEvent ? ASYNCHRONOUS_BYTES_MAX : SYNCHRONOUS_BYTES_MAX;
  if (Buffer.byteLength(body) > bytesMax)
    return serviceError(413, 'RequestTooLargeException', `the payload has more than ${bytesMax} bytes`);
  const work = invoked(handler, JSON.parse(body), { requestId: randomUUID() });
  if (isEvent) return { status: 202, body: '' };
  const ended = await work;
  if ('functionError' in ended) return functionError(ended.functionError);
  const payload = JSON.stringify(ended.payload);
  if (Buffer.byteLength(payload) > SYNCHRONOUS_BYTES_MAX) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${SYNCHRONOUS_BYTES_MAX} bytes).`;
    return functionError({ errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] });
  }
  return { status: 200, headers: { 'x-amz-executed-version': '$LATEST' }, body: payload };
}

function functionError(error: FunctionError): Answered {
  return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(error) };
}

/** An error of the service itself. */
export function serviceError(status: number, name: string, message: string): Answered {
  return { status, headers: { 'x-amzn-errortype': name }, body: JSON.stringify({ Message: message }) };
}
