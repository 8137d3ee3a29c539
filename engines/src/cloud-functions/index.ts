/** Cloud Run functions on this machine. */
export type { AnswerMatch } from '../function-host/http-answer.js';
export type { CloudFunctionsApp, CloudFunctionsDeployment } from './deployment.js';
export { deployOnCloudFunctions } from './deployment.js';
export type { EventToSend, EventTrigger, EventTriggerOptions } from './eventarc.js';
export type { CloudFunctionsHost, CloudFunctionsHostOptions, InstanceView } from './host.js';
export { cloudFunctionsHost } from './host.js';
export type { OidcToken } from './identity-token.js';
export { identityToken } from './identity-token.js';
export type { InstanceState } from './instance.js';
export type { PublishOptions, PubsubMessage } from './pubsub-message.js';
export type { Subscription, SubscriptionOptions } from './pubsub-subscription.js';
export type { Topic, TopicOptions } from './pubsub-topic.js';
export type { Backoff } from './push.js';
export type { SchedulerJob, SchedulerJobOptions } from './scheduler.js';
export type { CloudService, ServiceUrls } from './service.js';
export type { Task, TaskQueue, TaskQueueOptions } from './task-queue.js';
