import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Case } from '../../bench/bench.js';
import { endOf, everyMethod } from '../../bench/every-method.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { Address } from '../../harness.js';
import type { LawText } from '../../law.js';

const PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';

/** What somebody else may be listening on the database's port, and what it says to whatever it hears. */
const STRANGERS: Readonly<Record<string, (on: Case) => Buffer>> = {
  'ends the connection': () => Buffer.alloc(0),
  'answers with random bytes': (on) => Buffer.from(Array.from({ length: 200 }, () => on.choices.pick(256))),
  'answers with zeros': () => Buffer.alloc(64),
  'answers with a page': () =>
    Buffer.from(
      `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: ${PAGE.length}\r\n\r\n${PAGE}`,
    ),
  'answers with a page that pleases': () =>
    Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PAGE.length}\r\n\r\n${PAGE}`,
    ),
};

export const law: LawText = {
  says: 'What is no answer of the database is no answer: every request then ends in an error of the store, never as applied, refused, or "no row". Otherwise a proxy in front of the database decides what has happened.',
  skip: ({ harness }) =>
    harness.proxyTarget === undefined
      ? 'the harness has no proxyTarget: its clients connect to no address that the suite could give'
      : undefined,
  async check(bench) {
    for (const name of Object.keys(STRANGERS)) await bench.case(name, (on) => stranger(on, name));
  },
};

async function stranger(on: Case, name: string): Promise<void> {
  const server = await listening(() => STRANGERS[name]!(on));
  try {
    const store = await on.open({ as: 'client', address: server.address });
    const calls = everyMethod({ table: 'items', partition: on.fresh(), sort: '00000000' });
    await Promise.all(
      calls.map(async (call) => {
        const ended = await endOf(call, store);
        if (ended.error === undefined)
          throw new Wrong(
            `${call.name}, to a server that ${name}, was answered: ${shown(ended.answer)}; no database said that`,
          );
      }),
    );
  } finally {
    await server.close();
  }
}

/** Says the same to everybody, and ends the connection. */
async function listening(says: () => Buffer): Promise<{ readonly address: Address; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => socket.end(says()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('a server without a port');
  return {
    address: { host: own.address, port: own.port },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
