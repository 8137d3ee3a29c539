/** A store in memory that other processes reach over HTTP: what a database server is to the child processes of tests. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { KeyPage, Outcome, Page, Row, Store, StoreTraits } from '@flowstate/core/adapter';
import { StoreError } from '@flowstate/core/adapter';

/** A request of the port as it is sent. */
interface Sent {
  readonly method: 'read' | 'write' | 'query' | 'list';
  readonly args: readonly never[];
}

/** A store, served. */
export interface ServedStore {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a store on loopback. */
export async function servedStore(store: Store): Promise<ServedStore> {
  const answer = async (request: IncomingMessage): Promise<string> => {
    const { method, args } = (await json(request)) as Sent;
    const ask = store[method] as (...args: readonly never[]) => Promise<unknown>;
    return JSON.stringify({ reply: await ask(...args) });
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  // Whoever stands still for long finds its connection as it was.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A client of it, with the traits that the server's store has. */
export function storeAt(url: string, traits: StoreTraits): Store {
  const ask = async <R>(method: Sent['method'], ...args: readonly unknown[]): Promise<R> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ method, args }) }).catch(
      (cause: unknown) => {
        throw new StoreError('STORE_OUTCOME_UNKNOWN', `no answer from ${url}`, { cause });
      },
    );
    if (response.status !== 200) throw new StoreError('STORE_OUTCOME_UNKNOWN', await response.text());
    return ((await response.json()) as { reply: R }).reply;
  };
  return {
    traits,
    read: (key) => ask<Row | undefined>('read', key),
    write: (write, options = {}) => ask<Outcome>('write', write, options),
    query: (query) => ask<Page>('query', query),
    list: (listing) => ask<KeyPage>('list', listing),
  };
}
