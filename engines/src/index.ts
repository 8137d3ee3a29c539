export type {
  AppUrls,
  AzureFunctionsApp,
  AzureFunctionsDeployment,
  AzureFunctionsHost,
  AzureFunctionsHostOptions,
  CloudEventToSend,
  EventGridEventToSend,
  EventGridOptions,
  EventGridSubscription,
  FunctionTimer,
  FunctionWorkerState,
  HttpAnswerMatch,
  ServiceBusMessage,
  ServiceBusOptions,
  ServiceBusQueue,
  ServiceBusSendOptions,
  ServiceBusTopic,
  StorageMessage,
  StorageQueue,
  StorageQueueOptions,
  WorkerView,
} from './azure-functions/index.js';
export { azureFunctionsHost, deployOnAzureFunctions } from './azure-functions/index.js';
export type { Child, ChildOptions, Exit } from './child.js';
export { startChild } from './child.js';
export type {
  AnswerMatch,
  Backoff,
  CloudFunctionsApp,
  CloudFunctionsDeployment,
  CloudFunctionsHost,
  CloudFunctionsHostOptions,
  CloudService,
  EventToSend,
  EventTrigger,
  EventTriggerOptions,
  InstanceState,
  InstanceView,
  OidcToken,
  PublishOptions,
  PubsubMessage,
  SchedulerJob,
  SchedulerJobOptions,
  ServiceUrls,
  Subscription,
  SubscriptionOptions,
  Task,
  TaskQueue,
  TaskQueueOptions,
  Topic,
  TopicOptions,
} from './cloud-functions/index.js';
export { cloudFunctionsHost, deployOnCloudFunctions, identityToken } from './cloud-functions/index.js';
export type { Engine, EngineName, Source, StartOptions } from './engine.js';
export { EngineMissing, reasonToSkip } from './engine.js';
export { freePort } from './free-port.js';
export type { Answer, App, CallOptions, Deployment, Host, Worker } from './host.js';
export { CallFailed } from './host.js';
export type {
  Authorizer,
  DeadLetter,
  FunctionError,
  HttpFront,
  HttpFrontOptions,
  LambdaApp,
  LambdaDeployment,
  LambdaFunction,
  LambdaHost,
  LambdaHostOptions,
  Message,
  MessageAttribute,
  Queue,
  QueueOptions,
  SandboxState,
  SandboxView,
  Schedule,
  ScheduleOptions,
  SendOptions,
} from './lambda/index.js';
export { deployOnLambda, lambdaHost, ServiceError } from './lambda/index.js';
export type { NodeHostOptions } from './node-host/host.js';
export { nodeHost } from './node-host/host.js';
export { engineOrSkip, start } from './start.js';
export { type OnEngine, type WhenNeeded, whenNeeded } from './when-needed.js';
