/** Azure Functions on this machine. */
export type { AnswerMatch as HttpAnswerMatch } from '../function-host/http-answer.js';
export type {
  AppUrls,
  AzureFunctionsHostOptions,
  ServiceBusOptions,
  StorageQueueOptions,
} from './app.js';
export type { AzureFunctionsApp, AzureFunctionsDeployment } from './deployment.js';
export { deployOnAzureFunctions } from './deployment.js';
export type {
  CloudEventToSend,
  EventGridEventToSend,
  EventGridOptions,
  EventGridSubscription,
} from './event-grid.js';
export { azureFunctionsHost } from './host.js';
export type { AzureFunctionsHost, WorkerView } from './host-api.js';
export type { ServiceBusQueue, ServiceBusTopic } from './service-bus.js';
export type { ServiceBusMessage, ServiceBusSendOptions } from './service-bus-message.js';
export type { StorageMessage, StorageQueue } from './storage-queue.js';
export type { FunctionTimer } from './timer.js';
export type { FunctionWorkerState } from './worker.js';
