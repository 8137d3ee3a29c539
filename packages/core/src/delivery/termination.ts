/**
 * The end of a process. A platform announces it by SIGTERM, by a hook, or by both, and kills the process some seconds later.
 * Servers end at the signal itself, and cut off the requests under way: so whoever else listens for the signal is told of it
 * when they have been answered.
 */
import { processPlatform } from '../default-platform.js';

/** What is used of a process. */
export interface SignalledProcess {
  readonly pid: number;
  on(event: 'SIGTERM', listener: SignalListener): unknown;
  off(event: 'SIGTERM', listener: SignalListener): unknown;
  prependListener(event: 'SIGTERM', listener: SignalListener): unknown;
  /** Those added by `once` in their wrappers. */
  rawListeners(event: 'SIGTERM'): unknown[];
  kill(pid: number, signal: 'SIGTERM'): unknown;
}

/** A listener of a signal. */
export type SignalListener = (signal: string, number?: number) => void;

const SIGTERM = 15;
/** What a promise has answered is on its way so much later, in ms. */
const SENDING_MS = 25;

/** Whether a process is to end, and what it still has to answer. */
export class Termination {
  private readonly told = new AbortController();
  private isListening = false;
  private isSignalled = false;
  private underWay = 0;
  /** The others who listen, while requests are under way. */
  private held: SignalListener[] = [];
  private idle: (() => void)[] = [];

  /**
   * `graceMs`: so long requests under way are waited for; then the platform kills the process soon. `prepare` is given the
   * signal: every execution listens to it, and Node warns of more than ten unless it is told.
   */
  constructor(
    private readonly ended: SignalledProcess,
    private readonly graceMs: number,
    prepare: (signal: AbortSignal) => void = () => undefined,
  ) {
    prepare(this.told.signal);
  }

  /** Aborted when the process has been told to end. It listens for that from the first time on. */
  signal(): AbortSignal {
    if (!this.isListening) this.ended.prependListener('SIGTERM', this.end);
    this.isListening = true;
    return this.told.signal;
  }

  /** For a platform that tells by a hook, and ends the process itself: resolves when what is under way has been answered. */
  async terminate(): Promise<void> {
    this.told.abort();
    if (this.underWay === 0) return;
    const answered = new Promise<void>((resolve) => this.idle.push(resolve));
    await Promise.race([answered, processPlatform.wait(this.graceMs)]);
  }

  /** Something begins that is to be answered; to be called when it has been. */
  begin(): () => void {
    this.underWay += 1;
    this.hold();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.underWay -= 1;
      if (this.underWay === 0) this.release();
    };
  }

  /** The same around work that somebody else answers when it has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const over = this.begin();
    try {
      return await work();
    } finally {
      void processPlatform.wait(SENDING_MS).then(over);
    }
  }

  private readonly end = (): void => {
    if (this.isSignalled) return;
    this.isSignalled = true;
    this.told.abort();
    if (this.underWay === 0) this.release();
    else void processPlatform.wait(this.graceMs).then(() => this.release());
  };

  private hold(): void {
    if (!this.isListening || this.isSignalled) return;
    for (const listener of this.others()) {
      this.ended.off('SIGTERM', listener);
      this.held.push(listener);
    }
  }

  private release(): void {
    const { held, idle } = this;
    this.held = [];
    this.idle = [];
    for (const answered of idle) answered();
    if (!this.isSignalled) {
      for (const listener of held) this.ended.on('SIGTERM', listener);
      return;
    }
    for (const listener of held) listener.call(this.ended, 'SIGTERM', SIGTERM);
    if (held.length > 0 || !this.isListening || this.others().length > 0) return;
    // Nobody else listens: without this module the process would have ended at the signal.
    this.isListening = false;
    this.ended.off('SIGTERM', this.end);
    this.ended.kill(this.ended.pid, 'SIGTERM');
  }

  private others(): SignalListener[] {
    const listeners = this.ended.rawListeners('SIGTERM') as SignalListener[];
    return listeners.filter((listener) => listener !== this.end);
  }
}
