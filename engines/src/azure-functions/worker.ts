/** One worker of the app: a process that carries out many invocations at once, until it ends or is told to go. */
import { setTimeout as wait } from 'node:timers/promises';
import type { FunctionMetadata, InvocationRequest, InvocationResponse, WorkerMessage } from './protocol.js';
import { WorkerProcess } from './worker-process.js';

/**
 * `running`: it may be given invocations; `frozen`: stopped from outside, and given none; `ending`: told to go, and given
 * none; `ended`: killed, or about to be.
 */
export type FunctionWorkerState = 'starting' | 'running' | 'frozen' | 'ending' | 'ended';

/** Why an invocation brought nothing. */
export type InvocationLoss = 'threw' | 'worker ended' | 'timed out' | 'stopped';

/** An invocation brought nothing. */
export class InvocationFailed extends Error {
  override readonly name = 'InvocationFailed';

  constructor(
    readonly reason: InvocationLoss,
    message: string,
  ) {
    super(message);
  }
}

/** What a worker needs from whoever keeps it. */
export interface FunctionWorkerOptions {
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  /** How long it may take until its functions are there, in ms. */
  readonly startMs: number;
  /** It may take invocations now, or takes none any more. */
  changed(worker: FunctionWorker): void;
  /** Its process has ended. */
  ended(worker: FunctionWorker): void;
}

interface Open {
  done(response: InvocationResponse): void;
  failed(error: InvocationFailed): void;
}

/** How long the last words of a process that does not load are waited for, in ms. */
const SAID_MS = 1_000;

/** One worker, from the start of its process to its end. */
export class FunctionWorker {
  /** Set where the app did not load, and nobody had killed the worker. */
  failure: Error | undefined;
  /** What the app has registered, when it is loaded. */
  functions: readonly FunctionMetadata[] = [];
  private process: WorkerProcess | undefined;
  private readonly open = new Map<string, Open>();
  private loaded = false;
  private held = false;
  private told = false;
  private over = false;
  private gone: Promise<void> | undefined;
  private hear: (() => void) | undefined;
  private readonly life: Promise<void>;

  constructor(
    readonly name: string,
    private readonly options: FunctionWorkerOptions,
  ) {
    this.life = this.live();
  }

  get state(): FunctionWorkerState {
    if (this.over) return 'ended';
    if (this.told) return 'ending';
    if (this.held) return 'frozen';
    return this.loaded ? 'running' : 'starting';
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Invocations under way. */
  get busy(): number {
    return this.open.size;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.process?.output() ?? '';
  }

  /** @throws InvocationFailed where it throws, or the worker ends before */
  invoke(request: InvocationRequest): Promise<InvocationResponse> {
    const { invocationId } = request;
    const answered = new Promise<InvocationResponse>((done, failed) => {
      if (this.over) return failed(this.lost());
      this.open.set(invocationId, { done, failed });
      this.process?.hand(request);
    });
    return answered.finally(() => {
      this.open.delete(invocationId);
      this.options.changed(this);
    });
  }

  /** SIGKILL, whatever it does, and waits for its end. */
  kill(): Promise<void> {
    this.over = true;
    this.process?.signal('SIGKILL');
    return this.life;
  }

  /** SIGTERM, and SIGKILL where it is still there after `graceMs`; waits for its end. A frozen one is thawed before. */
  retire(graceMs: number): Promise<void> {
    this.gone ??= this.go(graceMs);
    return this.gone;
  }

  /** Stops it where it is. @throws Error where it is not running */
  freeze(): void {
    if (this.state !== 'running') throw new Error(`${this.name} is ${this.state}, not running`);
    this.held = true;
    this.process?.signal('SIGSTOP');
  }

  /** Lets it go on where it was frozen. */
  thaw(): void {
    if (!this.held) return;
    this.held = false;
    this.process?.signal('SIGCONT');
    this.options.changed(this);
  }

  private async live(): Promise<void> {
    const { source, env } = this.options;
    try {
      const heard = new Promise<'loaded'>((resolve) => {
        this.hear = () => resolve('loaded');
      });
      this.process = await WorkerProcess.start({ source, env, told: (message) => this.listen(message) });
      // It may have been killed, or told to go, before it was there.
      if (this.over) this.process.signal('SIGKILL');
      else if (this.told) this.process.signal('SIGTERM');
      else await this.loading(this.process, heard);
      await this.process.exited;
    } catch (error) {
      if (!this.over) this.failure = error instanceof Error ? error : new Error(String(error));
      this.process?.signal('SIGKILL');
      await this.process?.exited;
    }
    this.over = true;
    for (const { failed } of [...this.open.values()]) failed(this.lost());
    this.options.ended(this);
  }

  private async loading(process: WorkerProcess, heard: Promise<'loaded'>): Promise<void> {
    const { startMs } = this.options;
    const timer = new AbortController();
    const late = wait(startMs, 'late' as const, { signal: timer.signal });
    const ended = process.exited.then(() => 'ended' as const);
    const came = await Promise.race([heard, ended, late]).finally(() => timer.abort());
    if (this.over || this.told) return;
    if (came !== 'loaded') {
      process.signal('SIGKILL');
      // What it said is wanted, but not for ever: something that it started may hold the pipe.
      await Promise.race([process.closed, wait(SAID_MS)]);
      const why = came === 'late' ? `is not ready after ${startMs} ms` : 'ended before it was ready';
      throw new Error(`${this.name} ${why}:\n${this.output()}`);
    }
    this.loaded = true;
    this.options.changed(this);
  }

  private listen(message: WorkerMessage): void {
    if (message.kind === 'loaded') {
      this.functions = message.functions;
      this.hear?.();
      return;
    }
    const open = this.open.get(message.invocationId);
    if (message.kind === 'done') open?.done(message.response);
    else open?.failed(new InvocationFailed('threw', message.message));
  }

  private lost(): InvocationFailed {
    return new InvocationFailed('worker ended', `${this.name} ended before it answered`);
  }

  private async go(graceMs: number): Promise<void> {
    this.told = true;
    if (this.held) this.process?.signal('SIGCONT');
    this.held = false;
    this.process?.signal('SIGTERM');
    const timer = new AbortController();
    const late = wait(graceMs, 'late' as const, { signal: timer.signal });
    if ((await Promise.race([this.life, late]).finally(() => timer.abort())) === 'late') await this.kill();
  }
}
