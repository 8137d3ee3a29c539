/**
 * The end of this process. The platform announces it by SIGTERM, and kills it about ten seconds later. The server of the
 * Functions Framework ends at the signal itself, and cuts off the requests under way: so whoever else listens for the signal
 * is told of it when they have been answered.
 */
import { type EventEmitter, setMaxListeners } from 'node:events';
import { processPlatform } from '@flowstate/core/adapter';

/** What is used of a process. */
export interface SignalledProcess
  extends Pick<EventEmitter, 'on' | 'off' | 'prependListener' | 'rawListeners'> {
  readonly pid: number;
  kill(pid: number, signal: 'SIGTERM'): unknown;
}

/** A listener of a signal. */
export type SignalListener = (signal: 'SIGTERM', number: number) => void;

const SIGTERM = 15;
/** Requests under way are waited for so long, in ms: then the platform kills the process soon. */
const GRACE_MS = 9000;
/** What a promise has answered is on its way so much later, in ms. */
const SENDING_MS = 25;

/** Whether a process is to end, and what it still has to answer. */
export class Termination {
  private readonly told = new AbortController();
  private isListening = false;
  private underWay = 0;
  /** The others who listen, while requests are under way. */
  private held: SignalListener[] = [];

  constructor(private readonly process: SignalledProcess) {
    setMaxListeners(0, this.told.signal);
  }

  /** Aborted when the process has been told to end. It listens for that from the first time on. */
  signal(): AbortSignal {
    if (!this.isListening) this.process.prependListener('SIGTERM', this.end);
    this.isListening = true;
    return this.told.signal;
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
    if (this.told.signal.aborted) return;
    this.told.abort();
    if (this.underWay === 0) this.release();
    else void processPlatform.wait(GRACE_MS).then(() => this.release());
  };

  private hold(): void {
    if (!this.isListening || this.told.signal.aborted) return;
    for (const listener of this.others()) {
      this.process.off('SIGTERM', listener);
      this.held.push(listener);
    }
  }

  private release(): void {
    const { held } = this;
    this.held = [];
    if (!this.told.signal.aborted) {
      for (const listener of held) this.process.on('SIGTERM', listener);
      return;
    }
    for (const listener of held) listener.call(this.process, 'SIGTERM', SIGTERM);
    if (held.length > 0 || !this.isListening || this.others().length > 0) return;
    // Nobody else listens: without this module the process would have ended at the signal.
    this.isListening = false;
    this.process.off('SIGTERM', this.end);
    this.process.kill(this.process.pid, 'SIGTERM');
  }

  private others(): SignalListener[] {
    const listeners = this.process.rawListeners('SIGTERM') as SignalListener[];
    return listeners.filter((listener) => listener !== this.end);
  }
}

/** The end of the process that this module is in. */
export const termination = new Termination(process);
