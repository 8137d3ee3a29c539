/**
 * The end of this process. The host tells its worker by a message, for which the hook `appTerminate` is; the worker waits for
 * its hooks, ends itself, and is killed five seconds later. To a signal it does not listen: then we do.
 */
import { setMaxListeners } from 'node:events';
import { Termination } from '@flowstate/core/delivery';
import type { HookApp } from './app.js';

/** What is under way is waited for so long, in ms. */
const GRACE_MS = 4500;

/** The end of the process that this module is in. */
export const termination = new Termination(process, GRACE_MS, (signal) => setMaxListeners(0, signal));

const hooked = new WeakSet<HookApp>();

/** Listens for the end, once for an app; the signal is aborted then. @throws TypeError where there is no app */
export function shutdownOf(what: string, app: HookApp): AbortSignal {
  if (typeof app?.hook?.appTerminate !== 'function')
    throw new TypeError(`${what}: give the app of @azure/functions first`);
  if (!hooked.has(app)) {
    hooked.add(app);
    app.hook.appTerminate(() => termination.terminate());
  }
  return termination.signal();
}
