/**
 * Google Cloud Functions and Cloud Run as a platform, with the Functions Framework: entries for requests, events and
 * messages, messages between functions, the collector.
 */
import { cloudEvent } from './cloud-functions/cloud-event.js';
import { collector } from './cloud-functions/collector.js';
import { http } from './cloud-functions/http.js';
import { messages } from './cloud-functions/messages.js';
import { pubsub } from './cloud-functions/pubsub.js';

/**
 * Handlers, to be registered with the Functions Framework: `functions.http('reserve', gcf.http(reserve))`,
 * `functions.cloudEvent('audit', gcf.cloudEvent(audit))`.
 */
export const gcf = { http, cloudEvent, pubsub, messages, collector } as const;

export type { CollectedCounts, Refused } from '@flowstate/core/delivery';
export { type OnError, OUTCOME_HEADER, RUN_ID_HEADER, type Secret } from '@flowstate/core/http';
export type { CloudEvent, CloudEventHandler, CloudEventOptions } from './cloud-functions/cloud-event.js';
export type { CollectorAccess, GcfCollectorOptions } from './cloud-functions/collector.js';
export type { EventOptions } from './cloud-functions/events.js';
export type { GcfHttpOptions } from './cloud-functions/http.js';
export type { IdentityAuth, IdentityClient } from './cloud-functions/identity-tokens.js';
export { type GcfInvokerOptions, gcfInvoker } from './cloud-functions/invoker.js';
export type { GcfMessagesOptions } from './cloud-functions/messages.js';
export type { GcfHandler, GcfRequest } from './cloud-functions/node-handler.js';
export type { PubsubEventData, PubsubHandler, PubsubOptions } from './cloud-functions/pubsub.js';
export type { PubsubDelivery, PubsubMessage } from './cloud-functions/pubsub-message.js';
export type { CpuOptions, ServiceOptions } from './cloud-functions/service.js';
export type { CreateTask, TaskOptions, TasksClient } from './cloud-functions/tasks.js';
