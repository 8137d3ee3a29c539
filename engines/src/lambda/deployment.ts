/**
 * Functions on the local Lambda service as a deployment that clients call and chaos visits: called over HTTP, as through
 * a function URL; every sandbox that runs an invocation is a worker, to be killed and frozen.
 */
import { HostDeployment } from '../function-host/host-deployment.js';
import type { CallOptions, Deployment } from '../host.js';
import { callUntilAnswered } from '../node-host/call.js';
import type { LambdaFunction } from './function.js';
import { type LambdaHost, type LambdaHostOptions, lambdaHost } from './host.js';
import type { HttpFront } from './http-front.js';

/** What is deployed. */
export interface LambdaApp extends Pick<LambdaHostOptions, 'duplicate' | 'random'> {
  readonly functions: readonly LambdaFunction[];
  /** The Lambda functions that clients call. */
  readonly entries: readonly string[];
  /** Which of them is meant by what a client calls; the one of that name where not given. */
  readonly entryOf?: (called: string) => string;
  /** The Lambda function that collects, and how often a schedule invokes it, in ms. */
  readonly collector: { readonly function: string; readonly everyMs: number };
}

/** A deployment, with what only Lambda has. */
export interface LambdaDeployment extends Deployment {
  readonly host: LambdaHost;
}

/** Deploys an app on a host of its own. @throws TypeError where a function cannot be deployed */
export async function deployOnLambda(app: LambdaApp): Promise<LambdaDeployment> {
  const { functions, entries, entryOf = (called) => called, collector, ...options } = app;
  const host = await lambdaHost({ functions, ...options });
  try {
    const fronts = new Map<string, HttpFront>();
    for (const name of entries) fronts.set(name, await host.httpFront({ function: name, payload: 'v2' }));
    host.schedule(collector);
    return new OnLambda(host, fronts, entryOf);
  } catch (error) {
    await host.stop();
    throw error;
  }
}

class OnLambda extends HostDeployment<LambdaHost> {
  constructor(
    host: LambdaHost,
    private readonly fronts: ReadonlyMap<string, HttpFront>,
    private readonly entryOf: (called: string) => string,
  ) {
    super(host);
  }

  call(functionName: string, input: unknown, options: CallOptions) {
    const front = this.fronts.get(this.entryOf(functionName));
    if (front === undefined) throw new Error(`there is no entry for ${functionName}`);
    const { goOn } = this;
    return callUntilAnswered(front.url, { ...options, functionName, input, goOn });
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.host.killBeforeAnswer(this.entryOf(functionName), signal);
  }

  /** Those that are at work: an idle sandbox is nobody's worker, and has nothing to lose. */
  workers() {
    return this.host.sandboxes().flatMap(({ name, pid, state }) => {
      if (state === 'idle' || state === 'ended') return [];
      return [{ name, pid, state, busy: 1, kills: 0 }];
    });
  }
}
