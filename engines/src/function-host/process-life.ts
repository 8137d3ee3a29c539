/** The life of a process that carries out many requests at once: it starts, may be frozen and thawed, and is killed or told to go. */
import { orLate } from './or-late.js';
import type { ProcessGroup } from './process-group.js';

/** What differs from platform to platform. */
export interface LifeOptions<P extends ProcessGroup> {
  start(): Promise<P>;
  /** Resolves when it may be given requests, or is to be given none. @throws Error where it does not come to that */
  ready(process: P): Promise<void>;
  /** Whether it stands still although it is not frozen. */
  rests(): boolean;
  /** Its process has ended. */
  ended(): void;
}

/** What was done to it from outside: `ending`, it was told to go; `ended`, it was killed, or it ended by itself. */
export type Fate = 'frozen' | 'ending' | 'ended';

/** From the start of one process to its end. */
export class ProcessLife<P extends ProcessGroup> {
  /** Set where it did not become ready, and nobody had killed it. */
  failure: Error | undefined;
  /** Missing until it has been started. */
  process: P | undefined;
  private held = false;
  private stopped = false;
  private told = false;
  private over = false;
  private gone: Promise<void> | undefined;
  private readonly whole: Promise<void>;

  constructor(private readonly options: LifeOptions<P>) {
    this.whole = this.live();
  }

  get fate(): Fate | undefined {
    if (this.over) return 'ended';
    if (this.told) return 'ending';
    return this.held ? 'frozen' : undefined;
  }

  /** SIGKILL, whatever it does, and waits for its end. */
  kill(): Promise<void> {
    this.over = true;
    this.process?.signal('SIGKILL');
    return this.whole;
  }

  /** SIGTERM, and SIGKILL where it is still there after `graceMs`; waits for its end. A frozen one is thawed before. */
  retire(graceMs: number): Promise<void> {
    this.gone ??= this.go(graceMs);
    return this.gone;
  }

  /** Stops it where it is. */
  freeze(): void {
    this.held = true;
    this.settle();
  }

  /** Lets it go on where it was frozen; false where it was not. */
  thaw(): boolean {
    if (!this.held) return false;
    this.held = false;
    this.settle();
    return true;
  }

  /** Stops its process or lets it go on, as it should be now. */
  settle(): void {
    const stop = this.held || this.options.rests();
    if (stop === this.stopped) return;
    this.stopped = stop;
    this.process?.signal(stop ? 'SIGSTOP' : 'SIGCONT');
  }

  private async live(): Promise<void> {
    const { options } = this;
    try {
      this.process = await options.start();
      // It may have been killed, or told to go, before it was there.
      if (this.over) this.process.signal('SIGKILL');
      else if (this.told) this.process.signal('SIGTERM');
      else await options.ready(this.process);
      await this.process.exited;
    } catch (error) {
      if (!this.over) this.failure = error instanceof Error ? error : new Error(String(error));
      this.process?.signal('SIGKILL');
      await this.process?.exited;
    }
    this.over = true;
    options.ended();
  }

  private async go(graceMs: number): Promise<void> {
    // The state first: who is told to go is not stopped any more.
    this.told = true;
    this.held = false;
    this.settle();
    this.process?.signal('SIGTERM');
    if ((await orLate(this.whole, graceMs)) === 'late') await this.kill();
  }
}
