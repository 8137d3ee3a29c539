/** The server of the Functions Framework with one function, on loopback. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { cloudEvent, http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import type { CloudEventHandler, GcfHandler, PubsubHandler } from '../../src/cloud-functions.js';

/** A function that is served. */
export interface ServedFunction {
  readonly url: string;
  close(): Promise<void>;
}

const NAME = 'function';

/** Serves a function of requests. */
export function serveHttp(handler: GcfHandler): Promise<ServedFunction> {
  http(NAME, handler);
  return listening();
}

/** Serves a function of events. */
export function serveEvents(handler: CloudEventHandler<never> | PubsubHandler): Promise<ServedFunction> {
  cloudEvent(NAME, handler as CloudEventHandler);
  return listening();
}

async function listening(): Promise<ServedFunction> {
  // Made at once: the next one is registered under the same name.
  const server = getTestServer(NAME).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const noise = quieten();
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      noise.end();
    },
  };
}

let quiet = 0;
const told = console.error;

/** The framework writes what handlers throw to the console: here it is what the tests look at. */
function quieten(): { end(): void } {
  quiet += 1;
  console.error = (...line: unknown[]) => {
    if (!/could not be carried out now|SyntaxError|MESSAGE_INVALID/.test(String(line[0]))) told(...line);
  };
  return {
    end() {
      quiet -= 1;
      if (quiet === 0) console.error = told;
    },
  };
}

/** Posts JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
