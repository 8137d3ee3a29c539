/**
 * Cloud Run functions on this machine, for tests and demos: the Functions Framework's production server runs the functions
 * in processes of their own, behind fronts, Pub/Sub, Eventarc, Cloud Scheduler and Cloud Tasks. Processes can be killed,
 * frozen and told to go at any moment, and none outlives this one.
 */
import { Chance } from '../function-host/chance.js';
import type { AnswerMatch } from '../function-host/http-answer.js';
import { type Loopback, listen } from '../function-host/loopback.js';
import { type EventTrigger, type EventTriggerOptions, startTrigger } from './eventarc.js';
import { openFront } from './front.js';
import type { InstanceState } from './instance.js';
import { InstanceChaos } from './instance-chaos.js';
import { InstancePool } from './instance-pool.js';
import { PushSubscription, type Subscription, type SubscriptionOptions } from './pubsub-subscription.js';
import { PubsubTopic, type Topic, type TopicOptions } from './pubsub-topic.js';
import { type SchedulerJob, type SchedulerJobOptions, startJob } from './scheduler.js';
import { type CloudService, deployable, type ServiceUrls } from './service.js';
import { DispatchingQueue, type TaskQueue, type TaskQueueOptions } from './task-queue.js';
import { answerTasks } from './tasks-api.js';

/** What a host is given. */
export interface CloudFunctionsHostOptions {
  readonly services: readonly CloudService[];
  /** After so long without a request an instance is told to go, in ms; 15 minutes where not given. */
  readonly idleMs?: number;
  /** How long an instance may take until it listens, in ms; 60 000 where not given. */
  readonly startMs?: number;
  /** How long a request waits for an instance before it is answered 429, in ms; 10 000 where not given. */
  readonly pendingMs?: number;
  /** Between SIGTERM and SIGKILL, in ms; 10 000 where not given. */
  readonly graceMs?: number;
  /** How likely what is delivered at least once comes twice although nothing failed, from 0 to 1; 0 where not given. */
  readonly duplicate?: number;
  /** Decides about duplicates: from 0 up to 1. Must be given where `duplicate` is, here or for a source of deliveries. */
  readonly random?: () => number;
}

/** An instance as it is now. */
export interface InstanceView {
  /** `<service>-1`, `<service>-2`, …: no name comes twice. */
  readonly name: string;
  readonly service: string;
  readonly pid: number | undefined;
  /** `idle`: without a request; `frozen`: stopped from outside; `ending`: told to go. */
  readonly state: InstanceState;
  /** Requests under way. */
  readonly busy: number;
}

/** A running host. */
export interface CloudFunctionsHost {
  /** A service's address; everything below it is handed on. @throws Error where there is no such service */
  url(service: string): string;
  /** The address of the Cloud Tasks API, for a client with `fallback: true` and `protocol: 'http'`. */
  readonly tasksUrl: string;
  topic(options: TopicOptions): Topic;
  /** Pushes what is published to a topic from now on to a service. @throws Error where there is no such service */
  subscription(options: SubscriptionOptions): Subscription;
  /** Makes a trigger that sends CloudEvents to a service. @throws Error where there is no such service */
  events(service: string, options?: EventTriggerOptions): EventTrigger;
  /** Sends a service a request every so often. @throws Error where there is no such service */
  schedule(options: SchedulerJobOptions): SchedulerJob;
  /** Makes a queue of Cloud Tasks. @throws TypeError where that is no queue's name */
  taskQueue(options: TaskQueueOptions): TaskQueue;
  instances(): readonly InstanceView[];
  /** SIGKILL to an instance, or the busiest one; resolves to its name. @throws Error where there is none */
  kill(instance?: string): Promise<string>;
  /**
   * Kills whichever instance next brings an answer of that service: all is done, and nobody hears of it. Resolves to its
   * name. `matches` says which answers count, by their request and status: all where not given. Rejects with the signal's
   * reason where it is aborted before.
   */
  killBeforeAnswer(
    service: string,
    options?: { readonly matches?: AnswerMatch; readonly signal?: AbortSignal | undefined },
  ): Promise<string>;
  /** Stops an instance, or the busiest one; answers its name. It is given no more requests until it is thawed. */
  freeze(instance?: string): string;
  /** Lets an instance go on where it was frozen. */
  thaw(instance: string): void;
  /** Scale-in: SIGTERM to an instance, or the busiest one, then SIGKILL; resolves to its name when it has ended. */
  retire(instance?: string): Promise<string>;
  /** What came twice although nothing failed. */
  duplicates(): number;
  /** Requests that were cut off because their time was over. */
  timeOuts(): number;
  /** What the instances printed of late, those that ended first. */
  output(): string;
  /** Ends everything. */
  stop(): Promise<void>;
}

const IDLE_MS = 15 * 60_000;
const START_MS = 60_000;
const PENDING_MS = 10_000;
const GRACE_MS = 10_000;
const QUEUE = /^projects\/[^/]+\/locations\/[^/]+\/queues\/[A-Za-z0-9-]{1,100}$/;

/** Starts a host. Instances start when requests come. @throws TypeError where a service cannot be deployed */
export async function cloudFunctionsHost(options: CloudFunctionsHostOptions): Promise<CloudFunctionsHost> {
  const { duplicate = 0, random } = options;
  const chance = new Chance({ duplicate, random });
  const definitions = options.services.map(deployable);
  const names = new Set(definitions.map(({ name }) => name));
  if (names.size < definitions.length) throw new TypeError('two services have the same name');
  const host = new Host(options, chance);
  await host.open(definitions);
  return host;
}

interface Deployed {
  readonly pool: InstancePool;
  readonly front: Loopback;
}

class Host implements CloudFunctionsHost {
  private readonly deployed = new Map<string, Deployed>();
  private readonly queues = new Map<string, DispatchingQueue>();
  private readonly sources: { stop(): void }[] = [];
  private readonly chaos: InstanceChaos;
  private tasksApi: Loopback | undefined;
  private published = 0;
  private late = 0;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: CloudFunctionsHostOptions,
    private readonly chance: Chance,
  ) {
    this.chaos = new InstanceChaos(() => this.pools().flatMap((pool) => pool.instances()));
  }

  async open(definitions: readonly ReturnType<typeof deployable>[]): Promise<void> {
    const { idleMs = IDLE_MS, startMs = START_MS, pendingMs = PENDING_MS, graceMs = GRACE_MS } = this.options;
    this.tasksApi = await listen((request, response) =>
      answerTasks(request, response, (name) => this.queues.get(name)),
    );
    const urls = (): ServiceUrls => ({ service: (name) => this.url(name), tasks: this.tasksUrl });
    const ended: ConstructorParameters<typeof InstancePool>[1]['ended'] = (instance) =>
      this.chaos.remember(instance);
    for (const definition of definitions) {
      const pool = new InstancePool(definition, { urls, startMs, pendingMs, idleMs, graceMs, ended });
      const front = await openFront(pool, {
        losesAnswer: (instance, request, status) => this.chaos.losesAnswer(instance, request, status),
        late: () => {
          this.late += 1;
        },
      });
      this.deployed.set(definition.name, { pool, front });
    }
  }

  url(service: string): string {
    return this.find(service).front.url;
  }

  get tasksUrl(): string {
    return this.tasksApi?.url ?? '';
  }

  topic(options: TopicOptions): Topic {
    this.chance.check(options.duplicate);
    return new PubsubTopic(options, () => {
      this.published += 1;
      return String(this.published).padStart(16, '1');
    });
  }

  subscription(options: SubscriptionOptions): Subscription {
    const { topic } = options;
    if (!(topic instanceof PubsubTopic)) throw new TypeError('the topic is not one of this host');
    this.chance.check(options.duplicate);
    const url = this.addressOf(options.service, options.path);
    return this.started(new PushSubscription(topic, options, url, this.chance));
  }

  events(service: string, options: EventTriggerOptions = {}): EventTrigger {
    this.chance.check(options.duplicate);
    return this.started(startTrigger(options, this.addressOf(service, options.path), this.chance));
  }

  schedule(options: SchedulerJobOptions): SchedulerJob {
    return this.started(startJob(options, this.addressOf(options.service, options.path)));
  }

  taskQueue(options: TaskQueueOptions): TaskQueue {
    if (!QUEUE.test(options.name)) throw new TypeError(`${options.name} is no queue: use ${QUEUE.source}`);
    if (this.queues.has(options.name)) throw new TypeError(`there is a queue ${options.name}`);
    this.chance.check(options.duplicate);
    const queue = this.started(new DispatchingQueue(options, this.chance));
    this.queues.set(options.name, queue);
    return queue;
  }

  instances(): readonly InstanceView[] {
    return this.pools().flatMap((pool) =>
      pool.instances().map(({ name, pid, state, busy }) => {
        return { name, service: pool.service.name, pid, state, busy };
      }),
    );
  }

  kill(instance?: string): Promise<string> {
    return this.chaos.kill(instance);
  }

  killBeforeAnswer(
    service: string,
    { matches = () => true, signal }: { matches?: AnswerMatch; signal?: AbortSignal | undefined } = {},
  ): Promise<string> {
    this.find(service);
    return this.chaos.killBeforeAnswer(
      ({ of, request, status }) => of === service && matches(request, status),
      signal,
    );
  }

  freeze(instance?: string): string {
    return this.chaos.freeze(instance);
  }

  thaw(instance: string): void {
    this.chaos.thaw(instance);
  }

  async retire(instance?: string): Promise<string> {
    const chosen = this.chaos.chosen(instance);
    await this.find(chosen.service.name).pool.retire(chosen);
    return chosen.name;
  }

  duplicates(): number {
    return this.chance.doubled;
  }

  timeOuts(): number {
    return this.late;
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
    this.chaos.stop();
    await Promise.all(this.pools().map((pool) => pool.stop()));
    const fronts = [...this.deployed.values()].map(({ front }) => front.close());
    await Promise.all([this.tasksApi?.close(), ...fronts]);
  }

  private started<T extends { stop(): void }>(source: T): T {
    this.sources.push(source);
    return source;
  }

  private pools(): readonly InstancePool[] {
    return [...this.deployed.values()].map(({ pool }) => pool);
  }

  private addressOf(service: string, path = '/'): string {
    return new URL(path, this.url(service)).href;
  }

  private find(name: string): Deployed {
    const deployed = this.deployed.get(name);
    if (deployed === undefined) throw new Error(`there is no service ${name}`);
    return deployed;
  }
}
