/** A function app on the local Azure Functions host as a deployment that clients call and chaos visits. */
import { HostDeployment } from '../function-host/host-deployment.js';
import { isDone } from '../function-host/http-answer.js';
import type { CallOptions, Deployment, Worker } from '../host.js';
import { callUntilAnswered } from '../node-host/call.js';
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

class OnAzureFunctions extends HostDeployment<AzureFunctionsHost> {
  constructor(
    host: AzureFunctionsHost,
    private readonly addressOf: (called: string) => string,
  ) {
    super(host);
  }

  call(functionName: string, input: unknown, options: CallOptions) {
    const { goOn } = this;
    const address = this.addressOf(functionName);
    const headers = { 'x-functions-key': this.host.functionKey };
    return callUntilAnswered(this.host.url, { ...options, functionName, input, address, headers, goOn });
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.host.killBeforeAnswer(undefined, {
      matches: isDone(functionName),
      signal,
    });
  }

  /** Those that are told to go, or have ended, are nobody's workers any more. */
  workers() {
    return this.host.workers().flatMap(({ name, pid, state, busy }): Worker[] => {
      if (state === 'ended' || state === 'ending') return [];
      return [{ name, pid, state, busy, kills: 0 }];
    });
  }
}
