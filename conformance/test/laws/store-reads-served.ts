/** A store in memory behind a real socket, and a small adapter for it, to be broken where it meets errors. */
import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { type Row, type Store, StoreError } from '@flowstate/core/adapter';
import { type MemoryStore, memoryStoreOf } from '@flowstate/core/testing';
import type { Address, Harness } from '../../src/harness.js';

/** What the server said. */
export interface Said {
  readonly status: number;
  readonly body: string;
}

/** How the adapter takes what happens to it. Both give the text of an answer, or throw. */
export interface ErrorManners {
  /** Where the request ended in an error of the driver. */
  failed(error: NodeJS.ErrnoException, method: keyof Store): string;
  /** What the server said. */
  read(said: Said, method: keyof Store): string;
}

function unreadable({ status, body }: Said): StoreError {
  return new StoreError('STORE_OUTCOME_UNKNOWN', `status ${status}, ${JSON.stringify(body.slice(0, 40))}`);
}

/** As it should be. */
export const RIGHT: ErrorManners = {
  failed(cause) {
    const code = cause.code === 'ECONNREFUSED' ? 'STORE_UNAVAILABLE' : 'STORE_OUTCOME_UNKNOWN';
    throw new StoreError(code, cause.message, { cause });
  },
  read(said) {
    if (said.status !== 200 || !said.body.startsWith('{"answer":')) throw unreadable(said);
    return said.body;
  },
};

/** A harness on a server of its own. `change` may break the adapter. */
export function servedHarness(
  manners: Partial<ErrorManners> = {},
  change: (store: Store) => Store = (store) => store,
): Harness {
  const memory = memoryStoreOf('conditional');
  let served: Promise<{ readonly server: Server; readonly address: Address }> | undefined;
  const begun = () => {
    served ??= serve(memory);
    return served;
  };
  return {
    name: 'served',
    framing: 'http1',
    async open({ address }) {
      const agent = new Agent({ keepAlive: true });
      const client = adapter(address ?? (await begun()).address, agent, { ...RIGHT, ...manners });
      return { store: change(client), close: async () => agent.destroy() };
    },
    async close() {
      if (served === undefined) return;
      const { server } = await served;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    rawRows: async ({ table, partition }) =>
      memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
    proxyTarget: async () => (await begun()).address,
  };
}

async function serve(memory: MemoryStore): Promise<{ readonly server: Server; readonly address: Address }> {
  const server = createServer(async (asked, reply) => {
    let body = '';
    for await (const chunk of asked) body += String(chunk);
    const answer = await answerOf(memory, JSON.parse(body));
    reply.end(`{"answer":${JSON.stringify(answer) ?? 'null'}}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('a server without a port');
  return { server, address: { host: '127.0.0.1', port: own.port } };
}

type Asked = {
  readonly [M in Exclude<keyof Store, 'traits'>]: readonly [M, ...Parameters<Store[M]>];
}[Exclude<keyof Store, 'traits'>];

function answerOf(memory: MemoryStore, asked: Asked): Promise<unknown> {
  switch (asked[0]) {
    case 'read':
      return memory.read(asked[1]);
    case 'write':
      return memory.write(asked[1], asked[2]);
    case 'query':
      return memory.query(asked[1]);
    case 'list':
      return memory.list(asked[1]);
  }
}

function adapter(address: Address, agent: Agent, manners: ErrorManners): Store {
  const ask = async <R>(...asked: Asked): Promise<R> => {
    const said = await post(address, agent, JSON.stringify(asked)).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    const body = said instanceof Error ? manners.failed(said, asked[0]) : manners.read(said, asked[0]);
    const { answer }: { answer: R } = JSON.parse(body);
    return answer;
  };
  return {
    traits: memoryStoreOf('conditional').traits,
    read: async (key) => (await ask<Row | null>('read', key)) ?? undefined,
    write: (write, options = {}) => ask('write', write, options),
    query: (query) => ask('query', query),
    list: (listing) => ask('list', listing),
  };
}

function post({ host, port }: Address, agent: Agent, body: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': Buffer.byteLength(body) };
    const sent = request({ host, port, agent, method: 'POST', headers }, async (reply) => {
      try {
        let text = '';
        for await (const chunk of reply) text += String(chunk);
        resolve({ status: reply.statusCode ?? 0, body: text });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
