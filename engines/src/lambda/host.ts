/**
 * AWS Lambda on this machine, for tests and demos: the official runtime client runs the functions in processes of their
 * own, behind the service's invoke API, asynchronous invocations, SQS, HTTP and schedules. Processes can be killed and
 * frozen at any moment, and none outlives this one.
 */
import { randomUUID } from 'node:crypto';
import { type Loopback, listen } from '../function-host/loopback.js';
import { EventQueue } from './event-queue.js';
import { type DeadLetter, deployable, type LambdaFunction } from './function.js';
import { type HttpFront, type HttpFrontOptions, openFront } from './http-front.js';
import { answerInvoke } from './invoke-api.js';
import type { Outcome } from './outcome.js';
import type { SandboxState } from './sandbox.js';
import { SandboxChaos } from './sandbox-chaos.js';
import { runtimeClient } from './sandbox-process.js';
import { type Schedule, type ScheduleOptions, startSchedule } from './schedule.js';
import { LambdaService } from './service.js';
import { type Queue, type QueueOptions, startMapping } from './sqs-mapping.js';

/** What a host is given. */
export interface LambdaHostOptions {
  readonly functions?: readonly LambdaFunction[];
  /** After so long without an invocation a sandbox is ended, in ms; 5 minutes where not given. */
  readonly idleMs?: number;
  /** How long a module may take to load, in ms; 10 000 where not given, as the service has it. */
  readonly initMs?: number;
  /** How likely an event is delivered twice although nothing failed, from 0 to 1; 0 where not given. */
  readonly duplicate?: number;
  /** Decides about duplicates: from 0 up to 1. Must be given where `duplicate` is. */
  readonly random?: () => number;
}

/** A sandbox as it is now. */
export interface SandboxView {
  readonly name: string;
  readonly functionName: string;
  readonly pid: number | undefined;
  /** `idle`: stopped between two invocations; `frozen`: stopped in the middle of one. */
  readonly state: SandboxState;
}

/** A running host. */
export interface LambdaHost {
  /** The endpoint for a `LambdaClient`; in its sandboxes it is AWS_ENDPOINT_URL_LAMBDA. */
  readonly url: string;
  /** Puts functions in place, or newer ones in their place. @throws TypeError where one cannot be deployed */
  deploy(...functions: readonly LambdaFunction[]): void;
  /** Starts a queue whose messages a function processes. @throws ServiceError where there is no such function */
  queue(options: QueueOptions): Queue;
  /** Opens an HTTP front of a function. @throws ServiceError where there is no such function */
  httpFront(options: HttpFrontOptions): Promise<HttpFront>;
  /** Sends a function an event every so often. @throws ServiceError where there is no such function */
  schedule(options: ScheduleOptions): Schedule;
  /** The events that were given up, the first one first. */
  deadLetters(): readonly DeadLetter[];
  /** Deliveries of events that are still to be made, or to be tried again. */
  pendingEvents(): number;
  /** Events that were delivered twice although nothing failed. */
  duplicates(): number;
  /** Sandboxes that were ended because their time was over. */
  timeOuts(): number;
  sandboxes(): readonly SandboxView[];
  /** SIGKILL to a sandbox, or to one that runs an invocation; resolves to its name. @throws Error where there is none */
  kill(sandbox?: string): Promise<string>;
  /**
   * Kills whichever sandbox next brings an answer of that function: all is done, and nobody hears of it. Resolves to
   * its name. Rejects with the signal's reason where it is aborted before.
   */
  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string>;
  /** Stops a sandbox in the middle of its invocation, or one that runs; answers its name. */
  freeze(sandbox?: string): string;
  /** Lets a sandbox go on where it was frozen and has not been ended by its time-out. */
  thaw(sandbox: string): void;
  /** What the sandboxes printed of late, those that ended first. */
  output(): string;
  /** Ends everything. Invocations that run end with an error. */
  stop(): Promise<void>;
}

const IDLE_MS = 5 * 60_000;
const INIT_MS = 10_000;

/** Starts a host. @throws Error where the runtime client is not installed, or the options do not fit together */
export async function lambdaHost(options: LambdaHostOptions = {}): Promise<LambdaHost> {
  runtimeClient();
  const { functions = [], idleMs = IDLE_MS, initMs = INIT_MS, duplicate = 0, random } = options;
  if (duplicate > 0 && random === undefined)
    throw new TypeError('duplicate needs random: give a seeded function');
  const names = new Map<string, number>();
  const chaos: SandboxChaos = new SandboxChaos(() => service.sandboxes());
  const service: LambdaService = new LambdaService({
    serviceUrl: () => api.url,
    initMs,
    idleMs,
    nameFor({ name }) {
      const count = (names.get(name) ?? 0) + 1;
      names.set(name, count);
      return `${name}-${count}`;
    },
    losesAnswer: (sandbox) => chaos.losesAnswer(sandbox),
    ended: (sandbox) => chaos.remember(sandbox),
  });
  const events = new EventQueue({
    duplicate,
    random: random ?? (() => 1),
    invoke: ({ name, ...event }) => service.invoke(name, event),
  });
  const definitions = functions.map(deployable);
  const api = await listen((request, response) => answerInvoke(request, response, service, events));
  for (const definition of definitions) service.deploy(definition);
  return new Host(api, service, events, chaos);
}

class Host implements LambdaHost {
  private readonly sources: { stop(): void }[] = [];
  private readonly fronts: HttpFront[] = [];
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly api: Loopback,
    private readonly service: LambdaService,
    private readonly events: EventQueue,
    private readonly chaos: SandboxChaos,
  ) {}

  get url(): string {
    return this.api.url;
  }

  deploy(...functions: readonly LambdaFunction[]): void {
    for (const definition of functions.map(deployable)) this.service.deploy(definition);
  }

  queue(options: QueueOptions): Queue {
    const { timeoutMs } = this.service.find(options.function);
    const queue = startMapping(options, timeoutMs, (payload) => this.invoke(options.function, payload));
    this.sources.push(queue);
    return queue;
  }

  async httpFront(options: HttpFrontOptions): Promise<HttpFront> {
    this.service.find(options.function);
    const front = await openFront(options, (payload) => this.invoke(options.function, payload));
    this.fronts.push(front);
    return front;
  }

  schedule(options: ScheduleOptions): Schedule {
    this.service.find(options.function);
    const schedule = startSchedule(options, (payload) =>
      this.events.accept(this.service.find(options.function), randomUUID(), payload),
    );
    this.sources.push(schedule);
    return schedule;
  }

  deadLetters(): readonly DeadLetter[] {
    return this.events.deadLetters;
  }

  pendingEvents(): number {
    return this.events.pending;
  }

  duplicates(): number {
    return this.events.duplicates;
  }

  timeOuts(): number {
    return this.chaos.timeOuts;
  }

  sandboxes(): readonly SandboxView[] {
    return this.service.sandboxes().map(({ name, definition, pid, state }) => {
      return { name, functionName: definition.name, pid, state };
    });
  }

  kill(sandbox?: string): Promise<string> {
    return this.chaos.kill(sandbox);
  }

  killBeforeAnswer(functionName: string, signal?: AbortSignal): Promise<string> {
    return this.chaos.killBeforeAnswer((name) => name === functionName, signal);
  }

  freeze(sandbox?: string): string {
    return this.chaos.freeze(sandbox);
  }

  thaw(sandbox: string): void {
    this.chaos.thaw(sandbox);
  }

  output(): string {
    return this.chaos.output();
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    for (const source of this.sources) source.stop();
    this.events.stop();
    this.chaos.stop();
    await this.service.stop();
    await Promise.all([this.api.close(), ...this.fronts.map((front) => front.close())]);
  }

  private invoke(name: string, payload: string): Promise<Outcome> {
    return this.service.invoke(name, { requestId: randomUUID(), payload });
  }
}
