/** Invocations and HTTP requests as the platform laws see them: whoever sends is told the outcome. */
import { randomUUID } from 'node:crypto';
import type { Conclusion, DeliverOptions, Delivery, EventText, Trigger } from '@flowstate/conformance';
import { httpConclusion } from '@flowstate/conformance/platform';
import { ERRORS, type FlowFunction } from '@flowstate/core/adapter';
import { type DirectOptions, type HttpEvent, type HttpResult, lambda } from '../../src/lambda.js';
import { type Invoked, invoked } from './invocation.js';
import { ended, uuidOf } from './law-sources.js';

type AnyFunction = FlowFunction<unknown, unknown>;

/** Entries tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

interface Invocation {
  readonly requestId: string;
  readonly payload: unknown;
}

const asynchronous: Trigger<Invocation> = {
  name: 'invocation',
  identity: 'platform',
  tells: true,
  event: ({ identity, input }) => ({ requestId: uuidOf(identity), payload: input }),
  malformed: () => [
    { what: 'no payload', event: { requestId: uuidOf('m1'), payload: null } },
    { what: 'a message of another version', event: { requestId: uuidOf('m2'), payload: { flowstate: 2 } } },
  ],
  deliver: (fn, [event], options) => invokedDirectly(fn, event, options, {}),
};

interface Envelope {
  readonly id?: string;
  readonly input?: unknown;
}

const named: Trigger<Invocation> = {
  name: 'invocation with an id of the payload',
  identity: 'sender',
  tells: true,
  event: ({ identity, input }) => ({ requestId: randomUUID(), payload: { id: identity, input } }),
  malformed: () =>
    [{ id: 'm1' }, { id: '', input: { word: 'id' } }, { id: 7, input: { word: 'id' } }, null].map(
      (payload) => ({
        what: JSON.stringify(payload),
        event: { requestId: randomUUID(), payload },
      }),
    ),
  deliver: (fn, [event], options) =>
    invokedDirectly(fn, event, options, { id: ({ id }) => id, input: ({ input }) => input }),
};

async function invokedDirectly(
  fn: AnyFunction,
  event: Invocation | undefined,
  options: DeliverOptions,
  more: DirectOptions<Envelope, unknown, unknown, unknown>,
): Promise<Delivery> {
  const handler = lambda(fn, { ...more, wait: options.waitMs, onError });
  const { requestId = randomUUID(), payload } = event ?? {};
  const end = await invoked(handler, payload, { ...ended(options), requestId });
  return { conclusions: [concludedOf(end)], shown: JSON.stringify(end) };
}

/** What a careful invoker makes of an answer. */
function concludedOf(end: Invoked): Conclusion {
  if ('payload' in end) {
    const { payload } = end;
    const isAccepted = typeof payload === 'object' && payload !== null && 'flowstate' in payload;
    return isAccepted ? { concluded: 'accepted' } : { concluded: 'result', value: payload };
  }
  const { errorType, errorMessage } = end.functionError;
  if (!Object.hasOwn(ERRORS, errorType)) return { concluded: 'error', message: errorMessage };
  return /^(STORE_|RUN_INFRASTRUCTURE$)/.test(errorType)
    ? { concluded: 'retry' }
    : { concluded: 'refused', reason: errorMessage };
}

const BODY_BYTES_MAX = 128 * 1024;

/** An HTTP event, and how a format is filled in. */
interface Format {
  readonly name: string;
  event(headers: Readonly<Record<string, string>>, body: string, sender: string | undefined): HttpEvent;
}

const format1: Format = {
  name: 'http, format 1.0',
  event: (headers, body, sender) => ({
    resource: '/orders',
    path: '/orders',
    httpMethod: 'POST',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      path: '/prod/orders',
      stage: 'prod',
      requestId: randomUUID(),
      authorizer: sender === undefined ? {} : { principalId: sender, integrationLatency: 7 },
      identity: { sourceIp: '203.0.113.1', userArn: null, cognitoIdentityId: null },
    },
    body,
    isBase64Encoded: false,
  }),
};

const format2: Format = {
  name: 'http, format 2.0',
  event: (headers, body, sender) => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/orders',
    rawQueryString: '',
    headers,
    requestContext: {
      accountId: '123456789012',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      ...(sender === undefined
        ? {}
        : { authorizer: { jwt: { claims: { iss: 'https://idp.example', sub: sender }, scopes: [] } } }),
      http: { method: 'POST', path: '/orders', protocol: 'HTTP/1.1', sourceIp: '203.0.113.1' },
      requestId: randomUUID(),
    },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  }),
};

const JSON_HEADERS = { 'content-type': 'application/json', host: 'id.execute-api.us-east-1.amazonaws.com' };

function httpTrigger({ name, event }: Format): Trigger<HttpEvent> {
  const withKey = (key: string, body: string, type = 'application/json'): HttpEvent =>
    event({ ...JSON_HEADERS, 'content-type': type, 'idempotency-key': key }, body, undefined);
  return {
    name,
    identity: 'sender',
    tells: true,
    senders: true,
    bytesMax: BODY_BYTES_MAX,
    event: ({ identity, input, attempt, sender }: EventText) => {
      // A token is renewed between two tries of one sender.
      const authorization = sender === undefined ? {} : { authorization: `Bearer ${sender}-${attempt}` };
      const headers = { ...JSON_HEADERS, ...authorization, 'x-amzn-trace-id': randomUUID() };
      return event({ ...headers, 'idempotency-key': identity }, JSON.stringify(input), sender);
    },
    malformed: () => [
      { what: 'a body that breaks off', event: withKey('m1', '{"word":') },
      { what: 'a body of another type', event: withKey('m2', '{}', 'text/plain') },
      { what: 'a key that is too long', event: withKey('k'.repeat(300), '{"word":"key"}') },
      { what: 'a host that is none', event: event({ ...JSON_HEADERS, host: 'a b' }, '{}', undefined) },
      { what: 'a header that is none', event: event({ ...JSON_HEADERS, 'a b': 'c' }, '{}', undefined) },
    ],
    async deliver(fn, [sent], options) {
      const handler = lambda.http(fn, {
        wait: options.waitMs,
        bodyBytesMax: BODY_BYTES_MAX,
        onError,
      });
      const end = await invoked(handler, sent, ended(options));
      return { conclusions: [concludedOfHttp(end)], shown: JSON.stringify(end) };
    },
  };
}

/** What a careful client makes of an answer. */
function concludedOfHttp(end: Invoked): Conclusion {
  if ('functionError' in end) return { concluded: 'retry' };
  const { statusCode, body: text, headers: single = {}, multiValueHeaders = {} } = end.payload as HttpResult;
  const headers = new Headers({
    ...single,
    ...Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join()])),
  });
  return httpConclusion({ status: statusCode, headers, text });
}

/** Every way to ask. */
export const requests: readonly Trigger[] = [asynchronous, named, httpTrigger(format1), httpTrigger(format2)];
