/**
 * What test stores are asked, as plain data: by tests, by the fault decorator's records and by the explorer.
 */

import type {
  Fields,
  KeyPage,
  Listing,
  Outcome,
  Page,
  Query,
  Row,
  RowKey,
  Write,
} from '../platform/store.js';
import type { VersionedContent, VersionedDatabase } from '../platform/versioned-store.js';

interface Exchange {
  read: { ask: { readonly key: RowKey }; reply: Row | undefined };
  write: { ask: { readonly write: Write; readonly returning: boolean }; reply: Outcome };
  query: { ask: { readonly query: Query }; reply: Page };
  list: { ask: { readonly listing: Listing }; reply: KeyPage };
  get: { ask: { readonly key: RowKey; readonly mark?: string }; reply: VersionedContent | undefined };
  create: {
    ask: { readonly key: RowKey; readonly fields: Fields };
    reply: Awaited<ReturnType<VersionedDatabase['create']>>;
  };
  replace: {
    ask: { readonly key: RowKey; readonly version: string; readonly fields: Fields };
    reply: Awaited<ReturnType<VersionedDatabase['replace']>>;
  };
  remove: {
    ask: { readonly key: RowKey; readonly version: string };
    reply: Awaited<ReturnType<VersionedDatabase['remove']>>;
  };
}

/** What can be asked: the store port's four, and those of a database that only compares versions. */
export type Method = keyof Exchange;
/** The reply to a request of that method. */
export type ReplyOf<M extends Method> = Exchange[M]['reply'];
/** Any request. */
export type Request = { [M in Method]: { readonly method: M } & Exchange[M]['ask'] }[Method];
/** A request of that method. */
export type RequestOf<M extends Method> = Extract<Request, { readonly method: M }>;
/** Any reply. */
export type AnyReply = ReplyOf<Method>;
/** Sends requests to a database. */
export type Send = <M extends Method>(request: RequestOf<M>) => Promise<ReplyOf<M>>;

/** Whether a request may change the database. */
export function isWrite(request: Request): boolean {
  return ['write', 'create', 'replace', 'remove'].includes(request.method);
}

function address(key: RowKey): string {
  return `${key.table}/${key.partition}/${key.sort}`;
}

/** A request on one line, for traces and failures. */
export function describeRequest(request: Request): string {
  switch (request.method) {
    case 'read':
      return `read ${address(request.key)}`;
    case 'get':
      return `get ${address(request.key)}${request.mark === undefined ? '' : ` (mark ${request.mark})`}`;
    case 'write':
      return describeWrite(request.write);
    case 'create':
      return `create ${address(request.key)} ${JSON.stringify(request.fields)}`;
    case 'replace':
      return `replace ${address(request.key)} under ${request.version} by ${JSON.stringify(request.fields)}`;
    case 'remove':
      return `remove ${address(request.key)} under ${request.version}`;
    case 'query': {
      const { table, partition, ...rest } = request.query;
      return `query ${table}/${partition} ${JSON.stringify(rest)}`;
    }
    case 'list':
      return `list ${JSON.stringify(request.listing)}`;
  }
}

function path(path: string | readonly [string, string]): string {
  return typeof path === 'string' ? path : path.join('.');
}

function describeWrite(write: Write): string {
  if (write.write === 'create') return `create ${address(write.key)} ${JSON.stringify(write.fields)}`;
  const when = write.when.map((test) =>
    test.test === 'missing'
      ? `no ${path(test.path)}`
      : `${path(test.path)} ${test.test} ${JSON.stringify(test.value)}`,
  );
  const head = `${write.write} ${address(write.key)} when ${when.join(', ')}`;
  if (write.write === 'delete') return head;
  const changes = write.changes.map((change) =>
    change.change === 'remove'
      ? `remove ${path(change.path)}`
      : `${change.change} ${path(change.path)} ${JSON.stringify(change.value)}`,
  );
  return `${head}: ${changes.join(', ')}`;
}
