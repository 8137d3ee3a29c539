/** What stands in front of a function for HTTP: an API Gateway REST API, or an HTTP API or function URL. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyOf, listen } from '../function-host/loopback.js';
import { answerV1, answerV2, gatewayAnswer, type HttpAnswer } from './http-answer.js';
import { eventV1 } from './http-event-v1.js';
import { eventV2 } from './http-event-v2.js';
import { type Authorizer, type HttpRequest, readRequest } from './http-request.js';
import type { Outcome } from './outcome.js';
import { isThrottled, ServiceError } from './service-error.js';

/** A front to open. */
export interface HttpFrontOptions {
  readonly function: string;
  /** `v1`: REST API, format 1.0. `v2`: HTTP API and function URL, format 2.0. */
  readonly payload: 'v1' | 'v2';
  /** How long the front waits for an answer, in ms; as the gateways 29 000 (v1) and 30 000 (v2) where not given. */
  readonly timeoutMs?: number;
  /** What comes as `requestContext.authorizer`: `{ principalId }`, `{ jwt: { claims } }`, `{ lambda: {} }`, … */
  readonly authorizer?: Authorizer;
  /** v1 only: content types whose bodies come as base64. */
  readonly binaryTypes?: readonly string[];
}

/** A front, open. */
export interface HttpFront {
  readonly url: string;
  close(): Promise<void>;
}

interface Format {
  readonly timeoutMs: number;
  event(request: HttpRequest, binaryTypes: readonly string[]): object;
  answer(payload: string): HttpAnswer;
  readonly throttled: HttpAnswer;
  readonly late: HttpAnswer;
  readonly failed: HttpAnswer;
}

const FORMATS: Readonly<Record<HttpFrontOptions['payload'], Format>> = {
  v1: {
    timeoutMs: 29_000,
    event: eventV1,
    answer: answerV1,
    throttled: gatewayAnswer(503, 'Service Unavailable'),
    late: gatewayAnswer(504, 'Endpoint request timed out'),
    failed: gatewayAnswer(502, 'Internal server error'),
  },
  v2: {
    timeoutMs: 30_000,
    event: eventV2,
    answer: answerV2,
    throttled: gatewayAnswer(429, 'Too Many Requests'),
    late: gatewayAnswer(503, 'Service Unavailable'),
    failed: gatewayAnswer(502, 'Internal Server Error'),
  },
};

/** Opens a front on a free port. `invoke` runs its function. */
export async function openFront(
  options: HttpFrontOptions,
  invoke: (payload: string) => Promise<Outcome>,
): Promise<HttpFront> {
  const format = FORMATS[options.payload];
  const timeoutMs = options.timeoutMs ?? format.timeoutMs;
  return await listen(async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = readRequest(incoming, await bodyOf(incoming), options.authorizer);
    const event = JSON.stringify(format.event(request, options.binaryTypes ?? []));
    // The function goes on when the front no longer waits: so does the service's.
    const late = new AbortController();
    const answer = await Promise.race([
      answerOf(invoke(event), format),
      wait(timeoutMs, format.late, { signal: late.signal }),
    ]).finally(() => late.abort());
    const { status, headers, body } = answer;
    response.writeHead(status, { ...copied(headers), 'x-amzn-requestid': request.id }).end(body);
  });
}

async function answerOf(invoked: Promise<Outcome>, format: Format): Promise<HttpAnswer> {
  try {
    const outcome = await invoked;
    return outcome.ok ? format.answer(outcome.payload) : format.failed;
  } catch (error) {
    if (isThrottled(error)) return format.throttled;
    if (error instanceof ServiceError && error.status === 413) return gatewayAnswer(413, 'Request Too Long');
    throw error;
  }
}

function copied(headers: HttpAnswer['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
