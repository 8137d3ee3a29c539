/** Real processes that serve the suite's functions, to be killed and frozen from outside. */

/** What is to be started. */
export interface SpawnOptions {
  /** How many processes serve at once. */
  readonly workers: number;
  /** The lease of their flows, in ms. */
  readonly leaseMs: number;
  /** To be added to the environment of every process: what `defineSuiteFunctions` needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a function is called. */
export interface CallOptions {
  /** The run's id: every repetition is sent under it. */
  readonly id: string;
  /** How long to go on asking, in ms. */
  readonly timeoutMs: number;
}

/** A process as it is now. */
export interface Worker {
  /** A restarted one keeps its name. */
  readonly name: string;
  readonly state: 'starting' | 'running' | 'frozen';
}

/** Processes that were started. Those that end are started again, as a platform would. */
export interface Deployment {
  /** Calls a function and repeats the call, under the same id, until it is answered. @throws where it answered an error */
  call(functionName: string, input: unknown, options: CallOptions): Promise<{ readonly value: unknown }>;
  /** SIGKILL to a process, or to the busiest; resolves to its name. */
  kill(worker?: string): Promise<string>;
  /**
   * SIGKILL to whichever process is next about to answer a call of that function: all is done, and nobody hears of it.
   * Resolves to its name, and rejects with the signal's reason.
   */
  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string>;
  /** SIGSTOP to a process, or to the busiest; answers its name. */
  freeze(worker?: string): string;
  /** SIGCONT. */
  thaw(worker: string): void;
  workers(): readonly Worker[];
  /** Everything that the processes printed. */
  output(): string;
  stop(): Promise<void>;
}
