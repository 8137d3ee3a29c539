/**
 * A worker of a function app: it loads the app's module with the official library, tells the host which functions are
 * there, and carries out what it is told, many invocations at once. Told to go (SIGTERM) it runs the app's hooks for that
 * and ends when what is under way has ended.
 */
import { pathToFileURL } from 'node:url';
import type { InvocationRequest, WorkerMessage } from '../protocol.js';
import { FunctionApp, injectCore } from './core-module.mjs';
import { invoke, messageOf, printSystem } from './invocation.mjs';

const source = process.argv[2] ?? '';
const app = new FunctionApp();
const underWay = new Set<Promise<void>>();

function say(message: WorkerMessage): void {
  // Where the host is gone there is nobody to tell.
  if (process.connected) process.send?.(message);
}

async function carryOut(request: InvocationRequest): Promise<void> {
  const { invocationId } = request;
  try {
    say({ kind: 'done', invocationId, response: await invoke(app, request) });
  } catch (error) {
    say({ kind: 'failed', invocationId, message: messageOf(error) });
  }
}

async function load(): Promise<void> {
  injectCore(app, printSystem);
  await import(pathToFileURL(source).href);
  await app.runHooks('appStart', { hookData: {}, appHookData: {} });
  const capabilities = await app.model?.getCapabilities({});
  if (capabilities?.HttpUri !== undefined)
    throw new Error('app.setup({ enableHttpStream: true }) is not played by this host');
  app.started = true;
}

async function terminate(): Promise<void> {
  try {
    await app.runHooks('appTerminate', { hookData: {}, appHookData: {} });
  } catch (error) {
    console.error(messageOf(error));
  }
  await Promise.all(underWay);
  process.exit(0);
}

// The first to listen: whatever the app does with the signal, it does not end the process at once.
process.once('SIGTERM', () => void terminate());
process.on('disconnect', () => process.exit(1));
await load();
process.on('message', (request: InvocationRequest) => {
  const done = carryOut(request).finally(() => underWay.delete(done));
  underWay.add(done);
});
const functions = [...app.functions.values()].map(({ metadata }) => metadata);
// What is said is copied: nothing but data may be in it.
say({ kind: 'loaded', functions: JSON.parse(JSON.stringify(functions)) });
