/** The node host: workers are Node processes on this machine, killed by SIGKILL, frozen by SIGSTOP, started again at once. */
import type { App, CallOptions, Deployment, Host } from '../host.js';
import { callUntilAnswered } from './call.js';
import { openDoor } from './door.js';
import { WorkerProcess } from './worker.js';

/** How patient the host is, in ms. */
export interface NodeHostOptions {
  /** Between a worker's end and its next start; 100 where not given. */
  readonly restartMs?: number;
  /** After so long without an answer a request is given up, and its worker avoided for as long; 5 000 where not given. */
  readonly answerMs?: number;
}

/** The host that needs nothing but Node. */
export function nodeHost({ restartMs = 100, answerMs = 5_000 }: NodeHostOptions = {}): Host {
  return {
    name: 'node',
    async deploy(app) {
      const workers: WorkerProcess[] = [];
      const door = await openDoor(workers, answerMs);
      const deployment = new NodeDeployment(app, door, workers, restartMs);
      try {
        await deployment.start();
      } catch (error) {
        await deployment.stop();
        throw error;
      }
      return deployment;
    },
  };
}

class NodeDeployment implements Deployment {
  private broken: Error | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    app: App,
    private readonly door: Awaited<ReturnType<typeof openDoor>>,
    private readonly processes: WorkerProcess[],
    restartMs: number,
  ) {
    const broke = (error: Error) => {
      this.broken = error;
    };
    for (let i = 1; i <= app.workers; i++) {
      processes.push(new WorkerProcess(`worker-${i}`, app, door.url, restartMs, broke));
    }
  }

  async start(): Promise<void> {
    // One that does not start must not leave another one behind that is still starting.
    const started = await Promise.allSettled(this.processes.map((worker) => worker.start()));
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  call(functionName: string, input: unknown, options: CallOptions) {
    const goOn = () => {
      if (this.broken !== undefined) throw this.broken;
      if (this.stopped !== undefined) throw new Error('the deployment was stopped');
    };
    return callUntilAnswered(this.door.url, { ...options, functionName, input, goOn });
  }

  async kill(name?: string): Promise<string> {
    const worker = this.chosen(name);
    await worker.kill();
    return worker.name;
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.door.trap(functionName, signal);
  }

  freeze(name?: string): string {
    const worker = this.chosen(name);
    worker.freeze();
    return worker.name;
  }

  thaw(name: string): void {
    this.chosen(name).thaw();
  }

  workers() {
    return this.processes.map((worker) => worker.state);
  }

  output(): string {
    return this.processes.map((worker) => worker.output()).join('\n');
  }

  stop(): Promise<void> {
    this.stopped ??= (async () => {
      await Promise.all(this.processes.map((worker) => worker.stop()));
      await this.door.close();
    })();
    return this.stopped;
  }

  private chosen(name: string | undefined): WorkerProcess {
    if (name !== undefined) {
      const worker = this.processes.find((candidate) => candidate.name === name);
      if (worker === undefined) throw new Error(`there is no ${name}`);
      return worker;
    }
    const running = this.processes.filter((worker) => worker.state.state === 'running');
    const [busiest] = running.sort((a, b) => b.busy - a.busy);
    if (busiest === undefined) throw new Error('no worker is running');
    return busiest;
  }
}
