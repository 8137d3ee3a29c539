/** A function app with the official library: requests over a socket, events of triggers as the host delivers them. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type InvocationResponse,
  invoke,
  type RegisteredFunction,
  registered,
  type TypedData,
} from './functions-core.js';

/** The app of the library, which has been given its core. */
export const { app } = await import('@azure/functions');

export type { RegisteredFunction } from './functions-core.js';
export { registered, terminateApp } from './functions-core.js';

/** A function app that is served. */
export interface ServedApp {
  /** Ends with a slash: the addresses of its functions are relative to it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the functions of requests that are registered meanwhile. */
export async function serveApp(register: () => void): Promise<ServedApp> {
  const functions = registered(register);
  const server = createServer((request, response) => {
    answer(functions, request, response).catch(() => response.writeHead(500).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  functions: readonly RegisteredFunction[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const method = request.method ?? '';
  const fn = functions.find((each) => takes(each, url, method));
  if (fn === undefined) return void response.writeHead(404).end();
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const body = chunks.length === 0 ? null : { bytes: Buffer.concat(chunks) };
  const [name] = bindingOf(fn, 'httpTrigger') ?? [''];
  const answered = await invoke(fn, { [name]: { http: { method, url: url.href, headers, body } } });
  const http = httpIn(answered);
  response.writeHead(Number(http?.statusCode ?? 204), http?.headers).end(http?.body?.bytes);
}

function httpIn({ returnValue, outputData = [] }: InvocationResponse) {
  return returnValue?.http ?? outputData.find(({ data }) => data.http !== undefined)?.data.http;
}

function takes(fn: RegisteredFunction, { pathname }: URL, method: string): boolean {
  const [, binding] = bindingOf(fn, 'httpTrigger') ?? [];
  if (binding === undefined) return false;
  const route = String(binding.route ?? fn.name);
  const pattern = new RegExp(`^/api/${route.replace(/\{\w+\}/g, '[^/]+')}$`, 'i');
  const methods = binding.methods as readonly string[];
  return pattern.test(pathname) && methods.some((each) => each.toUpperCase() === method);
}

/** The name and the settings of the trigger of that type. */
export function bindingOf(
  { bindings }: RegisteredFunction,
  type: string,
): [name: string, binding: Readonly<Record<string, unknown>>] | undefined {
  return Object.entries(bindings).find(([, binding]) => binding.type === type);
}

/** Delivers one event to the one function that is registered meanwhile. @throws what it throws */
export async function deliverTo(
  register: () => void,
  input: TypedData,
  metadata: Readonly<Record<string, TypedData>> = {},
): Promise<void> {
  const [fn] = registered(register);
  if (fn === undefined) throw new Error('nothing was registered');
  await deliver(fn, input, metadata);
}

/** Delivers one event. @throws what the function throws */
export async function deliver(
  fn: RegisteredFunction,
  input: TypedData,
  metadata: Readonly<Record<string, TypedData>> = {},
): Promise<void> {
  const trigger = Object.entries(fn.bindings).find(([, { type }]) => String(type).endsWith('Trigger'));
  if (trigger === undefined) throw new Error('the function has no trigger');
  await invoke(fn, { [trigger[0]]: input }, metadata);
}

/** Posts JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
