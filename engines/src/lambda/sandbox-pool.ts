/** The sandboxes of one function: used again while they are warm, started when none is free, ended when idle for long. */
import type { DeployedFunction } from './function.js';
import type { Outcome } from './outcome.js';
import type { Invocation } from './runtime-api.js';
import { Sandbox } from './sandbox.js';
import { throttled } from './service-error.js';

/** What is the same for all sandboxes of a host. */
export interface PoolOptions {
  serviceUrl(): string;
  readonly initMs: number;
  /** How long a sandbox stays without an invocation, in ms. */
  readonly idleMs: number;
  /** A name for a new sandbox. */
  nameFor(definition: DeployedFunction): string;
  losesAnswer(sandbox: Sandbox): boolean;
  /** A sandbox's process has ended: its output would be lost. */
  ended(sandbox: Sandbox): void;
}

/** All sandboxes of one deployment of a function. */
export class SandboxPool {
  /** The one that was used last is at the end. */
  private readonly boxes = new Set<Sandbox>();
  private readonly idleTimers = new Map<Sandbox, NodeJS.Timeout>();
  private retired = false;

  constructor(
    readonly definition: DeployedFunction,
    private readonly options: PoolOptions,
  ) {}

  sandboxes(): readonly Sandbox[] {
    return [...this.boxes];
  }

  /** Runs an invocation in a sandbox that is free, or in a new one. @throws ServiceError where the concurrency is used up */
  run(invocation: Omit<Invocation, 'arn'>): Promise<Outcome> {
    const sandboxes = [...this.boxes];
    const busy = sandboxes.filter(({ state }) => state !== 'idle' && state !== 'ended').length;
    if (busy >= this.definition.concurrency) throw throttled();
    const sandbox = sandboxes.findLast(({ state }) => state === 'idle') ?? this.create();
    clearTimeout(this.idleTimers.get(sandbox));
    this.boxes.delete(sandbox);
    this.boxes.add(sandbox);
    return sandbox.run({ ...invocation, arn: this.definition.arn });
  }

  /** Another deployment has taken its place: whatever runs may finish. */
  async retire(): Promise<void> {
    this.retired = true;
    await Promise.all(
      [...this.boxes].filter(({ state }) => state === 'idle').map((sandbox) => sandbox.kill()),
    );
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    await Promise.all([...this.boxes].map((sandbox) => sandbox.kill()));
  }

  private create(): Sandbox {
    const { definition, options } = this;
    return new Sandbox(options.nameFor(definition), definition, {
      serviceUrl: options.serviceUrl(),
      initMs: options.initMs,
      losesAnswer: options.losesAnswer,
      idle: (box) => this.idle(box),
      ended: (box) => {
        clearTimeout(this.idleTimers.get(box));
        this.idleTimers.delete(box);
        this.boxes.delete(box);
        options.ended(box);
      },
    });
  }

  private idle(sandbox: Sandbox): void {
    const timer = setTimeout(() => void sandbox.kill(), this.retired ? 0 : this.options.idleMs);
    timer.unref();
    this.idleTimers.set(sandbox, timer);
  }
}
