/** A function app on the local Azure Functions host as a deployment that clients call and chaos visits. */
import { setTimeout as wait } from 'node:timers/promises';
import type { CallOptions, Deployment, Worker } from '../host.js';
import { callUntilAnswered } from '../node-host/call.js';
import { CALLED } from '../node-host/door.js';
import type { AzureFunctionsHostOptions } from './app.js';
import { azureFunctionsHost } from './host.js';
import type { AzureFunctionsHost } from './host-api.js';

/** What is deployed. */
export interface AzureFunctionsApp extends AzureFunctionsHostOptions {
  /**
   * The HTTP function that is meant by what a client calls: its route is called. Where not given a call goes to
   * `<route prefix>/functions/<what is called>`, whichever function has that route.
   */
  readonly entryOf?: (called: string) => string;
}

/** A deployment, with what only this host has. */
export interface AzureFunctionsDeployment extends Deployment {
  readonly host: AzureFunctionsHost;
}

const CALL_MS = 60_000;
const LOOK_MS = 5;
/** How long a kill waits for somebody to kill, in ms. */
const VICTIM_MS = 10_000;

/** Deploys an app on a host of its own. @throws TypeError where it cannot be deployed; Error where it does not load */
export async function deployOnAzureFunctions(app: AzureFunctionsApp): Promise<AzureFunctionsDeployment> {
  const { entryOf, ...options } = app;
  const host = await azureFunctionsHost(options);
  const { routePrefix = 'api' } = options;
  const front = routePrefix === '' ? host.url : `${host.url}/${routePrefix}`;
  return new OnAzureFunctions(host, (called) =>
    entryOf === undefined ? `${front}/functions/${encodeURIComponent(called)}` : host.urlOf(entryOf(called)),
  );
}

class OnAzureFunctions implements AzureFunctionsDeployment {
  private stopped: Promise<void> | undefined;

  constructor(
    readonly host: AzureFunctionsHost,
    private readonly addressOf: (called: string) => string,
  ) {}

  call(functionName: string, input: unknown, { id, timeoutMs = CALL_MS }: CallOptions) {
    const goOn = (): void => {
      if (this.stopped !== undefined) throw new Error('the deployment was stopped');
    };
    const address = this.addressOf(functionName);
    const headers = { 'x-functions-key': this.host.functionKey };
    return callUntilAnswered(this.host.url, { functionName, input, id, timeoutMs, address, headers, goOn });
  }

  async kill(worker?: string): Promise<string> {
    for (const until = Date.now() + VICTIM_MS; worker === undefined && Date.now() < until; ) {
      if (this.workers().some(({ state }) => state === 'running')) break;
      await wait(LOOK_MS);
    }
    return this.host.kill(worker);
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.host.killBeforeAnswer(undefined, {
      // An answer that says that the work is done, and no other: that of a call, from outside, of that function.
      matches: ({ method, headers }, status) =>
        method === 'POST' && status === 200 && headers[CALLED] === functionName,
      signal,
    });
  }

  freeze(worker?: string): string {
    return this.host.freeze(worker);
  }

  thaw(worker: string): void {
    this.host.thaw(worker);
  }

  /** Those that are told to go, or have ended, are nobody's workers any more. */
  workers() {
    return this.host.workers().flatMap(({ name, pid, state, busy }): Worker[] => {
      if (state === 'ended' || state === 'ending') return [];
      return [{ name, pid, state, busy, kills: 0 }];
    });
  }

  output(): string {
    return this.host.output();
  }

  stop(): Promise<void> {
    this.stopped ??= this.host.stop();
    return this.stopped;
  }
}
