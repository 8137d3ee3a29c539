/** HTTP requests as the platform hands them to a worker, and what a worker answers as it goes out. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { NullableText, RpcCookie, RpcHttp, TypedData } from './protocol.js';

/** An answer, ready to be sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Belong to one connection, not to the message. */
const HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const SAME_SITE: Readonly<Record<string, string>> = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' };

/** A request for a worker. */
export function rpcRequest(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): RpcHttp {
  const headers = Object.entries(request.headersDistinct).flatMap(([name, values]) =>
    values === undefined || HOP.includes(name) ? [] : [[name, values.join(', ')] as const],
  );
  // A name that comes twice is one value, as the platform has it.
  const names = [...new Set(url.searchParams.keys())];
  const query = names.map((name) => [name, url.searchParams.getAll(name).join(',')] as const);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(query),
    nullableParams: nullable(Object.entries(params)),
    body: body.length === 0 ? null : { bytes: body },
  };
}

function nullable(entries: readonly (readonly [string, string])[]): Record<string, NullableText> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}

/** What goes out for a function's value: no content where there is none. */
export function httpAnswer(value: TypedData | null | undefined): HttpAnswer {
  const http = value?.http;
  if (http === undefined) return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const headers: OutgoingHttpHeaders = {};
  for (const [name, text] of Object.entries(http.headers ?? {})) {
    if (!HOP.includes(name.toLowerCase()) && name.toLowerCase() !== 'content-length') headers[name] = text;
  }
  const cookies = (http.cookies ?? []).map(cookieText);
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  const body = Buffer.from(http.body?.bytes ?? http.body?.string ?? http.body?.json ?? '');
  const status = Number(http.statusCode ?? 200);
  if (status !== 204 && status !== 304) headers['content-length'] = body.length;
  return { status, headers, body };
}

function cookieText(cookie: RpcCookie): string {
  const { name, value, domain, path, expires, secure, httpOnly, sameSite = '', maxAge } = cookie;
  const seconds = expires?.value?.seconds;
  const attributes = [
    `${name}=${encodeURIComponent(value)}`,
    domain?.value && `Domain=${domain.value}`,
    path?.value && `Path=${path.value}`,
    seconds !== undefined && `Expires=${new Date(seconds * 1_000).toUTCString()}`,
    maxAge?.value !== undefined && `Max-Age=${maxAge.value}`,
    SAME_SITE[sameSite] && `SameSite=${SAME_SITE[sameSite]}`,
    secure?.value === true && 'Secure',
    httpOnly?.value === true && 'HttpOnly',
  ];
  return attributes.filter((attribute) => typeof attribute === 'string' && attribute !== '').join('; ');
}
