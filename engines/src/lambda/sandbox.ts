/** A sandbox: one process of one function. It runs one invocation at a time and stands still in between. */
import type { ProcessGroup } from '../function-host/process-group.js';
import type { DeployedFunction } from './function.js';
import { exited, failed, type Outcome, timedOut } from './outcome.js';
import { type Invocation, RuntimeApi } from './runtime-api.js';
import { startSandbox } from './sandbox-process.js';

/**
 * `idle`: it stands still and waits for an invocation; `frozen`: it was stopped in the middle of one; `ended`: it has
 * been killed, or is about to be, and takes no more invocations.
 */
export type SandboxState = 'starting' | 'idle' | 'running' | 'frozen' | 'ended';

/** What a sandbox needs from whoever keeps it. */
export interface SandboxOptions {
  readonly serviceUrl: string;
  /** How long the module may take to load, in ms. */
  readonly initMs: number;
  /** Asked before an answer counts: true kills the sandbox, and the answer is lost. */
  losesAnswer(sandbox: Sandbox): boolean;
  /** It has become idle. */
  idle(sandbox: Sandbox): void;
  /** Its process has ended. */
  ended(sandbox: Sandbox): void;
}

interface Running {
  readonly invocation: Invocation;
  outcome: Outcome | undefined;
  finish(outcome: Outcome): void;
}

/** One sandbox, from the start of its process to its end. */
export class Sandbox {
  private current: Running | undefined;
  private process: ProcessGroup | undefined;
  private api: RuntimeApi | undefined;
  private starting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private now: SandboxState = 'starting';
  private late = false;

  constructor(
    readonly name: string,
    readonly definition: DeployedFunction,
    private readonly options: SandboxOptions,
  ) {}

  get state(): SandboxState {
    return this.now;
  }

  /** Whether it was ended because its time was over. */
  get timedOut(): boolean {
    return this.late;
  }

  /** Invocations under way: it carries out one at a time. */
  get busy(): 0 | 1 {
    return this.current === undefined ? 0 : 1;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** The last lines that it printed. */
  output(): string {
    return this.process?.output() ?? '';
  }

  /**
   * Runs an invocation: the first one starts the process. Resolves when the sandbox has taken up the next wait or has
   * ended: until then it is not free.
   */
  run(invocation: Invocation): Promise<Outcome> {
    if (this.current !== undefined || this.now === 'ended') throw new Error(`${this.name} is not free`);
    return new Promise((finish, reject) => {
      this.current = { invocation, outcome: undefined, finish };
      if (this.now === 'idle') return this.give();
      this.starting = this.start();
      this.starting.catch(reject);
    });
  }

  /** SIGKILL, whatever it does, and waits for its end. */
  async kill(): Promise<void> {
    this.end();
    await this.starting;
    await this.process?.exited;
  }

  /** Stops it in the middle of an invocation. @throws Error where it runs none */
  freeze(): void {
    if (this.now !== 'running') throw new Error(`${this.name} is ${this.now}, not running`);
    this.now = 'frozen';
    this.process?.signal('SIGSTOP');
  }

  /** Lets it go on where it was frozen. */
  thaw(): void {
    if (this.now !== 'frozen') return;
    this.now = 'running';
    this.process?.signal('SIGCONT');
  }

  private async start(): Promise<void> {
    const { definition, name, options } = this;
    this.api = await RuntimeApi.open({
      waits: () => this.waits(),
      brought: (_requestId, outcome) => this.brought(outcome),
      notLoaded: (outcome) => this.fail(outcome),
    });
    const started = { runtimeApi: this.api.address, serviceUrl: options.serviceUrl };
    try {
      this.process = await startSandbox(definition, name, started);
    } catch (error) {
      this.now = 'ended';
      await this.ended(failed({ errorType: 'Runtime.InvalidEntrypoint', errorMessage: String(error) }));
      return;
    }
    this.process.exited.then(
      (exit) => this.ended(exited(this.current?.invocation.requestId ?? '', exit)),
      () => {},
    );
    // It may have been killed before it was there.
    if (this.state === 'ended') return this.process.signal('SIGKILL');
    this.limit(options.initMs);
  }

  /** The runtime client is ready for an invocation. */
  private waits(): void {
    if (this.now === 'ended') return;
    clearTimeout(this.timer);
    if (this.now === 'starting') this.give();
    else this.rest();
  }

  /** It is done with its invocation, and stands still until the next one. */
  private rest(): void {
    const done = this.current;
    this.current = undefined;
    this.now = 'idle';
    this.process?.signal('SIGSTOP');
    done?.finish(done.outcome ?? noOutcome(done.invocation.requestId));
    this.options.idle(this);
  }

  private give(): void {
    const { current, definition } = this;
    if (current === undefined) return;
    this.now = 'running';
    this.process?.signal('SIGCONT');
    this.api?.give(current.invocation, Date.now() + definition.timeoutMs);
    this.limit(definition.timeoutMs);
  }

  private limit(ms: number): void {
    const id = this.current?.invocation.requestId ?? '';
    this.timer = setTimeout(() => {
      this.late = true;
      this.fail(timedOut(id, ms));
    }, ms);
  }

  private brought(outcome: Outcome): boolean {
    if (this.now === 'ended') return false;
    if (this.options.losesAnswer(this)) {
      this.end();
      return false;
    }
    if (this.current !== undefined) this.current.outcome = outcome;
    return true;
  }

  /** Ends it; the caller hears this, but where the function had answered before. */
  private fail(outcome: Outcome): void {
    if (this.current !== undefined) this.current.outcome ??= outcome;
    this.end();
  }

  private end(): void {
    // First the state: whoever looks for a free sandbox meanwhile must not find this one.
    this.now = 'ended';
    clearTimeout(this.timer);
    this.process?.signal('SIGKILL');
  }

  private async ended(otherwise: Outcome): Promise<void> {
    this.end();
    const done = this.current;
    this.current = undefined;
    done?.finish(done.outcome ?? otherwise);
    this.options.ended(this);
    await this.api?.close();
  }
}

function noOutcome(requestId: string): Outcome {
  const errorMessage = `RequestId: ${requestId} Error: the runtime asked for the next invocation without an answer`;
  return failed({ errorType: 'Runtime.InvalidRequest', errorMessage });
}
