/** The HTTP front of an app: it finds the function of a request, asks for its key, and hands on what a worker answers. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpAnswer } from '../function-host/http-answer.js';
import { bodyOf } from '../function-host/loopback.js';
import { httpAnswer, rpcRequest } from './http-message.js';
import type { Invocations } from './invocations.js';
import type { InvocationResponse } from './protocol.js';
import type { AuthLevel, HttpRoute, Routes } from './routes.js';
import { triggerMetadata } from './typed-data.js';
import { type FunctionWorker, InvocationFailed } from './worker.js';

/** What a front needs from whoever opens it. */
export interface HttpFrontOptions {
  readonly routes: Routes;
  readonly invocations: Invocations;
  readonly functionKey: string;
  readonly masterKey: string;
  /** How long a request waits for a worker, in ms. */
  readonly pendingMs: number;
  /** Asked before an answer is handed on: true where it is lost, and its worker killed. */
  losesAnswer(worker: FunctionWorker, answer: HttpAnswer): Promise<boolean>;
}

/** Answers one request. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpFrontOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const body = await bodyOf(request);
  const found = options.routes.match(request.method ?? 'GET', url.pathname);
  if (found === undefined) return finish(response, 404);
  const { route, params } = found;
  if (!isAdmitted(route.authLevel, request, url, options)) return finish(response, 401);
  const http = rpcRequest(request, url, params, body);
  const { metadata, binding } = route;
  const invocation = {
    inputData: [{ name: binding, data: { http } }],
    triggerMetadata: triggerMetadata(metadata.name, { ...params }),
  };
  const waited = AbortSignal.timeout(options.pendingMs);
  try {
    const { response: heard, worker } = await options.invocations.invoke(metadata, invocation, waited);
    const answer = httpAnswer(answerIn(route, heard));
    const lost = await options.losesAnswer(worker, { of: metadata.name, request, status: answer.status });
    if (lost) return finish(response, 500);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  } catch (error) {
    // Whatever it was is nothing for strangers. Who has no worker may come again.
    const stopped = error instanceof InvocationFailed && error.reason === 'stopped';
    finish(response, stopped || error === waited.reason ? 503 : 500);
  }
}

/** What goes out is the function's value, or the output that is for HTTP. */
function answerIn({ metadata }: HttpRoute, { returnValue, outputData = [] }: InvocationResponse) {
  if (metadata.bindings.$return?.type === 'http') return returnValue;
  return outputData.find(({ name }) => metadata.bindings[name]?.type === 'http')?.data;
}

function isAdmitted(
  level: AuthLevel,
  request: IncomingMessage,
  url: URL,
  { functionKey, masterKey }: HttpFrontOptions,
): boolean {
  if (level === 'anonymous') return true;
  const header = request.headers['x-functions-key'];
  const key = typeof header === 'string' ? header : url.searchParams.get('code');
  if (key === null) return false;
  const taken = level === 'admin' ? [masterKey] : [functionKey, masterKey];
  return taken.some((each) => areSame(each, key));
}

function areSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function finish(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
