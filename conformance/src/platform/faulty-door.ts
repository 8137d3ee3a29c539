/** An HTTP server in front of another one that does to messages what callees and platforms do, for invokers over HTTP. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { CalleeFault } from './platform-harness.js';

/** The server, listening on loopback. */
export interface FaultyDoor {
  readonly url: string;
  /** What every request meets from now on; undefined: it is passed on. */
  meet(fault: CalleeFault | undefined): void;
  /** Ends it, with every connection. */
  close(): Promise<void>;
}

/** Belong to one connection, not to the message. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'expect']);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What the platform answers itself, where it does. */
const OWN_ANSWERS: Partial<Record<CalleeFault, Answer>> = {
  throttled: { status: 429, headers: { 'retry-after': '1' }, body: '{"message":"Too many requests"}' },
  'error-status': { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
  garbage: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' },
  empty: { status: 200, headers: {}, body: '' },
  'no-reply': {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"reply":"perhaps"}',
  },
};

/** Opens a door in front of a server. `target`: its address, such as `http://127.0.0.1:3000`. */
export async function faultyDoor(target: string): Promise<FaultyDoor> {
  let fault: CalleeFault | undefined;
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', target), request, response, fault).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    meet(next) {
      fault = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  fault: CalleeFault | undefined,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  // Until the one who asked gives up, or the door is closed.
  if (fault === 'hang') return;
  if (fault === 'crash-before') return void response.destroy();
  const own = fault === undefined ? undefined : OWN_ANSWERS[fault];
  if (fault === 'twice') await passedOn(url, request, body);
  const { status, headers, body: text } = own ?? (await passedOn(url, request, body));
  if (fault === 'crash-after') return void response.destroy();
  response.writeHead(status, headers).end(text);
}

async function passedOn(url: URL, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (!HOP.has(name) && value !== undefined) headers.set(name, String(value));
  const method = request.method ?? 'GET';
  const sent = method === 'GET' || method === 'HEAD' ? {} : { body };
  const answered = await fetch(url, { method, headers, redirect: 'manual', ...sent });
  const kept = [...answered.headers].filter(([name]) => !HOP.has(name) && name !== 'content-encoding');
  return {
    status: answered.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await answered.arrayBuffer()),
  };
}
