/** HTTP between the adapter and the engine, through a stand-in: requests are seen as they are sent, and met with what is wanted. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos';
import type { Containers } from '../src/options.js';
import { containersAt } from './conformance/on-engine.js';

/** A request, as it came; `status`: of the answer, where there was one. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  status?: number;
}

/** An answer of the service. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
}

/**
 * What becomes of a request: it is answered so; or the connection breaks before the engine has it, or after it has carried it out;
 * or nobody answers; undefined: the engine answers.
 */
export type Fate = Answer | 'cut before' | 'cut after' | 'silence' | undefined;

export interface Wire {
  /** All requests so far, those for the account left out. */
  readonly asked: Asked[];
  readonly url: string;
  /** What becomes of requests from now on. */
  meet(decide: (asked: Asked) => Fate): void;
  /** What is added to the headers of every answer of the engine. */
  add(headers: (asked: Asked) => Readonly<Record<string, string>>): void;
  /** What the account says of itself, besides what the engine says. */
  account(properties: object): void;
  /** A client that sends everything here, until the stand-in closes. */
  client(options?: Partial<CosmosClientOptions>): CosmosClient;
  /** The containers of the engine's database, by such a client. */
  containers(options?: Partial<CosmosClientOptions>): Containers;
  close(): Promise<void>;
}

/** A stand-in before the engine whose database is at that URL. */
export async function wireTo(url: string): Promise<Wire> {
  const { origin, password } = new URL(url);
  const asked: Asked[] = [];
  const clients: CosmosClient[] = [];
  const sockets = new Set<Socket>();
  let [decide, added, account]: [
    (one: Asked) => Fate,
    (one: Asked) => Readonly<Record<string, string>>,
    object,
  ] = [() => undefined, () => ({}), {}];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '/', headers } = request;
    const body = await textOf(request);
    const one: Asked = { method, path, headers, body };
    const isAccount = path === '/';
    if (!isAccount) asked.push(one);
    const fate = decide(one);
    if (fate === 'cut before') return void request.socket.destroy();
    if (fate === 'silence') return;
    const answer = typeof fate === 'object' ? madeUp(fate) : await passed(origin, one);
    if (fate === 'cut after') return void request.socket.destroy();
    one.status = answer.status;
    const mine = typeof fate === 'object' ? {} : added(one);
    const text = isAccount ? ownAccount(answer.text, server.address() as AddressInfo, account) : answer.text;
    send(response, { ...answer, text, headers: { ...answer.headers, ...mine } });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client: Wire['client'] = (options = {}) => {
    const made = new CosmosClient({
      endpoint,
      key: decodeURIComponent(decodeURIComponent(password)),
      connectionPolicy: { enableEndpointDiscovery: false },
      ...options,
    });
    clients.push(made);
    return made;
  };
  return {
    ...{ asked, url: endpoint, client },
    meet: (next) => {
      decide = next;
    },
    add: (headers) => {
      added = headers;
    },
    account: (properties) => {
      account = properties;
    },
    containers: (options) => containersAt(client(options), url),
    async close() {
      for (const one of clients) one.dispose();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

function madeUp({ status, headers = {}, message = 'said' }: Answer): Sent {
  return { status, headers, text: JSON.stringify({ code: String(status), message }) };
}

/** Of a request and of an answer: those of the connection itself. */
const OF_CONNECTION = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
]);

async function passed(origin: string, { method, path, headers, body }: Asked): Promise<Sent> {
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name));
  const init = { method, headers: Object.fromEntries(kept) as Record<string, string> };
  const answer = await fetch(new URL(path, origin), body === '' ? init : { ...init, body });
  const answered = [...answer.headers].filter(([name]) => !OF_CONNECTION.has(name));
  return { status: answer.status, headers: Object.fromEntries(answered), text: await answer.text() };
}

function send(response: ServerResponse, { status, headers, text }: Sent): void {
  response.writeHead(status, headers);
  response.end(text);
}

/** The account names its own addresses, to which a client would go. */
function ownAccount(text: string, { port }: AddressInfo, properties: object): string {
  const here = [{ name: 'here', databaseAccountEndpoint: `http://127.0.0.1:${port}/` }];
  return JSON.stringify({
    ...JSON.parse(text),
    ...{ writableLocations: here, readableLocations: here },
    ...properties,
  });
}

async function textOf(request: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
