/** AWS Lambda as a platform: entries for every way in which a function is invoked, messages between functions, the collector. */
import { collector } from './lambda/collector.js';
import { direct } from './lambda/direct.js';
import { events } from './lambda/events.js';
import { http } from './lambda/http.js';
import { messages } from './lambda/messages.js';
import { sqs } from './lambda/sqs.js';

/**
 * `lambda(fn)` is a handler for direct invocations of a function; with it come the handlers for everything else. Each takes
 * the messages of {@link lambdaInvoker} as well, so that one Lambda function is entry and callee at once.
 */
export const lambda = Object.assign(direct, { http, sqs, events, collector, messages });

export type { CollectedCounts, DeliveryOptions, Refused } from '@flowstate/core/delivery';
export type { OnError, Secret } from '@flowstate/core/http';
export type { CollectorOptions } from './lambda/collector.js';
export type { LambdaContext } from './lambda/deadline.js';
export type { Accepted, DirectOptions } from './lambda/direct.js';
export type { DynamodbRecord, StreamAttribute, StreamItem } from './lambda/dynamodb-stream.js';
export type { MessageEnvelope, ReplyEnvelope } from './lambda/envelope.js';
export type { EventBridgeEvent } from './lambda/eventbridge.js';
export type { EventsHandler, EventsOptions, LambdaEvent } from './lambda/events.js';
export type { LambdaHttpOptions } from './lambda/http.js';
export type { HttpEvent, HttpResult } from './lambda/http-events.js';
export { type LambdaInvokerOptions, lambdaInvoker } from './lambda/invoker.js';
export type { MessagesHandler, MessagesOptions } from './lambda/messages.js';
export type { LambdaHandler } from './lambda/receive.js';
export type { S3Change, S3Record } from './lambda/s3.js';
export type { SnsRecord } from './lambda/sns.js';
export type { BatchResponse, SqsEvent, SqsOptions, SqsRecord } from './lambda/sqs.js';
