/**
 * Loaded before the official runtime client, in place of its one native file: it posts answers and errors. The native
 * file waits until the runtime API has them, so this one does too: a function that then exits has answered.
 * The runtime client asks for invocations by itself, over Node's own HTTP.
 */
import nodeModule from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Post } from './native-client-thread.mjs';

const NATIVE_FILE = /rapid-client\.node$/;

const thread = new Worker(new URL('./native-client-thread.mjs', import.meta.url), { execArgv: [] });
// A handler with a callback is done when there is nothing left to wait for: the thread must not count.
thread.unref();

function post(path: string, body: string): void {
  const done = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const message: Post = { path, body, done };
  thread.postMessage(message);
  Atomics.wait(done, 0, 0);
}

const client = {
  done: (id: string, body: string) => post(`/invocation/${id}/response`, body),
  error: (id: string, body: string) => post(`/invocation/${id}/error`, body),
};

type Load = (request: string, ...rest: readonly unknown[]) => unknown;

// Node 20 has no other way to answer for a file that is not there.
const loader = nodeModule as typeof nodeModule & { _load: Load };
const load = loader._load;
loader._load = function (this: unknown, request, ...rest) {
  return NATIVE_FILE.test(request) ? client : load.call(this, request, ...rest);
};
