/** One instance of a service: a process that is given requests, stands still between them, and may be told to go. */
import { orLate } from '../function-host/or-late.js';
import { ProcessLife } from '../function-host/process-life.js';
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

/** One instance, from the start of its process to its end. */
export class Instance {
  private readonly life: ProcessLife<InstanceProcess>;
  private listens: number | undefined;
  private requests = 0;

  constructor(
    readonly name: string,
    readonly service: DeployedService,
    private readonly options: InstanceOptions,
  ) {
    this.life = new ProcessLife({
      start: () => InstanceProcess.start(service, options.env()),
      ready: (process) => this.listening(process),
      rests: () => service.cpu === 'request' && this.state === 'idle',
      ended: () => options.ended(this),
    });
  }

  get state(): InstanceState {
    const { fate } = this.life;
    if (fate !== undefined) return fate;
    if (this.listens === undefined) return 'starting';
    return this.requests > 0 ? 'running' : 'idle';
  }

  /** Set where it did not come to listen, and nobody had killed it. */
  get failure(): Error | undefined {
    return this.life.failure;
  }

  get pid(): number | undefined {
    return this.life.process?.pid;
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
    return this.life.process?.output() ?? '';
  }

  /** A request is under way from now on, until `done` is called. */
  begin(): { done(): void } {
    this.requests += 1;
    this.life.settle();
    let open = true;
    return {
      done: () => {
        if (!open) return;
        open = false;
        this.requests -= 1;
        this.life.settle();
        this.options.changed(this);
      },
    };
  }

  /** SIGKILL, whatever it does, and waits for its end. */
  kill(): Promise<void> {
    return this.life.kill();
  }

  /** SIGTERM, and SIGKILL where it is still there after `graceMs`; waits for its end. A frozen one is thawed before. */
  retire(graceMs: number): Promise<void> {
    return this.life.retire(graceMs);
  }

  /** Stops it where it is. @throws Error where it is neither idle nor running */
  freeze(): void {
    const { state } = this;
    if (state !== 'idle' && state !== 'running') throw new Error(`${this.name} is ${state}, not running`);
    this.life.freeze();
  }

  /** Lets it go on where it was frozen. */
  thaw(): void {
    if (this.life.thaw()) this.options.changed(this);
  }

  private async listening(process: InstanceProcess): Promise<void> {
    const { startMs } = this.options;
    const port = await orLate(process.port, startMs);
    if (this.state !== 'starting') return;
    if (typeof port !== 'number') {
      const said = await process.lastWords();
      const why = port === 'late' ? `does not listen after ${startMs} ms` : 'ended before it listened';
      throw new Error(`${this.name} ${why}:\n${said}`);
    }
    this.listens = port;
    this.options.changed(this);
    this.life.settle();
  }
}
