/** Invocations of functions: given to a worker, cut off when their time is over, and their outputs carried out. */
import { randomUUID } from 'node:crypto';
import type { FunctionMetadata, InvocationRequest, InvocationResponse } from './protocol.js';
import { type FunctionWorker, InvocationFailed } from './worker.js';
import type { WorkerPool } from './worker-pool.js';

/** What an invocation is made of, but its id. */
export type Invocation = Pick<InvocationRequest, 'inputData' | 'triggerMetadata' | 'retryContext'>;

/** What came of an invocation, and where. */
export interface Invoked {
  readonly response: InvocationResponse;
  readonly worker: FunctionWorker;
}

/** What is the same for all invocations of a host. */
export interface InvocationsOptions {
  readonly timeoutMs: number;
  /** Takes what a function has put out. */
  putOut(metadata: FunctionMetadata, response: InvocationResponse): void;
  /** A line for the host's log. */
  say(line: string): void;
}

/** The invocations of one host. */
export class Invocations {
  /** Invocations whose time was over. */
  late = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly pool: WorkerPool,
    private readonly options: InvocationsOptions,
  ) {}

  /** Invokes a function, once there is a worker. @throws InvocationFailed; the signal's reason where it is aborted before */
  async invoke(metadata: FunctionMetadata, invocation: Invocation, signal?: AbortSignal): Promise<Invoked> {
    const { functionId, name } = metadata;
    const signals = signal === undefined ? [] : [signal];
    const worker = await this.pool.next(AbortSignal.any([this.stopping.signal, ...signals]));
    try {
      const request = { ...invocation, functionId, invocationId: randomUUID() };
      const response = await this.inTime(name, worker, worker.invoke(request));
      this.options.putOut(metadata, response);
      return { response, worker };
    } catch (error) {
      if (error instanceof InvocationFailed && this.stopping.signal.aborted)
        throw new InvocationFailed('stopped', 'the host was stopped');
      this.options.say(
        `Executed '${name}' (Failed): ${error instanceof Error ? error.message : String(error)}`,
      );
      throw error;
    }
  }

  stop(): void {
    this.stopping.abort(new InvocationFailed('stopped', 'the host was stopped'));
  }

  private async inTime<T>(name: string, worker: FunctionWorker, answered: Promise<T>): Promise<T> {
    const { timeoutMs } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.late += 1;
        reject(new InvocationFailed('timed out', `Timeout value of ${timeoutMs} ms exceeded by ${name}`));
        // The whole worker goes, with all that is under way there.
        void worker.kill();
      }, timeoutMs);
    });
    // Whoever is late is lost as well.
    answered.catch(() => undefined);
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
