/** The instances of one service: given requests, started where there is no room, ended when idle for long. */
import { Instance } from './instance.js';
import type { DeployedService, ServiceUrls } from './service.js';

/** What is the same for all instances of a host. All times are in ms. */
export interface PoolOptions {
  urls(): ServiceUrls;
  readonly startMs: number;
  /** How long a request waits for an instance. */
  readonly pendingMs: number;
  /** How long an instance stays without a request. */
  readonly idleMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** An instance's process has ended: its output would be lost. */
  ended(instance: Instance): void;
}

/** A place in an instance: a request is under way there until `done` is called. */
export interface Lease {
  readonly instance: Instance;
  done(): void;
}

/** Why a request has no instance. */
export type Refusal = 'no instance' | 'not started' | 'stopped';

/** A request has no instance. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly reason: Refusal,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  give(lease: Lease): void;
  refuse(error: Error): void;
}

/** All instances of one service. */
export class InstancePool {
  private readonly all = new Set<Instance>();
  private readonly waiting: Waiting[] = [];
  private readonly idleTimers = new Map<Instance, NodeJS.Timeout>();
  private count = 0;
  private stopped = false;

  constructor(
    readonly service: DeployedService,
    private readonly options: PoolOptions,
  ) {}

  instances(): readonly Instance[] {
    return [...this.all];
  }

  /**
   * A place in an instance, the first to come where there is none now. Rejects with the signal's reason where it is
   * aborted before. @throws Refused
   */
  lease(signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const { name } = this.service;
      if (this.stopped) return reject(new Refused('stopped', 'the host was stopped'));
      const settle = (then: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', away);
        const place = this.waiting.indexOf(waiting);
        if (place >= 0) this.waiting.splice(place, 1);
        then();
      };
      const waiting: Waiting = {
        give: (lease) => settle(() => resolve(lease)),
        refuse: (error) => settle(() => reject(error)),
      };
      const away = () => waiting.refuse(signal.reason);
      const timer = setTimeout(
        () => waiting.refuse(new Refused('no instance', `${name} has no available instance`)),
        this.options.pendingMs,
      );
      signal.addEventListener('abort', away, { once: true });
      this.waiting.push(waiting);
      if (signal.aborted) away();
      else this.look();
    });
  }

  /** Tells an instance to go. */
  async retire(instance: Instance): Promise<void> {
    const gone = instance.retire(this.options.graceMs);
    // Another one may take its place at once.
    this.look();
    await gone;
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const waiting of [...this.waiting]) waiting.refuse(new Refused('stopped', 'the host was stopped'));
    await Promise.all([...this.all].map((instance) => instance.kill()));
  }

  /** Gives requests to instances with room, and starts as many instances as the others need. */
  private look(): void {
    for (;;) {
      const [next] = this.waiting;
      const instance = next && this.roomiest();
      if (instance === undefined) break;
      clearTimeout(this.idleTimers.get(instance));
      next?.give({ instance, ...instance.begin() });
    }
    const { concurrency, maxInstances } = this.service;
    const starting = () => [...this.all].filter(({ state }) => state === 'starting').length;
    while (this.waiting.length > starting() * concurrency && this.living() < maxInstances && !this.stopped)
      this.start();
  }

  private roomiest(): Instance | undefined {
    return [...this.all].filter(({ hasRoom }) => hasRoom).sort((a, b) => a.busy - b.busy)[0];
  }

  /** Those that are told to go do not count: the platform, too, has more than it should for a moment. */
  private living(): number {
    return [...this.all].filter(({ state }) => state !== 'ending' && state !== 'ended').length;
  }

  private start(): void {
    const { service, options } = this;
    this.count += 1;
    const instance: Instance = new Instance(`${service.name}-${this.count}`, service, {
      startMs: options.startMs,
      env: () => service.env(options.urls()),
      changed: (one) => {
        this.look();
        this.rest(one);
      },
      ended: (one) => this.ended(one),
    });
    this.all.add(instance);
  }

  private rest(instance: Instance): void {
    clearTimeout(this.idleTimers.get(instance));
    if (instance.state !== 'idle') return;
    const timer = setTimeout(() => void this.retire(instance), this.options.idleMs);
    timer.unref();
    this.idleTimers.set(instance, timer);
  }

  private ended(instance: Instance): void {
    clearTimeout(this.idleTimers.get(instance));
    this.idleTimers.delete(instance);
    this.all.delete(instance);
    this.options.ended(instance);
    const { failure } = instance;
    // A module that does not load would be started for ever.
    if (failure !== undefined && this.living() === 0) {
      for (const waiting of [...this.waiting]) waiting.refuse(new Refused('not started', failure.message));
    }
    this.look();
  }
}
