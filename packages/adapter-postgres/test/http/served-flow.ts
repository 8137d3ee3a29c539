/** A flow in memory behind a real server on loopback, closed after the test. */
import { testFlow as inMemory, type TestFlow } from '@flowstate/conformance/fixtures';
import type { FlowOptions } from '@flowstate/core';
import { onTestFinished } from 'vitest';
import { type FetchHandler, type ServeOptions, type Serving, serve } from '../../src/http.js';

export { errors, gate } from '@flowstate/conformance/fixtures';

export const SECRET = 'a-secret-of-the-tests';

/** A flow on a store in memory, or on the one given. */
export function testFlow(options: Partial<FlowOptions> = {}): TestFlow {
  return inMemory({ name: 'travel', lease: '500ms', ...options });
}

/** A server that ends with the test. */
export async function served(handler: FetchHandler, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(handler, options);
  onTestFinished(() => serving.close(0));
  return serving;
}

/** Posts JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
