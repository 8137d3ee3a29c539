/** The invoke API: `POST /2015-03-31/functions/{name or ARN}/invocations`, as `LambdaClient` calls it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../function-host/loopback.js';
import type { EventQueue } from './event-queue.js';
import { ACCOUNT, arnOf, REGION } from './function.js';
import { checkPayload, type LambdaService } from './service.js';
import { functionNotFound, invalidParameter, requestTooLarge, ServiceError } from './service-error.js';

/** The largest event: 1 MB since October 2025, 256 KB before. */
export const EVENT_BYTES_MAX = 1024 * 1024;

const PATH = /^\/2015-03-31\/functions\/(?<target>[^/]+)\/invocations$/;
/** A name, `account:function:name`, or a whole ARN, each with a version or alias or without. */
const TARGET =
  /^(?:(?:arn:aws:lambda:(?<region>[^:]+):)?(?<account>\d{12}):function:)?(?<name>[A-Za-z0-9_-]+)(?::(?<version>[^:]+))?$/;

/** Answers one request of the invoke API. */
export async function answerInvoke(
  request: IncomingMessage,
  response: ServerResponse,
  service: LambdaService,
  events: EventQueue,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amzn-requestid', requestId);
  const body = await bodyOf(request);
  try {
    await invoke(request, response, { requestId, payload: body.toString() || '{}', service, events });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, status, message, fields } = error;
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
    response.end(JSON.stringify({ ...fields, Message: message, message }));
  }
}

interface Invoke {
  readonly requestId: string;
  readonly payload: string;
  readonly service: LambdaService;
  readonly events: EventQueue;
}

async function invoke(request: IncomingMessage, response: ServerResponse, call: Invoke): Promise<void> {
  const { requestId, payload, service, events } = call;
  const definition = service.find(nameIn(request));
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') {
    response.writeHead(204).end();
  } else if (type === 'Event') {
    checkEvent(payload);
    events.accept(definition, requestId, payload);
    response.writeHead(202).end();
  } else if (type === 'RequestResponse') {
    const clientContext = clientContextOf(request);
    const outcome = await service.invoke(definition.name, { requestId, payload, clientContext });
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(outcome.ok ? {} : { 'x-amz-function-error': 'Unhandled' }),
    });
    response.end(outcome.payload);
  } else {
    throw invalidParameter(`InvocationType must be RequestResponse, Event or DryRun, not ${type}`);
  }
}

/** The name that a request is for. Only the version $LATEST is there. */
function nameIn(request: IncomingMessage): string {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const encoded = request.method === 'POST' ? PATH.exec(url.pathname)?.groups?.target : undefined;
  if (encoded === undefined) {
    throw new ServiceError(
      'UnknownOperationException',
      404,
      `${request.method} ${url.pathname} is not served here`,
    );
  }
  const target = decodeURIComponent(encoded);
  const { region = REGION, account = ACCOUNT, name, version } = TARGET.exec(target)?.groups ?? {};
  if (name === undefined) throw invalidParameter(`${target} is no name or ARN of a function`);
  const qualifier = url.searchParams.get('Qualifier') ?? version ?? '$LATEST';
  if (region !== REGION || account !== ACCOUNT) throw functionNotFound(target);
  if (qualifier !== '$LATEST') throw functionNotFound(`${arnOf(name)}:${qualifier}`);
  return name;
}

function checkEvent(payload: string): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > EVENT_BYTES_MAX) {
    const limit = `(limit ${EVENT_BYTES_MAX} bytes)`;
    throw requestTooLarge(`${bytes} byte payload is too large for the Event invocation type ${limit}`);
  }
  checkPayload(payload);
}

function clientContextOf(request: IncomingMessage): string | undefined {
  const header = request.headers['x-amz-client-context'];
  if (typeof header !== 'string') return undefined;
  const json = Buffer.from(header, 'base64').toString();
  try {
    JSON.parse(json);
  } catch {
    throw new ServiceError(
      'InvalidRequestContentException',
      400,
      'Client context must be a valid Base64-encoded JSON object.',
    );
  }
  return json;
}
