/**
 * Functions on the local Lambda service as a deployment that clients call and chaos visits: called over HTTP, as through
 * a function URL; every sandbox that runs an invocation is a worker, to be killed and frozen.
 */
import { setTimeout as wait } from 'node:timers/promises';
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

const CALL_MS = 60_000;
const LOOK_MS = 5;
/** How long a kill waits for somebody to kill, in ms. */
const VICTIM_MS = 10_000;

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

class OnLambda implements LambdaDeployment {
  private stopped: Promise<void> | undefined;

  constructor(
    readonly host: LambdaHost,
    private readonly fronts: ReadonlyMap<string, HttpFront>,
    private readonly entryOf: (called: string) => string,
  ) {}

  call(functionName: string, input: unknown, { id, timeoutMs = CALL_MS }: CallOptions) {
    const front = this.fronts.get(this.entryOf(functionName));
    if (front === undefined) throw new Error(`there is no entry for ${functionName}`);
    const goOn = (): void => {
      if (this.stopped !== undefined) throw new Error('the deployment was stopped');
    };
    return callUntilAnswered(front.url, { functionName, input, id, timeoutMs, goOn });
  }

  async kill(worker?: string): Promise<string> {
    for (const until = Date.now() + VICTIM_MS; worker === undefined && Date.now() < until; ) {
      if (this.workers().some(({ state }) => state === 'running')) break;
      await wait(LOOK_MS);
    }
    return this.host.kill(worker);
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.host.killBeforeAnswer(this.entryOf(functionName), signal);
  }

  freeze(worker?: string): string {
    return this.host.freeze(worker);
  }

  thaw(worker: string): void {
    this.host.thaw(worker);
  }

  /** Those that are at work: an idle sandbox is nobody's worker, and has nothing to lose. */
  workers() {
    return this.host.sandboxes().flatMap(({ name, pid, state }) => {
      if (state === 'idle' || state === 'ended') return [];
      return [{ name, pid, state, busy: 1, kills: 0 }];
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
