/**
 * Services on the local Cloud Functions host as a deployment that clients call and chaos visits: each service has its own
 * address, and every instance with a request under way is a worker, to be killed and frozen.
 */
import { HostDeployment } from '../function-host/host-deployment.js';
import { isDone } from '../function-host/http-answer.js';
import type { CallOptions, Deployment, Worker } from '../host.js';
import { callUntilAnswered } from '../node-host/call.js';
import { type CloudFunctionsHost, type CloudFunctionsHostOptions, cloudFunctionsHost } from './host.js';
import type { SchedulerJobOptions } from './scheduler.js';

/** What is deployed. */
export interface CloudFunctionsApp extends CloudFunctionsHostOptions {
  /** The services that clients call, at `POST /functions/<what is called>`. */
  readonly entries: readonly string[];
  /** Which of them is meant by what a client calls; the one of that name where not given. */
  readonly entryOf?: (called: string) => string;
  /** The service that collects, and how often the scheduler asks it to. */
  readonly collector: SchedulerJobOptions;
}

/** A deployment, with what only this host has. */
export interface CloudFunctionsDeployment extends Deployment {
  readonly host: CloudFunctionsHost;
}

/** Of `application/json` the framework takes objects and lists only. */
const JSON_TYPE = 'application/vnd.flowstate+json';

/** Deploys an app on a host of its own. @throws TypeError where a service cannot be deployed */
export async function deployOnCloudFunctions(app: CloudFunctionsApp): Promise<CloudFunctionsDeployment> {
  const { entries, entryOf = (called) => called, collector, ...options } = app;
  const host = await cloudFunctionsHost(options);
  try {
    for (const entry of entries) host.url(entry);
    host.schedule(collector);
    return new OnCloudFunctions(host, new Set(entries), entryOf);
  } catch (error) {
    await host.stop();
    throw error;
  }
}

class OnCloudFunctions extends HostDeployment<CloudFunctionsHost> {
  constructor(
    host: CloudFunctionsHost,
    private readonly entries: ReadonlySet<string>,
    private readonly entryOf: (called: string) => string,
  ) {
    super(host);
  }

  call(functionName: string, input: unknown, options: CallOptions) {
    const { goOn } = this;
    const url = this.host.url(this.entryFor(functionName));
    return callUntilAnswered(url, { ...options, functionName, input, contentType: JSON_TYPE, goOn });
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.host.killBeforeAnswer(this.entryFor(functionName), {
      matches: isDone(functionName),
      signal,
    });
  }

  /** Those that are at work: an idle instance is nobody's worker, and has nothing to lose. */
  workers() {
    return this.host.instances().flatMap(({ name, pid, state, busy }): Worker[] => {
      if (state === 'idle' || state === 'ended' || state === 'ending') return [];
      return [{ name, pid, state, busy, kills: 0 }];
    });
  }

  private entryFor(called: string): string {
    const entry = this.entryOf(called);
    if (!this.entries.has(entry)) throw new Error(`there is no entry for ${called}`);
    return entry;
  }
}
