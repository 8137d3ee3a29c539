/**
 * The front door of the node host: one address for all workers. It gives each request to the next worker, tries another
 * one only where nothing can have been delivered, and answers 502, 503 or 504 where it cannot know: delivery is at least
 * once only because whoever sends repeats.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { bodyOf } from '../function-host/loopback.js';
import { Traps } from '../function-host/traps.js';
import type { WorkerProcess } from './worker.js';

/** Says which function a call from outside is for: what may be killed before its answer. */
export const CALLED = 'x-called-function';
/** How long a request waits for a worker to be there. */
const PICK_MS = 5_000;
const LOOK_MS = 20;
/** Belong to one connection, not to the message. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'expect']);

/** The front door, open. */
export interface Door {
  readonly url: string;
  /** The next call of that function is done, but not answered: its worker is killed first. Resolves to its name. */
  trap(functionName: string, signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Opens the door on a free port. `workers` is looked at for each request; `answerMs`: who is silent for longer is avoided for as long. */
export async function openDoor(workers: readonly WorkerProcess[], answerMs: number): Promise<Door> {
  const traps = new Traps<IncomingMessage>();
  let turn = 0;
  const next = () => {
    const there = workers.filter((worker) => worker.url !== undefined && worker.avoidedUntil <= Date.now());
    turn += 1;
    return there[turn % there.length];
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    for (const until = Date.now() + PICK_MS; Date.now() < until; ) {
      const worker = next();
      const url = worker?.url;
      if (worker === undefined || url === undefined) {
        await wait(LOOK_MS);
        continue;
      }
      const answered = await give(worker, url, request, body, answerMs);
      if (answered === 'not delivered') continue;
      const trap = answered.status === 200 && request.method === 'POST' ? traps.take(request) : undefined;
      if (trap !== undefined) {
        // It may have been killed meanwhile: then it is as wanted.
        if (worker.url === url) await worker.kill();
        response.destroy();
        return trap.sprung(worker.name);
      }
      response.writeHead(answered.status, answered.headers).end(answered.body);
      return;
    }
    response.writeHead(503, { 'retry-after': '1' }).end('no worker is there');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(502);
      response.end(String(error));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front door has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    trap: (functionName, signal) => traps.set(({ headers }) => headers[CALLED] === functionName, signal),
    async close() {
      traps.close(new Error('the deployment was stopped'));
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Gives a request to a worker. Where the connection was refused nothing was delivered; else nobody knows. */
async function give(
  worker: WorkerProcess,
  url: string,
  request: IncomingMessage,
  body: Buffer,
  answerMs: number,
): Promise<Answered | 'not delivered'> {
  worker.busy += 1;
  try {
    const response = await fetch(url + (request.url ?? '/'), {
      method: request.method ?? 'GET',
      headers: [...headersOf(request)],
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
      ...(body.length === 0 ? {} : { body }),
    });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !HOP.has(name)));
    return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    if (wasRefused(error)) return 'not delivered';
    const late = error instanceof Error && error.name === 'TimeoutError';
    if (late) worker.avoidedUntil = Date.now() + answerMs;
    const why = late ? `has not answered for ${answerMs} ms` : 'ended before it answered';
    return { status: late ? 504 : 502, headers: {}, body: Buffer.from(`${worker.name} ${why}`) };
  } finally {
    worker.busy -= 1;
  }
}

function* headersOf(request: IncomingMessage): Generator<[string, string]> {
  for (const [name, value] of Object.entries(request.headers)) {
    if (HOP.has(name) || value === undefined) continue;
    yield [name, Array.isArray(value) ? value.join(', ') : value];
  }
  // What fetch would unpack must not come packed.
  yield ['accept-encoding', 'identity'];
}

function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
