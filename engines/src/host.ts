/** What runs functions for demos and crash tests: it deploys an app, sends calls to its workers, and lets them die. */

/** An app to deploy. */
export interface App {
  /**
   * The module that each worker runs: it serves its functions at `POST /functions/<name>`, and whatever else they need of
   * each other, on a port of 127.0.0.1 that it chooses, and prints `ready <port>`. Its environment has FUNCTIONS_URL, where
   * all workers are reached, and WORKER, its own name.
   */
  readonly module: string;
  /** Added to the workers' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many workers serve at once. */
  readonly workers: number;
}

/** How to call. */
export interface CallOptions {
  /** The run's id: every repetition is sent under it, so that nothing happens twice. */
  readonly id: string;
  /** How long to go on asking, in ms; 60 s where not given. */
  readonly timeoutMs?: number;
}

/** What a function answered. */
export interface Answer {
  readonly value: unknown;
  /** How often the call was sent: more than once where workers died or were not there. */
  readonly sent: number;
}

/** A worker as it is now. */
export interface Worker {
  /** `worker-1`, `worker-2`, …: a restarted worker keeps its name. */
  readonly name: string;
  readonly state: 'starting' | 'running' | 'frozen';
  readonly pid: number | undefined;
  /** Requests that it was given and has not answered. */
  readonly busy: number;
  /** How often it was killed. */
  readonly kills: number;
}

/** A deployed app. Workers that end are started again, as a platform would. */
export interface Deployment {
  /**
   * Calls a function and repeats the call, under the same id, until it is answered, as a careful client would.
   * @throws CallFailed where the function answered with an error, or refused; Error after the time-out.
   */
  call(functionName: string, input: unknown, options: CallOptions): Promise<Answer>;
  /** Kills a worker at once, or the busiest; resolves to its name. @throws Error where none is running */
  kill(worker?: string): Promise<string>;
  /**
   * Kills whichever worker is next about to answer a call of that function: all is done, and nobody hears of it. Resolves
   * to its name. Rejects with the signal's reason where it is aborted before.
   */
  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string>;
  /** Stops a worker where it is, or the busiest, its connections open; resolves to its name. */
  freeze(worker?: string): string;
  /** Lets a frozen worker go on. */
  thaw(worker: string): void;
  /** The workers, by name. */
  workers(): readonly Worker[];
  /** Everything that the workers printed, those that ended first. */
  output(): string;
  /** Ends all workers. */
  stop(): Promise<void>;
}

/** A place where functions run. */
export interface Host {
  readonly name: string;
  /** Resolves when all workers are ready. @throws Error with what a worker printed, where one does not start */
  deploy(app: App): Promise<Deployment>;
}

/** A call's definite failure: sending it again would give the same answer. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly status: number;

  constructor(functionName: string, status: number, body: string) {
    super(`${functionName} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}
