/**
 * Azure Functions as a platform, in the v4 programming model of `@azure/functions`: entries for requests, queues, topics and
 * events, messages between functions, the collector.
 */
import { collector } from './azure-functions/collector.js';
import { eventGrid } from './azure-functions/event-grid.js';
import { http } from './azure-functions/http.js';
import { messages } from './azure-functions/messages.js';
import { queue } from './azure-functions/queue.js';
import { serviceBus } from './azure-functions/service-bus.js';

/**
 * Registers handlers with your `app`: `azure.http(app, reserve)`, `azure.queue(app, audit, { queueName, connection })`,
 * `azure.collector(app, flow)`.
 */
export const azure = { http, queue, serviceBus, eventGrid, messages, collector } as const;

export type { CollectedCounts, Refused } from '@flowstate/core/delivery';
export { type OnError, OUTCOME_HEADER, RUN_ID_HEADER, type Secret } from '@flowstate/core/http';
export type {
  AuthLevel,
  AzureHttpHandler,
  AzureHttpRequest,
  AzureHttpResponse,
  EventGridApp,
  HookApp,
  HttpApp,
  MessagesApp,
  QueueApp,
  ServiceBusApp,
  TimerApp,
  TriggerContext,
} from './azure-functions/app.js';
export type { AzureCollectorOptions } from './azure-functions/collector.js';
export type {
  AzureEvent,
  CloudSchemaEvent,
  EventGridOptions,
  EventGridSchemaEvent,
} from './azure-functions/event-grid.js';
export type { AzureHttpOptions } from './azure-functions/http.js';
export { type AzureInvokerOptions, azureInvoker } from './azure-functions/invoker.js';
export type { LaunchQueue } from './azure-functions/launches.js';
export type { AzureMessage } from './azure-functions/message.js';
export type { AzureMessagesOptions } from './azure-functions/messages.js';
export type { QueueOptions } from './azure-functions/queue.js';
export type { FunctionOptions } from './azure-functions/service.js';
export type { ServiceBusOptions, ServiceBusSource } from './azure-functions/service-bus.js';
