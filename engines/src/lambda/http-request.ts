/** An HTTP request as both event formats see it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly id: string;
  readonly at: Date;
  readonly method: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  /** As sent, without the question mark. */
  readonly rawQuery: string;
  /** Names as sent, in their order; those of several values come several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** What an authorizer said of the caller; undefined where there is none. */
  readonly authorizer: Readonly<Record<string, unknown>> | undefined;
}

/** What the gateway knows of a caller: undefined where it has no authorizer. */
export type Authorizer = (
  headers: IncomingMessage['headers'],
) => Readonly<Record<string, unknown>> | undefined;

/** Reads a request; the gateway's own headers are added. */
export function readRequest(request: IncomingMessage, body: Buffer, authorizer?: Authorizer): HttpRequest {
  const [rawPath = '/', ...query] = (request.url ?? '/').split('?');
  const rawQuery = query.join('?');
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const port = String(request.socket.localPort ?? '');
  const added = [
    ['X-Forwarded-For', sourceIp],
    ['X-Forwarded-Port', port],
    ['X-Forwarded-Proto', 'http'],
  ] as const;
  return {
    id: randomUUID(),
    at: new Date(),
    method: request.method ?? 'GET',
    rawPath,
    rawQuery,
    headers: [...pairs(request.rawHeaders), ...added],
    query: [...new URLSearchParams(rawQuery)],
    body,
    sourceIp,
    authorizer: authorizer?.(request.headers),
  };
}

/** Values by name, in the order of their coming. */
export function grouped(entries: HttpRequest['headers']): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of entries) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

/** The value of a header, whatever its case. */
export function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** A time in the gateway's form: `12/Mar/2020:19:03:58 +0000`. */
export function gatewayTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function* pairs(rawHeaders: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) yield [rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''];
}
