/** A database of documents behind HTTP, that can only compare versions, and an adapter of it: two requests for one write. */
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { StoreError, type StoreTraits, versionedStore } from '@flowstate/core/adapter';
import { memoryVersionedDatabase, seeded } from '@flowstate/core/testing';
import type { Address, Harness } from '../../src/harness.js';

/** How it is reached, and whether its reads may be old. */
export interface HttpDatabaseOptions {
  readonly speaks: 'http1' | 'http2';
  readonly reads: StoreTraits['reads'];
}

/** Sends one request and answers the body of the reply. */
interface Channel {
  post(body: string): Promise<string>;
  close(): void;
}

type Documents = ReturnType<typeof memoryVersionedDatabase>;

const STALE_MS = 30;

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What the database says to a request: `[method, ...arguments]`, undefined as null. */
async function answered(documents: Documents, body: string): Promise<string> {
  const [method, ...given]: [keyof Documents, ...unknown[]] = JSON.parse(body);
  const call = documents[method] as (...given: unknown[]) => Promise<unknown>;
  return JSON.stringify((await call(...given.map((value) => value ?? undefined))) ?? null);
}

function http1Channel({ host, port }: Address): Channel {
  const agent = new http.Agent({ keepAlive: true });
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const request = http.request({ host, port, agent, method: 'POST', path: '/' }, (response) => {
          text(response).then(resolve, reject);
        });
        request.on('error', reject);
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function http2Channel({ host, port }: Address): Channel {
  let session: http2.ClientHttp2Session | undefined;
  return {
    async post(body) {
      if (session === undefined || session.closed || session.destroyed) {
        session = http2.connect(`http://${host}:${port}`);
        session.on('error', () => undefined);
      }
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      const failed = new Promise<never>((_, reject) => {
        stream.on('error', reject);
        stream.on('close', () => reject(new Error(`the stream ended with code ${stream.rstCode}`)));
      });
      failed.catch(() => undefined);
      stream.end(body);
      await Promise.race([once(stream, 'response'), failed]);
      return Promise.race([text(stream), failed]);
    },
    close: () => session?.destroy(),
  };
}

/** The driver's errors in the store's words. */
async function post(channel: Channel, ...request: unknown[]): Promise<unknown> {
  try {
    return JSON.parse(await channel.post(JSON.stringify(request)));
  } catch (cause) {
    const refused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
    throw new StoreError(refused ? 'STORE_UNAVAILABLE' : 'STORE_OUTCOME_UNKNOWN', String(cause), { cause });
  }
}

function databaseOn(channel: Channel): Parameters<typeof versionedStore>[0] {
  const ask = async <R>(...request: unknown[]): Promise<R> => (await post(channel, ...request)) as R;
  return {
    get: async (key, mark) =>
      (await ask<{ fields: Record<string, never>; version: string } | null>('get', key, mark)) ?? undefined,
    create: (key, fields) => ask('create', key, fields),
    replace: (key, version, fields) => ask('replace', key, version, fields),
    remove: (key, version) => ask('remove', key, version),
    query: (query) => ask('query', query),
    list: (listing) => ask('list', listing),
  };
}

/** Starts the server. */
export async function httpDatabase({ speaks, reads }: HttpDatabaseOptions): Promise<Harness> {
  const documents = memoryVersionedDatabase({
    kind: reads === 'bounded' ? 'bounded' : 'versioned',
    staleMs: STALE_MS,
    choices: seeded(7),
    now: () => Date.now(),
  });
  const answer = async (body: AsyncIterable<Buffer>): Promise<string> =>
    answered(documents, await text(body));
  const server = speaks === 'http1' ? http.createServer() : http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  if (server instanceof http.Server)
    server.on('request', (request, response) => {
      answer(request).then(
        (body) => response.end(body),
        () => response.destroy(),
      );
    });
  else {
    server.on('session', (session) => sessions.add(session));
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      answer(stream).then(
        (body) => {
          if (stream.destroyed) return;
          stream.respond({ ':status': 200 });
          stream.end(body);
        },
        () => stream.destroy(),
      );
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('the server has no port');
  const target = { host: own.address, port: own.port };
  return {
    name: `documents over ${speaks}, reads ${reads}`,
    framing: speaks,
    async open({ entriesPerRow = 16, address = target }) {
      const channel = speaks === 'http1' ? http1Channel(address) : http2Channel(address);
      const traits: StoreTraits = {
        name: 'documents',
        rowBytesMax: 1024 * 1024,
        entriesPerRow,
        requestsPerWrite: 2,
        pageRowsMax: 100,
        reads,
        staleMs: reads === 'bounded' ? STALE_MS : 0,
      };
      const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
      const store = versionedStore(databaseOn(channel), { traits, wait, random: Math.random });
      return { store, close: async () => channel.close() };
    },
    rawRows: async ({ table, partition }) =>
      documents.rows().filter(({ key }) => key.table === table && key.partition === partition),
    proxyTarget: () => target,
    async close() {
      for (const session of sessions) session.destroy();
      if (server instanceof http.Server) server.closeAllConnections();
      server.close();
    },
  };
}
