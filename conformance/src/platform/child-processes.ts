/** Plain Node processes on the author's store, for harnesses without a function platform of their own. */
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { childGuard } from './child-guard.js';
import { LEASE_VARIABLE } from './child-messages.js';
import { ChildWorker } from './child-worker.js';
import type { CallOptions, Deployment, SpawnOptions, Worker } from './deployment.js';

/** What the processes run. */
export interface ChildProcessesOptions {
  /**
   * The file that opens the store, JavaScript or TypeScript: it exports `open()`, or a harness by default. Every process
   * loads it and calls `open({ entriesPerRow })`.
   */
  readonly module: string | URL;
  /** Added to the environment of every process: where the database is, for instance. Asked once for each start of the law. */
  readonly env?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);
}

/** After so long without an answer another process is asked, in ms. */
const ANSWER_MS = 1000;
const PAUSE_MS = 20;

/** What a harness gives as `spawn`. The processes end with this one, however it ends. */
export function childProcesses(options: ChildProcessesOptions): (spawn: SpawnOptions) => Promise<Deployment> {
  return async ({ workers, leaseMs, env }) => {
    const own = typeof options.env === 'function' ? await options.env() : options.env;
    const deployment = new Children(urlOf(options.module), workers, {
      ...own,
      ...env,
      [LEASE_VARIABLE]: String(leaseMs),
    });
    await deployment.start();
    return deployment;
  };
}

function urlOf(module: string | URL): string {
  if (module instanceof URL) return module.href;
  return module.startsWith('file:') ? module : pathToFileURL(module).href;
}

interface Trap {
  readonly functionName: string;
  sprung(worker: string): void;
}

class Children implements Deployment {
  readonly #workers: ChildWorker[] = [];
  readonly #guard = childGuard();
  readonly #traps = new Set<Trap>();
  #broken: Error | undefined;
  #stopped: Promise<void> | undefined;
  #turn = 0;

  constructor(module: string, count: number, env: Readonly<Record<string, string>>) {
    const changed = (): void => this.#guard.watch(this.#workers.flatMap(({ pid }) => pid ?? []));
    const broke = (error: Error): void => {
      this.#broken = error;
    };
    for (let i = 1; i <= count; i++)
      this.#workers.push(new ChildWorker(`worker-${i}`, { module, env, changed, broke }));
  }

  async start(): Promise<void> {
    // One that does not start must not leave another one behind that is still starting.
    const started = await Promise.allSettled(this.#workers.map((worker) => worker.start()));
    const failed = started.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    await this.stop();
    throw failed.reason;
  }

  async call(functionName: string, input: unknown, { id, timeoutMs }: CallOptions) {
    let last = 'nobody was there';
    for (const until = Date.now() + timeoutMs; Date.now() < until; await wait(PAUSE_MS)) {
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#stopped !== undefined) throw new Error('the processes were stopped');
      const worker = this.#next();
      if (worker === undefined) continue;
      const heard = await worker.ask({ functionName, input, id }, ANSWER_MS);
      if (heard === 'nothing') last = `${worker.name} did not answer`;
      else if ('failed' in heard) throw new Error(`${functionName}, run ${id}: ${heard.failed}`);
      else if ('again' in heard) last = heard.again;
      else if (!(await this.#trapped(functionName, worker))) return heard;
    }
    throw new Error(`${functionName}, run ${id}: no answer for ${timeoutMs} ms; at last: ${last}`);
  }

  async kill(name?: string): Promise<string> {
    const worker = this.#chosen(name);
    await worker.kill();
    return worker.name;
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return new Promise((sprung, closed) => {
      signal?.throwIfAborted();
      const trap = { functionName, sprung };
      this.#traps.add(trap);
      signal?.addEventListener('abort', () => this.#traps.delete(trap) && closed(signal.reason), {
        once: true,
      });
    });
  }

  freeze(name?: string): string {
    const worker = this.#chosen(name);
    worker.freeze();
    return worker.name;
  }

  thaw(name: string): void {
    this.#chosen(name).thaw();
  }

  workers(): readonly Worker[] {
    return this.#workers.map(({ name, state }) => ({ name, state }));
  }

  output(): string {
    return this.#workers.map((worker) => worker.output()).join('\n');
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      await Promise.all(this.#workers.map((worker) => worker.stop()));
      this.#guard.dismiss();
    })();
    return this.#stopped;
  }

  /** Whether nobody may hear this answer: its process is killed, as if it had never got to it. */
  async #trapped(functionName: string, worker: ChildWorker): Promise<boolean> {
    const trap = [...this.#traps].find((each) => each.functionName === functionName);
    if (trap === undefined) return false;
    this.#traps.delete(trap);
    // It may have been killed meanwhile: then it is as wanted.
    if (worker.state !== 'starting') await worker.kill();
    trap.sprung(worker.name);
    return true;
  }

  #next(): ChildWorker | undefined {
    const now = Date.now();
    const there = this.#workers.filter(
      ({ state, avoidedUntil }) => state !== 'starting' && avoidedUntil <= now,
    );
    this.#turn += 1;
    return there[this.#turn % there.length];
  }

  #chosen(name: string | undefined): ChildWorker {
    if (name !== undefined) {
      const worker = this.#workers.find((each) => each.name === name);
      if (worker === undefined) throw new Error(`there is no ${name}`);
      return worker;
    }
    const running = this.#workers.filter(({ state }) => state === 'running');
    const [busiest] = running.sort((a, b) => b.busy - a.busy);
    if (busiest === undefined) throw new Error('no process is running');
    return busiest;
  }
}
