/** One worker of the app: a process that carries out many invocations at once, until it ends or is told to go. */
import { orLate } from '../function-host/or-late.js';
import { ProcessLife } from '../function-host/process-life.js';
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

/** One worker, from the start of its process to its end. */
export class FunctionWorker {
  /** What the app has registered, when it is loaded. */
  functions: readonly FunctionMetadata[] = [];
  private readonly life: ProcessLife<WorkerProcess>;
  private readonly open = new Map<string, Open>();
  private loaded = false;
  private hear: (() => void) | undefined;

  constructor(
    readonly name: string,
    private readonly options: FunctionWorkerOptions,
  ) {
    const { source, env } = options;
    const heard = new Promise<'loaded'>((resolve) => {
      this.hear = () => resolve('loaded');
    });
    this.life = new ProcessLife({
      start: () => WorkerProcess.start({ source, env, told: (message) => this.listen(message) }),
      ready: (process) => this.loading(process, heard),
      rests: () => false,
      ended: () => {
        for (const { failed } of [...this.open.values()]) failed(this.lost());
        options.ended(this);
      },
    });
  }

  get state(): FunctionWorkerState {
    return this.life.fate ?? (this.loaded ? 'running' : 'starting');
  }

  /** Set where the app did not load, and nobody had killed the worker. */
  get failure(): Error | undefined {
    return this.life.failure;
  }

  get pid(): number | undefined {
    return this.life.process?.pid;
  }

  /** Invocations under way. */
  get busy(): number {
    return this.open.size;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.life.process?.output() ?? '';
  }

  /** @throws InvocationFailed where it throws, or the worker ends before */
  invoke(request: InvocationRequest): Promise<InvocationResponse> {
    const { invocationId } = request;
    const answered = new Promise<InvocationResponse>((done, failed) => {
      if (this.state === 'ended') return failed(this.lost());
      this.open.set(invocationId, { done, failed });
      this.life.process?.hand(request);
    });
    return answered.finally(() => {
      this.open.delete(invocationId);
      this.options.changed(this);
    });
  }

  /** SIGKILL, whatever it does, and waits for its end. */
  kill(): Promise<void> {
    return this.life.kill();
  }

  /** SIGTERM, and SIGKILL where it is still there after `graceMs`; waits for its end. A frozen one is thawed before. */
  retire(graceMs: number): Promise<void> {
    return this.life.retire(graceMs);
  }

  /** Stops it where it is. @throws Error where it is not running */
  freeze(): void {
    if (this.state !== 'running') throw new Error(`${this.name} is ${this.state}, not running`);
    this.life.freeze();
  }

  /** Lets it go on where it was frozen. */
  thaw(): void {
    if (this.life.thaw()) this.options.changed(this);
  }

  private async loading(process: WorkerProcess, heard: Promise<'loaded'>): Promise<void> {
    const { startMs } = this.options;
    const ended = process.exited.then(() => 'ended' as const);
    const came = await orLate(Promise.race([heard, ended]), startMs);
    if (this.state !== 'starting') return;
    if (came !== 'loaded') {
      const said = await process.lastWords();
      const why = came === 'late' ? `is not ready after ${startMs} ms` : 'ended before it was ready';
      throw new Error(`${this.name} ${why}:\n${said}`);
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
}
