/** A local host of functions as a deployment: what is the same whatever the platform. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, CallOptions, Deployment, Worker } from '../host.js';

/** The host of a platform: what clients and chaos need of it. */
export interface FunctionHost {
  kill(worker?: string): Promise<string>;
  freeze(worker?: string): string;
  thaw(worker: string): void;
  output(): string;
  stop(): Promise<void>;
}

const LOOK_MS = 5;
/** How long a kill waits for somebody to kill, in ms. */
const VICTIM_MS = 10_000;

/** How calls get to the host, and who its workers are, is the platform's own. */
export abstract class HostDeployment<H extends FunctionHost> implements Deployment {
  private stopped: Promise<void> | undefined;

  constructor(readonly host: H) {}

  abstract call(functionName: string, input: unknown, options: CallOptions): Promise<Answer>;
  abstract killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string>;
  abstract workers(): readonly Worker[];

  async kill(worker?: string): Promise<string> {
    for (const until = Date.now() + VICTIM_MS; worker === undefined && Date.now() < until; ) {
      if (this.workers().some(({ state }) => state === 'running')) break;
      await wait(LOOK_MS);
    }
    return this.host.kill(worker);
  }

  freeze(worker?: string): string {
    return this.host.freeze(worker);
  }

  thaw(worker: string): void {
    this.host.thaw(worker);
  }

  output(): string {
    return this.host.output();
  }

  stop(): Promise<void> {
    this.stopped ??= this.host.stop();
    return this.stopped;
  }

  /** For whoever goes on asking. @throws Error where there is no point any more */
  protected readonly goOn = (): void => {
    if (this.stopped !== undefined) throw new Error('the deployment was stopped');
  };
}
