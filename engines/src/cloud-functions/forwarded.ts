/** What becomes of a request's headers on their way to an instance, and of an answer's on their way back. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Belong to one connection, not to the message. */
const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);
const BEARER = /^Bearer +(?<token>\S+)$/i;

/** What an `iam` service says to a request: status 401 and 403 refuse it. */
export type Admission =
  | { readonly status: 401 | 403; readonly message: string }
  | { readonly authorization: string };

/** The `Authorization` of a request to an `iam` service. The token is not checked; its signature does not go on. */
export function admit(request: IncomingMessage): Admission {
  const token = BEARER.exec(request.headers.authorization ?? '')?.groups?.token;
  if (token === undefined) {
    const message = 'The request was not authenticated: it needs Authorization: Bearer <identity token>';
    return { status: 403, message };
  }
  const parts = token.split('.');
  if (parts.length !== 3) return { status: 401, message: 'The access token could not be verified' };
  return { authorization: `Bearer ${parts[0]}.${parts[1]}.SIGNATURE_REMOVED_BY_GOOGLE` };
}

/** The headers that an instance is given. `authorization` takes the place of the request's own. */
export function forwardedHeaders(
  request: IncomingMessage,
  authorization: string | undefined,
): OutgoingHttpHeaders {
  const headers = messageHeaders(request);
  // Answered by this server already.
  delete headers.expect;
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '127.0.0.1';
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)},${client}`;
  headers['x-forwarded-proto'] = 'http';
  if (authorization !== undefined) headers.authorization = authorization;
  // One connection for one request: an instance that stood still would break one that it kept.
  headers.connection = 'close';
  return headers;
}

/** All headers of a request or an answer but those of its connection. */
export function messageHeaders({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders {
  const entries = Object.entries(headersDistinct).flatMap(([name, values]) => {
    if (values === undefined || HOP.has(name)) return [];
    return [[name, values.length === 1 ? values[0] : values] as const];
  });
  return Object.fromEntries(entries);
}
