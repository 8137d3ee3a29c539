/** Requests as API Gateway (REST and HTTP APIs), function URLs and load balancers deliver them, and their answers. */
import { STATUS_CODES } from 'node:http';
import { Refusal } from '@flowstate/core/http';
import { isObject } from './records.js';

/** A request, as far as it is looked at: of format 1.0 (REST APIs, load balancers) or 2.0 (HTTP APIs, function URLs). */
export interface HttpEvent {
  readonly version?: string | undefined;
  /** Format 1.0. */
  readonly httpMethod?: string | undefined;
  readonly path?: string | undefined;
  readonly pathParameters?: { readonly [name: string]: string | undefined } | null | undefined;
  readonly headers?: { readonly [name: string]: string | undefined } | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  readonly requestContext: object;
}

/** An answer, whatever the format: each has the members that it takes. */
export interface HttpResult {
  statusCode: number;
  statusDescription?: string;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** Whether an event is a request, of whatever quality. */
export function isHttpEvent(event: unknown): event is HttpEvent {
  return isObject(event) && isObject(event.requestContext) && (isFormat2(event) || 'httpMethod' in event);
}

function isFormat2(event: Members): boolean {
  return event.version === '2.0';
}

function isLoadBalancer(event: Members): boolean {
  return isObject(event.requestContext) && 'elb' in event.requestContext;
}

/** The request of an event. @throws Refusal where it is none that a client can send */
export function requestOf(event: HttpEvent): Request {
  try {
    // What is in there was typed by the platform, and filled in by strangers.
    return isFormat2({ ...event }) ? requestOf2({ ...event }) : requestOf1({ ...event });
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('HTTP_ADDRESS', 'the event is not a valid request');
  }
}

function requestOf2(event: Members): Request {
  const context = isObject(event.requestContext) ? event.requestContext : {};
  const headers = headersOf(event.headers);
  if (Array.isArray(event.cookies)) headers.set('cookie', event.cookies.join('; '));
  const method = isObject(context.http) ? context.http.method : undefined;
  return request(event, method, headers, event.rawPath, String(event.rawQueryString ?? ''));
}

function requestOf1(event: Members): Request {
  const context = isObject(event.requestContext) ? event.requestContext : {};
  const headers = headersOf(event.multiValueHeaders ?? event.headers);
  const query = event.multiValueQueryStringParameters ?? event.queryStringParameters;
  // As the client wrote it: behind API Gateway, with the stage in front.
  const path = typeof context.path === 'string' ? context.path : event.path;
  // A load balancer leaves names and values encoded, API Gateway does not.
  return request(event, event.httpMethod, headers, path, queryOf(query, isLoadBalancer(event)));
}

function request(event: Members, method: unknown, headers: Headers, path: unknown, query: string): Request {
  if (typeof method !== 'string' || typeof path !== 'string')
    throw new Refusal('HTTP_ADDRESS', 'the event has no method or no path');
  const context = isObject(event.requestContext) ? event.requestContext : {};
  const host = headers.get('host') ?? String(context.domainName ?? 'localhost');
  const scheme = headers.get('x-forwarded-proto') === 'http' ? 'http' : 'https';
  const clean = path.replace(/[?#\\]/g, encodeURIComponent);
  const url = new URL(`${scheme}://${host}${clean.startsWith('/') ? '' : '/'}${clean}`);
  url.search = query;
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(event);
  return new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
}

function bodyOf({ body, isBase64Encoded }: Members): string | Uint8Array<ArrayBuffer> | undefined {
  if (typeof body !== 'string' || body === '') return undefined;
  return isBase64Encoded === true ? new Uint8Array(Buffer.from(body, 'base64')) : body;
}

function headersOf(members: unknown): Headers {
  const headers = new Headers();
  for (const [name, value] of pairsOf(members)) headers.append(name, value);
  return headers;
}

function queryOf(members: unknown, isEncoded: boolean): string {
  const pairs = pairsOf(members);
  return isEncoded ? pairs.map((pair) => pair.join('=')).join('&') : new URLSearchParams(pairs).toString();
}

/** Names with their values, one by one. */
function pairsOf(members: unknown): [name: string, value: string][] {
  return Object.entries(isObject(members) ? members : {}).flatMap(([name, values]) =>
    [values]
      .flat()
      .flatMap((value): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** The answer to an event. */
export async function resultOf(event: HttpEvent, response: Response): Promise<HttpResult> {
  const { status, headers } = response;
  const result = { statusCode: status, body: await response.text(), isBase64Encoded: false };
  if (isFormat2({ ...event })) {
    const cookies = headers.getSetCookie();
    headers.delete('set-cookie');
    return { ...result, headers: Object.fromEntries(headers), ...(cookies.length > 0 ? { cookies } : {}) };
  }
  const described = isLoadBalancer({ ...event })
    ? { ...result, statusDescription: `${status} ${STATUS_CODES[status] ?? ''}`.trim() }
    : result;
  // Whoever sends lists of values takes lists: a load balancer takes nothing else then.
  return 'multiValueHeaders' in event && isObject(event.multiValueHeaders)
    ? { ...described, multiValueHeaders: listsOf(headers) }
    : { ...described, headers: Object.fromEntries(headers) };
}

function listsOf(headers: Headers): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of headers) lists[name] = [...(lists[name] ?? []), value];
  return lists;
}
