/** What a running host offers. */
import type { AnswerMatch } from '../function-host/http-answer.js';
import type { EventGridOptions, EventGridSubscription } from './event-grid.js';
import type { ServiceBusQueue, ServiceBusTopic } from './service-bus.js';
import type { StorageQueue } from './storage-queue.js';
import type { FunctionTimer } from './timer.js';
import type { FunctionWorkerState } from './worker.js';

/** A worker as it is now. */
export interface WorkerView {
  /** `worker-1`, `worker-2`, …: no name comes twice. */
  readonly name: string;
  readonly pid: number | undefined;
  /** `frozen`: stopped from outside; `ending`: told to go. */
  readonly state: FunctionWorkerState;
  /** Invocations under way. */
  readonly busy: number;
}

/** A running host. */
export interface AzureFunctionsHost {
  /** The address of the HTTP front, without the route prefix. */
  readonly url: string;
  /** The address of the queues: `POST <queuesUrl>/<queue name>/messages`, as clients of Queue Storage do. */
  readonly queuesUrl: string;
  readonly functionKey: string;
  readonly masterKey: string;
  /** The address of an HTTP function, its parameters as they stand in the route. @throws Error where there is none */
  urlOf(functionName: string): string;
  /** The names of all functions of the app. */
  functions(): readonly string[];
  /** A storage queue, made where it is not there. @throws TypeError where that is no queue's name */
  queue(name: string): StorageQueue;
  /** A queue of Service Bus. */
  serviceBus(queueName: string): ServiceBusQueue;
  /** A topic of Service Bus. */
  serviceBusTopic(topicName: string): ServiceBusTopic;
  /** Subscribes a function to events. @throws Error where there is no such function with an Event Grid trigger */
  events(functionName: string, options?: EventGridOptions): EventGridSubscription;
  /** @throws Error where there is no such function with a timer trigger */
  timer(functionName: string): FunctionTimer;
  workers(): readonly WorkerView[];
  /** SIGKILL to a worker, or the busiest one; resolves to its name. @throws Error where there is none */
  kill(worker?: string): Promise<string>;
  /**
   * Kills whichever worker next brings an HTTP answer of that function, or of any: all is done, and nobody hears of it.
   * Resolves to its name. `matches` says which answers count: those with status 200 where not given. Rejects with the
   * signal's reason where it is aborted before.
   */
  killBeforeAnswer(
    functionName: string | undefined,
    options?: { readonly matches?: AnswerMatch; readonly signal?: AbortSignal | undefined },
  ): Promise<string>;
  /** Stops a worker, or the busiest one; answers its name. It is given no more invocations until it is thawed. */
  freeze(worker?: string): string;
  /** Lets a worker go on where it was frozen. */
  thaw(worker: string): void;
  /** Scale-in: SIGTERM to a worker, or the busiest one, then SIGKILL; resolves to its name when it has ended. Another one takes its place. */
  retire(worker?: string): Promise<string>;
  /** What came twice although nothing failed. */
  duplicates(): number;
  /** Invocations that were cut off because their time was over. */
  timeOuts(): number;
  /** What the workers printed and logged of late, those that ended first, and then what the host says of failures. */
  output(): string;
  /** Ends everything. */
  stop(): Promise<void>;
}
