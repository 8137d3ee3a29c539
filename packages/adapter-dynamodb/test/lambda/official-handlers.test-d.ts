/** Every handler is one of the official types, and takes their events. Type-checked, not run. */
import type { Flow, FlowFunction } from '@flowstate/core';
import type {
  ALBHandler,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyHandlerV2WithIAMAuthorizer,
  APIGatewayProxyHandlerV2WithJWTAuthorizer,
  APIGatewayProxyWithCognitoAuthorizerHandler,
  Context,
  DynamoDBStreamHandler,
  EventBridgeHandler,
  Handler,
  LambdaFunctionURLHandler,
  S3Handler,
  ScheduledHandler,
  SNSHandler,
  SQSEvent,
  SQSHandler,
  SQSRecord,
} from 'aws-lambda';
import { type Accepted, type LambdaContext, lambda } from '../../src/lambda.js';

declare const flow: Flow;
declare const fn: FlowFunction<{ readonly order: string }, { readonly receipt: string }>;
declare const context: Context;
declare const sqsEvent: SQSEvent;

export const lambdaContext: LambdaContext = context;

export const direct: Handler<{ readonly order: string }, { readonly receipt: string } | Accepted> =
  lambda(fn);
export const shown: Handler<{ readonly n: number }, string | Accepted> = lambda(fn, {
  input: (event: { readonly n: number }) => ({ order: String(event.n) }),
  output: ({ receipt }) => receipt,
});
// @ts-expect-error an input that the function does not take
lambda(fn, { input: (event: { readonly n: number }) => ({ order: event.n }) });
// @ts-expect-error a payload that the function does not take
void lambda(fn)({ order: 7 }, context);

const requests = lambda.http(fn, { input: (request, body) => ({ order: `${request.url} ${String(body)}` }) });
export const rest: APIGatewayProxyHandler = requests;
export const restWithUserPool: APIGatewayProxyWithCognitoAuthorizerHandler = requests;
export const httpApi: APIGatewayProxyHandlerV2 = requests;
export const httpApiWithTokens: APIGatewayProxyHandlerV2WithJWTAuthorizer = requests;
export const httpApiWithIam: APIGatewayProxyHandlerV2WithIAMAuthorizer = requests;
export const functionUrl: LambdaFunctionURLHandler = requests;
export const loadBalancer: ALBHandler = requests;

export const queue: SQSHandler = lambda.sqs(fn);
export const queueOfOfficialRecords: SQSHandler = lambda.sqs(fn, {
  input: (record: SQSRecord) => ({ order: record.messageAttributes.order?.stringValue ?? '' }),
});
export const failures: Promise<{ batchItemFailures: { itemIdentifier: string }[] }> = lambda.sqs(fn)(
  sqsEvent,
  context,
);

const events = lambda.events(fn, {
  input: (event) => {
    switch (event.kind) {
      case 'eventbridge':
        return { order: String(event.record.detail) };
      case 'sns':
        return { order: event.record.Sns.Message };
      case 'dynamodb':
        return { order: event.record.dynamodb?.NewImage?.order?.S ?? '' };
      case 's3':
        return { order: event.record.s3.object.key };
    }
  },
});
export const bus: EventBridgeHandler<'Order placed', { readonly order: string }, void> = events;
export const topic: SNSHandler = events;
export const stream: DynamoDBStreamHandler = events;
export const bucket: S3Handler = events;

export const schedule: Handler = lambda.collector(flow, { every: '10s' });
export const scheduled: Handler<Parameters<ScheduledHandler>[0]> = lambda.collector(flow);
export const callee: Handler = lambda.messages(flow);
