/** Real servers, each with a client that goes through a proxy: what arrived is what the server itself says. */
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Engine } from '@flowstate/engines';
import pg from 'pg';
import type { Address, Framing } from '../../src/harness.js';

/** A client whose requests go over one connection, and over a new one where that broke. */
export interface Client {
  /** Answers what the server says to the word. */
  say(word: string): Promise<string>;
  close(): Promise<void>;
}

/** A server that keeps the words it was told. */
export interface Server {
  readonly framing: Framing;
  readonly address: Address;
  /** The words that arrived, in order. */
  arrived(): Promise<readonly string[]>;
  client(address: Address): Client;
  close(): Promise<void>;
}

/** What a server says to a word. */
export const answerTo = (word: string): string => `heard ${word.length > 100 ? word.length : word}`;

function portOf(server: { address(): AddressInfo | string | null }): Address {
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('the server has no port');
  return { host: '127.0.0.1', port: own.port };
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** PostgreSQL itself: a word is a row. */
export async function postgresServer(engine: Engine): Promise<Server> {
  const url = new URL(await engine.database());
  const own = new pg.Client({ connectionString: url.href });
  await own.connect();
  await own.query('CREATE TABLE heard (n serial, word text)');
  return {
    framing: 'postgres',
    address: { host: url.hostname, port: Number(url.port || 5432) },
    async arrived() {
      const { rows } = await own.query<{ word: string }>('SELECT word FROM heard ORDER BY n');
      return rows.map(({ word }) => word);
    },
    client({ host, port }) {
      const through = new URL(url);
      through.hostname = host;
      through.port = String(port);
      const pool = new pg.Pool({ connectionString: through.href, max: 1 });
      pool.on('error', () => undefined);
      return {
        async say(word) {
          const insert = "INSERT INTO heard (word) VALUES ($1) RETURNING 'heard ' || $2::text AS answer";
          const told = word.length > 100 ? String(word.length) : word;
          const { rows } = await pool.query<{ answer: string }>(insert, [word, told]);
          return rows[0]?.answer ?? '';
        },
        close: () => pool.end(),
      };
    },
    async close() {
      await own.end();
      await engine.stop();
    },
  };
}

/** Node's HTTP/1.1: words in chunked bodies, answers of a known length. */
export async function http1Server(): Promise<Server> {
  const words: string[] = [];
  const server = http.createServer((request, response) => {
    void text(request).then((word) => {
      words.push(word);
      response.setHeader('content-length', answerTo(word).length);
      response.end(answerTo(word));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    framing: 'http1',
    address: portOf(server),
    arrived: async () => [...words],
    client(address) {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      return {
        say: (word) =>
          new Promise((resolve, reject) => {
            const request = http.request({ ...address, agent, method: 'POST', path: '/say' }, (response) => {
              text(response).then(resolve, reject);
            });
            request.on('error', reject);
            // Without an end at once Node sends chunks.
            request.write(word.slice(0, 1));
            request.end(word.slice(1));
          }),
        close: async () => agent.destroy(),
      };
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Node's HTTP/2 without TLS. A word `stay` is a stream that the server never ends. */
export async function http2Server(): Promise<Server> {
  const words: string[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    void text(stream).then(
      (word) => {
        words.push(word);
        stream.respond({ ':status': 200 });
        if (word === 'stay') stream.write(answerTo(word));
        else stream.end(answerTo(word));
      },
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    framing: 'http2',
    address: portOf(server),
    arrived: async () => [...words],
    client({ host, port }) {
      let session: http2.ClientHttp2Session | undefined;
      const connected = (): http2.ClientHttp2Session => {
        if (session === undefined || session.closed || session.destroyed) {
          session = http2.connect(`http://${host}:${port}`);
          session.on('error', () => undefined);
        }
        return session;
      };
      return {
        async say(word) {
          const stream = connected().request({ ':method': 'POST', ':path': '/say' });
          stream.end(word);
          const broken = new Promise<never>((_, reject) => {
            stream.on('error', reject);
            stream.on('close', () => reject(new Error('no reply')));
          });
          const answered = async (): Promise<string> => {
            await once(stream, 'response');
            if (word !== 'stay') return text(stream);
            const [first]: Buffer[] = await once(stream, 'data');
            return String(first);
          };
          try {
            return await Promise.race([answered(), broken]);
          } catch (error) {
            session?.destroy();
            throw error;
          }
        },
        close: async () => session?.destroy(),
      };
    },
    async close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** A protocol of nobody: a word up to a line end, the answer up to a line end. */
export async function lineServer(): Promise<Server> {
  const words: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const lines = (rest + String(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const word of lines) {
        words.push(word);
        socket.write(`${answerTo(word)}\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    framing: 'opaque',
    address: portOf(server),
    arrived: async () => [...words],
    client(address) {
      let socket: Socket | undefined;
      let gone: (error: Error) => void = () => undefined;
      return {
        say(word) {
          if (socket === undefined || socket.destroyed || !socket.writable) {
            const own = connect(address);
            own.on('error', () => undefined);
            own.on('close', () => own === socket && gone(new Error('the connection ended')));
            socket = own;
          }
          const line = socket;
          return new Promise((resolve, reject) => {
            gone = reject;
            let answer = '';
            const heard = (bytes: Buffer): void => {
              answer += String(bytes);
              if (!answer.endsWith('\n')) return;
              line.removeListener('data', heard);
              if (/^heard /.test(answer)) resolve(answer.trim());
              else {
                line.destroy();
                reject(new Error('no answer of ours'));
              }
            };
            line.on('data', heard);
            line.write(`${word}\n`);
          });
        },
        close: async () => {
          socket?.destroy();
        },
      };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
