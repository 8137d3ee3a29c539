/** A flow in memory behind a real server on loopback, closed after the test. */
import { type Flow, type FlowOptions, flowstate } from '@flowstate/core';
import { type MemoryStore, memoryStore } from '@flowstate/core/testing';
import { onTestFinished } from 'vitest';
import { type FetchHandler, type ServeOptions, type Serving, serve } from '../../src/http.js';

export const SECRET = 'a-secret-of-the-tests';

/** A flow on a store in memory, or on the one given. */
export function testFlow(options: Partial<FlowOptions> = {}): { flow: Flow; store: MemoryStore } {
  const store = memoryStore();
  return { flow: flowstate({ name: 'travel', store, lease: '500ms', ...options }), store };
}

/** A server that ends with the test. */
export async function served(handler: FetchHandler, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(handler, options);
  onTestFinished(() => serving.close(0));
  return serving;
}

/** A promise to be opened by the test. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What a handler of errors was told. */
export function errors(): { onError: (error: unknown) => void; told: unknown[] } {
  const told: unknown[] = [];
  return { told, onError: (error) => told.push(error) };
}

/** Posts JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
