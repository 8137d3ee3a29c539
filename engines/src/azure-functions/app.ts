/** What a function app is on this host: its module, its limits, and what host.json would say. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where an app is reached, and what it reaches. */
export interface AppUrls {
  /** The HTTP front, without the route prefix. */
  readonly front: string;
  /** The queues: `POST <queues>/<queue name>/messages` puts a message, as Queue Storage's own API has it. */
  readonly queues: string;
}

/** How storage queues behave. All times are in ms. */
export interface StorageQueueOptions {
  /** After a failure a message is seen again after so long; 20 where not given (the platform: at once). */
  readonly visibilityTimeoutMs?: number;
  /** After so many times a message goes to the poison queue; 5 where not given. */
  readonly maxDequeueCount?: number;
  /** How many messages of a queue are at work at once; 16 where not given. */
  readonly batchSize?: number;
  /** A message that is at work for longer is seen again all the same; never where not given: the platform prolongs it. */
  readonly lockMs?: number;
}

/** How Service Bus queues and subscriptions behave. All times are in ms. */
export interface ServiceBusOptions {
  /** After a failure a message comes again after so long; 20 where not given (the platform: at once). */
  readonly redeliverMs?: number;
  /** After so many times a message is dead; 10 where not given. */
  readonly maxDeliveryCount?: number;
  /** How many messages of a queue are at work at once, batches aside; 16 where not given. */
  readonly maxConcurrentCalls?: number;
  /** The largest batch for `cardinality: 'many'`; 1 000 where not given. */
  readonly maxMessageBatchSize?: number;
  /** A message that is at work for longer comes again all the same; never where not given. */
  readonly lockMs?: number;
}

/** What a host is given. All times are in ms. */
export interface AzureFunctionsHostOptions {
  /** The app's module, ESM or CommonJS, which registers its functions: absolute, or relative to the working directory. */
  readonly source: string;
  /** Added to the workers' environment, which has nothing else of this process's own. */
  readonly env?: Readonly<Record<string, string>> | ((urls: AppUrls) => Readonly<Record<string, string>>);
  /** How many workers there are; 1 where not given. */
  readonly workers?: number;
  /** Before all routes; `api` where not given; `''`: nothing. */
  readonly routePrefix?: string;
  /** An invocation that takes longer ends its worker, and all that is under way there; 5 minutes where not given. */
  readonly functionTimeoutMs?: number;
  /** What `authLevel: 'function'` wants; a new one where not given. */
  readonly functionKey?: string;
  /** What `authLevel: 'admin'` wants, and `'function'` takes as well; a new one where not given. */
  readonly masterKey?: string;
  /** Timers run every so often, one number for all or one for each function by name, instead of by their schedule. */
  readonly timerMs?: number | Readonly<Record<string, number>>;
  readonly queues?: StorageQueueOptions;
  readonly serviceBus?: ServiceBusOptions;
  /** How long a worker may take until its functions are there; 60 000 where not given. */
  readonly startMs?: number;
  /** Between a worker's end and the start of the next one; 20 where not given. */
  readonly restartMs?: number;
  /** How long a request waits for a worker before it is answered 503; 10 000 where not given. */
  readonly pendingMs?: number;
  /** Between SIGTERM and SIGKILL; 10 000 where not given. */
  readonly graceMs?: number;
  /** How likely what is delivered at least once comes twice although nothing failed, from 0 to 1; 0 where not given. */
  readonly duplicate?: number;
  /** Decides about duplicates: from 0 up to 1. Must be given where `duplicate` is, here or for a source of deliveries. */
  readonly random?: () => number;
}

const COUNTS = ['workers', 'functionTimeoutMs'] as const;

/** The app's file. @throws TypeError where the app cannot be deployed */
export function checkedSource(options: AzureFunctionsHostOptions): string {
  for (const name of COUNTS) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new TypeError(`${name} must be a whole number above 0, not ${value}`);
  }
  const source = resolve(options.source);
  if (!statSync(source, { throwIfNoEntry: false })?.isFile())
    throw new TypeError(`there is no module ${source}`);
  return source;
}
