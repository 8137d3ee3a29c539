/** The workers of an app: as many as are asked for, each replaced when it ends, and invocations spread over them. */
import type { FunctionMetadata } from './protocol.js';
import { FunctionWorker } from './worker.js';

/** What is the same for all workers of a host. All times are in ms. */
export interface PoolOptions {
  readonly source: string;
  readonly workers: number;
  readonly startMs: number;
  /** Between a worker's end and the start of the next one. */
  readonly restartMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  env(worker: string): Readonly<Record<string, string>>;
  /** A worker's process has ended: its output would be lost. */
  ended(worker: FunctionWorker): void;
}

interface Waiting {
  give(worker: FunctionWorker): void;
  refuse(reason: unknown): void;
}

/** All workers of one app. */
export class WorkerPool {
  private readonly all = new Set<FunctionWorker>();
  private readonly waiting = new Set<Waiting>();
  private readonly restarts = new Set<NodeJS.Timeout>();
  private readonly starts: ((error?: Error) => void)[] = [];
  private readonly turns = new WeakMap<FunctionWorker, number>();
  private given = 0;
  private count = 0;
  private stopped = false;

  constructor(private readonly options: PoolOptions) {}

  /** Starts all of them; answers what the app has registered. @throws Error where the app does not load */
  async start(): Promise<readonly FunctionMetadata[]> {
    const ready = new Promise<void>((resolve, reject) => {
      this.starts.push((error) => (error === undefined ? resolve() : reject(error)));
    });
    this.fill();
    await ready;
    return [...this.all][0]?.functions ?? [];
  }

  workers(): readonly FunctionWorker[] {
    return [...this.all];
  }

  /** The worker with the least to do, the first to come where there is none now. Rejects where the signal is aborted before. */
  next(signal: AbortSignal): Promise<FunctionWorker> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        signal.removeEventListener('abort', away);
        this.waiting.delete(waiting);
        then();
      };
      const waiting: Waiting = {
        give: (worker) => settle(() => resolve(worker)),
        refuse: (reason) => settle(() => reject(reason)),
      };
      const away = () => waiting.refuse(signal.reason);
      signal.addEventListener('abort', away, { once: true });
      this.waiting.add(waiting);
      if (signal.aborted) away();
      else this.look();
    });
  }

  /** Tells a worker to go. Another one takes its place at once. */
  async retire(worker: FunctionWorker): Promise<void> {
    const gone = worker.retire(this.options.graceMs);
    this.fill();
    await gone;
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.restarts) clearTimeout(timer);
    const error = new Error('the host was stopped');
    for (const waiting of [...this.waiting]) waiting.refuse(error);
    this.settleStart(error);
    await Promise.all([...this.all].map((worker) => worker.kill()));
  }

  private look(): void {
    for (const waiting of [...this.waiting]) {
      const running = this.workers().filter(({ state }) => state === 'running');
      const [worker] = running.sort((a, b) => a.busy - b.busy || this.turn(a) - this.turn(b));
      if (worker === undefined) return;
      this.given += 1;
      this.turns.set(worker, this.given);
      waiting.give(worker);
    }
  }

  /** When it was chosen last: among those with as much to do each has its turn. */
  private turn(worker: FunctionWorker): number {
    return this.turns.get(worker) ?? 0;
  }

  private fill(): void {
    const { source, startMs, workers } = this.options;
    const living = () => this.workers().filter(({ state }) => state !== 'ending' && state !== 'ended');
    while (!this.stopped && living().length + this.restarts.size < workers) {
      this.count += 1;
      const name = `worker-${this.count}`;
      const worker = new FunctionWorker(name, {
        source,
        startMs,
        env: this.options.env(name),
        changed: () => {
          this.look();
          if (living().every(({ state }) => state !== 'starting')) this.settleStart();
        },
        ended: (one) => this.ended(one),
      });
      this.all.add(worker);
    }
  }

  private ended(worker: FunctionWorker): void {
    this.all.delete(worker);
    this.options.ended(worker);
    if (worker.failure !== undefined) this.settleStart(worker.failure);
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.restarts.delete(timer);
      this.fill();
    }, this.options.restartMs);
    this.restarts.add(timer);
  }

  private settleStart(error?: Error): void {
    for (const settle of this.starts.splice(0)) settle(error);
  }
}
