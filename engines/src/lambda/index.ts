/** AWS Lambda on this machine. */
export type { LambdaApp, LambdaDeployment } from './deployment.js';
export { deployOnLambda } from './deployment.js';
export type { DeadLetter, LambdaFunction } from './function.js';
export type { LambdaHost, LambdaHostOptions, SandboxView } from './host.js';
export { lambdaHost } from './host.js';
export type { HttpFront, HttpFrontOptions } from './http-front.js';
export type { Authorizer } from './http-request.js';
export type { FunctionError } from './outcome.js';
export type { SandboxState } from './sandbox.js';
export type { Schedule, ScheduleOptions } from './schedule.js';
export { ServiceError } from './service-error.js';
export type { Queue, QueueOptions } from './sqs-mapping.js';
export type { Message, MessageAttribute, SendOptions } from './sqs-queue.js';
