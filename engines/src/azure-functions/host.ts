/**
 * Azure Functions on this machine, for tests and demos: the official library runs a function app in worker processes of
 * their own, behind an HTTP front, storage queues, Service Bus, Event Grid and timers. Workers can be killed, frozen and
 * told to go at any moment, and none outlives this one.
 */
import { randomBytes } from 'node:crypto';
import { Chance } from '../function-host/chance.js';
import type { AnswerMatch } from '../function-host/http-answer.js';
import { type Loopback, listen } from '../function-host/loopback.js';
import { type AppUrls, type AzureFunctionsHostOptions, checkedSource } from './app.js';
import { environmentOf } from './environment.js';
import { type EventGridOptions, type EventGridSubscription, subscribe } from './event-grid.js';
import type { AzureFunctionsHost, WorkerView } from './host-api.js';
import { answerHttp, type HttpFrontOptions } from './http-front.js';
import { Invocations } from './invocations.js';
import { putOut } from './outputs.js';
import type { FunctionMetadata } from './protocol.js';
import { ACCOUNT, answerQueues } from './queue-api.js';
import { Routes } from './routes.js';
import { ServiceBus, type ServiceBusQueue, type ServiceBusTopic } from './service-bus.js';
import { type StorageQueue, StorageQueues } from './storage-queue.js';
import type { FunctionTimer } from './timer.js';
import { Triggers } from './triggers.js';
import { triggerOf } from './typed-data.js';
import { WorkerChaos } from './worker-chaos.js';
import { WorkerPool } from './worker-pool.js';

const TIMEOUT_MS = 5 * 60_000;
const START_MS = 60_000;
const RESTART_MS = 20;
const PENDING_MS = 10_000;
const GRACE_MS = 10_000;
const SAID_MAX = 500;

/** Starts a host, and its workers. @throws TypeError where the app cannot be deployed; Error with what a worker printed, where it does not load */
export async function azureFunctionsHost(options: AzureFunctionsHostOptions): Promise<AzureFunctionsHost> {
  const source = checkedSource(options);
  const chance = new Chance({ duplicate: options.duplicate ?? 0, random: options.random });
  const host = new Host(options, chance);
  try {
    await host.open(source);
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

class Host implements AzureFunctionsHost {
  readonly functionKey: string;
  readonly masterKey: string;
  private readonly storage: StorageQueues;
  private readonly bus: ServiceBus;
  private readonly chaos: WorkerChaos;
  private readonly sources: { stop(): void }[] = [];
  private readonly said: string[] = [];
  private all: readonly FunctionMetadata[] = [];
  private env: Readonly<Record<string, string>> = {};
  private pool: WorkerPool | undefined;
  private running: Invocations | undefined;
  private routes: Routes | undefined;
  private triggers: Triggers | undefined;
  private front: Loopback | undefined;
  private queuesApi: Loopback | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly options: AzureFunctionsHostOptions,
    private readonly chance: Chance,
  ) {
    const { workers = 1, functionKey, masterKey } = options;
    this.functionKey = functionKey ?? randomBytes(24).toString('base64url');
    this.masterKey = masterKey ?? randomBytes(24).toString('base64url');
    this.storage = new StorageQueues(options.queues ?? {}, chance);
    this.bus = new ServiceBus(options.serviceBus ?? {}, workers, chance);
    this.chaos = new WorkerChaos(() => this.pool?.workers() ?? []);
  }

  async open(source: string): Promise<void> {
    const { workers = 1, startMs = START_MS, restartMs = RESTART_MS, graceMs = GRACE_MS } = this.options;
    const { functionTimeoutMs: timeoutMs = TIMEOUT_MS, routePrefix = 'api' } = this.options;
    this.queuesApi = await listen((request, response) => answerQueues(request, response, this.storage));
    const pending = this.whenOpen();
    this.front = await listen(async (request, response) => {
      await answerHttp(request, response, await pending.front);
    });
    const urls: AppUrls = { front: this.front.url, queues: this.queuesUrl };
    const { env = {} } = this.options;
    this.env = typeof env === 'function' ? env(urls) : env;
    const pool = new WorkerPool({
      source,
      workers,
      startMs,
      restartMs,
      graceMs,
      env: (worker) => environmentOf({ worker, urls, source, env: this.env }),
      ended: (worker) => this.chaos.remember(worker),
    });
    this.pool = pool;
    const outputs = { queues: this.storage, serviceBus: this.bus, env: this.env };
    const invocations = new Invocations(pool, {
      timeoutMs,
      putOut: (metadata, response) => putOut(metadata, response, outputs),
      say: (line) => this.say(line),
    });
    this.running = invocations;
    this.all = await pool.start();
    const routes = new Routes(this.all, routePrefix);
    this.routes = routes;
    const { storage: queues, bus: serviceBus, env: settings } = this;
    const { timerMs } = this.options;
    const triggers = new Triggers({ queues, serviceBus, invocations, env: settings, timerMs });
    this.triggers = this.started(triggers);
    for (const metadata of this.all) triggers.connect(metadata);
    pending.open(routes, invocations);
  }

  get url(): string {
    return this.front?.url ?? '';
  }

  get queuesUrl(): string {
    return `${this.queuesApi?.url ?? ''}/${ACCOUNT}`;
  }

  urlOf(functionName: string): string {
    const path = this.routes?.pathOf(functionName);
    if (path === undefined) throw new Error(`there is no HTTP function ${functionName}`);
    return `${this.url}${path}`;
  }

  functions(): readonly string[] {
    return this.all.map(({ name }) => name);
  }

  queue(name: string): StorageQueue {
    return this.storage.open(name);
  }

  serviceBus(queueName: string): ServiceBusQueue {
    return this.bus.queue(queueName);
  }

  serviceBusTopic(topicName: string): ServiceBusTopic {
    return this.bus.topic(topicName);
  }

  events(functionName: string, options: EventGridOptions = {}): EventGridSubscription {
    this.chance.check(options.duplicate);
    const metadata = this.all.find(
      (each) => each.name === functionName && triggerOf(each).type === 'eventgridtrigger',
    );
    if (metadata === undefined || this.running === undefined)
      throw new Error(`there is no function ${functionName} with an Event Grid trigger`);
    return this.started(subscribe(metadata, options, this.running, this.chance));
  }

  timer(functionName: string): FunctionTimer {
    const timer = this.triggers?.timer(functionName);
    if (timer === undefined) throw new Error(`there is no function ${functionName} with a timer trigger`);
    return timer;
  }

  workers(): readonly WorkerView[] {
    return (this.pool?.workers() ?? []).map(({ name, pid, state, busy }) => ({ name, pid, state, busy }));
  }

  kill(worker?: string): Promise<string> {
    return this.chaos.kill(worker);
  }

  killBeforeAnswer(
    functionName: string | undefined,
    {
      matches = (_request, status) => status === 200,
      signal,
    }: { matches?: AnswerMatch; signal?: AbortSignal | undefined } = {},
  ): Promise<string> {
    if (functionName !== undefined) this.urlOf(functionName);
    return this.chaos.killBeforeAnswer(
      ({ of, request, status }) =>
        (functionName === undefined || of === functionName) && matches(request, status),
      signal,
    );
  }

  freeze(worker?: string): string {
    return this.chaos.freeze(worker);
  }

  thaw(worker: string): void {
    this.chaos.thaw(worker);
  }

  async retire(worker?: string): Promise<string> {
    const chosen = this.chaos.chosen(worker);
    await this.pool?.retire(chosen);
    return chosen.name;
  }

  duplicates(): number {
    return this.chance.doubled;
  }

  timeOuts(): number {
    return this.running?.late ?? 0;
  }

  output(): string {
    return [this.chaos.output(), ...this.said].filter((text) => text !== '').join('\n');
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    for (const source of this.sources) source.stop();
    this.running?.stop();
    this.chaos.stop();
    await this.pool?.stop();
    await Promise.all([this.front?.close(), this.queuesApi?.close()]);
  }

  /** A request may come before the app is loaded: it waits. */
  private whenOpen() {
    const { pendingMs = PENDING_MS } = this.options;
    const { functionKey, masterKey, chaos } = this;
    let resolve: (options: HttpFrontOptions) => void = () => undefined;
    const front = new Promise<HttpFrontOptions>((opened) => {
      resolve = opened;
    });
    const open = (routes: Routes, invocations: Invocations) =>
      resolve({
        routes,
        invocations,
        functionKey,
        masterKey,
        pendingMs,
        losesAnswer: chaos.losesAnswer.bind(chaos),
      });
    return { front, open };
  }

  private started<T extends { stop(): void }>(source: T): T {
    this.sources.push(source);
    return source;
  }

  private say(line: string): void {
    this.said.push(line);
    if (this.said.length > SAID_MAX) this.said.shift();
  }
}
