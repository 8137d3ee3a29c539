/** One instance of a service: a process that is given requests, stands still between them, and may be told to go. */
import { setTimeout as wait } from 'node:timers/promises';
import { InstanceProcess } from './instance-process.js';
import type { DeployedService } from './service.js';

/**
 * `idle`: without a request; `running`: with one at least; `frozen`: stopped from outside, and given no more requests;
 * `ending`: told to go, and given no more requests; `ended`: killed, or about to be.
 */
export type InstanceState = 'starting' | 'idle' | 'running' | 'frozen' | 'ending' | 'ended';

/** What an instance needs from whoever keeps it. */
export interface InstanceOptions {
  /** How long it may take until it listens, in ms. */
  readonly startMs: number;
  env(): Readonly<Record<string, string>>;
  /** It may take a request, or has become another reason to look for one that can. */
  changed(instance: Instance): void;
  /** Its process has ended. */
  ended(instance: Instance): void;
}

/** How long the last words of a process that does not listen are waited for, in ms. */
const SAID_MS = 1_000;

/** One instance, from the start of its process to its end. */
export class Instance {
  /** Set where it did not come to listen, and nobody had killed it. */
  failure: Error | undefined;
  private process: InstanceProcess | undefined;
  private listens: number | undefined;
  private requests = 0;
  private held = false;
  private stopped = false;
  private told = false;
  private gone: Promise<void> | undefined;
  private over = false;
  private readonly life: Promise<void>;

  constructor(
    readonly name: string,
    readonly service: DeployedService,
    private readonly options: InstanceOptions,
  ) {
    this.life = this.live();
  }

  get state(): InstanceState {
    if (this.over) return 'ended';
    if (this.told) return 'ending';
    if (this.held) return 'frozen';
    if (this.listens === undefined) return 'starting';
    return this.requests > 0 ? 'running' : 'idle';
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Requests under way. */
  get busy(): number {
    return this.requests;
  }

  /** Whether it may be given a request now. */
  get hasRoom(): boolean {
    const { state } = this;
    return (state === 'idle' || state === 'running') && this.requests < this.service.concurrency;
  }

  /** Where it listens. @throws Error where it does not yet */
  get port(): number {
    if (this.listens === undefined) throw new Error(`${this.name} does not listen`);
    return this.listens;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.process?.output() ?? '';
  }

  /** A request is under way from now on, until `done` is called. */
  begin(): { done(): void } {
    this.requests += 1;
    this.settle();
    let open = true;
    return {
      done: () => {
        if (!open) return;
        open = false;
        this.requests -= 1;
        this.settle();
        this.options.changed(this);
      },
    };
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

  /** Stops it where it is. @throws Error where it is neither idle nor running */
  freeze(): void {
    const { state } = this;
    if (state !== 'idle' && state !== 'running') throw new Error(`${this.name} is ${state}, not running`);
    this.held = true;
    this.settle();
  }

  /** Lets it go on where it was frozen. */
  thaw(): void {
    if (!this.held) return;
    this.held = false;
    this.settle();
    this.options.changed(this);
  }

  private async live(): Promise<void> {
    const { service, options } = this;
    try {
      this.process = await InstanceProcess.start(service, options.env());
      // It may have been killed, or told to go, before it was there.
      if (this.over) this.process.signal('SIGKILL');
      else if (this.told) this.process.signal('SIGTERM');
      else await this.listening(this.process);
      await this.process.exited;
    } catch (error) {
      if (!this.over) this.failure = error instanceof Error ? error : new Error(String(error));
      this.process?.signal('SIGKILL');
      await this.process?.exited;
    }
    this.over = true;
    options.ended(this);
  }

  private async listening(process: InstanceProcess): Promise<void> {
    const { startMs } = this.options;
    const timer = new AbortController();
    const late = wait(startMs, 'late' as const, { signal: timer.signal });
    const port = await Promise.race([process.port, late]).finally(() => timer.abort());
    if (this.state !== 'starting') return;
    if (typeof port !== 'number') {
      process.signal('SIGKILL');
      // What it said is wanted, but not for ever: something that it started may hold the pipe.
      await Promise.race([process.closed, wait(SAID_MS)]);
      const why = port === 'late' ? `does not listen after ${startMs} ms` : 'ended before it listened';
      throw new Error(`${this.name} ${why}:\n${this.output()}`);
    }
    this.listens = port;
    this.options.changed(this);
    this.settle();
  }

  private async go(graceMs: number): Promise<void> {
    // The state first: who is told to go is not stopped any more.
    this.told = true;
    this.held = false;
    this.settle();
    this.process?.signal('SIGTERM');
    const timer = new AbortController();
    const late = wait(graceMs, 'late' as const, { signal: timer.signal });
    if ((await Promise.race([this.life, late]).finally(() => timer.abort())) === 'late') await this.kill();
  }

  /** Stops its process or lets it go on, as it should be now. */
  private settle(): void {
    const resting = this.service.cpu === 'request' && this.state === 'idle';
    const stop = this.held || resting;
    if (stop === this.stopped) return;
    this.stopped = stop;
    this.process?.signal(stop ? 'SIGSTOP' : 'SIGCONT');
  }
}
