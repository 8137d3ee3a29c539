/** A flow in memory whose handlers are called without a server. */
import type { FetchHandler } from '../../src/http/index.js';
import { signedHeaders, signerOf } from '../../src/http/index.js';
import { type Flow, type FlowOptions, flowstate } from '../../src/index.js';
import type { Message } from '../../src/platform/message.js';
import { type MemoryStore, memoryStore } from '../../src/testing/index.js';

export const SECRET = 'a-secret-of-the-tests';
export const URL = 'http://shop.example/reserve';

/** A flow on a store in memory. */
export function testFlow(options: Partial<FlowOptions> = {}): { flow: Flow; store: MemoryStore } {
  const store = memoryStore();
  return { flow: flowstate({ name: 'shop', store, lease: '10m', ...options }), store };
}

/** A promise to be opened by the test. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Posts JSON to a handler. */
export function post(handler: FetchHandler, body: unknown, headers: Record<string, string> = {}) {
  return handler(
    new Request(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

/** Sends a signed message. */
export async function send(
  handler: FetchHandler,
  manner: 'start' | 'call' | 'task',
  message: Message,
  change: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
): Promise<Response> {
  const body = new TextEncoder().encode(JSON.stringify(message));
  const headers = await signedHeaders(signerOf('test', SECRET), manner, body);
  return handler(new Request(URL, { method: 'POST', headers: change({ ...headers }), body }));
}
