/**
 * The travel agency on AWS Lambda: every function is a Lambda function of its own, one module holds them all. Sandboxes
 * die, time out and stand still between and within invocations, and events come twice.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamodb } from '@flowstate/adapter-dynamodb';
import { lambda, lambdaInvoker } from '@flowstate/adapter-dynamodb/lambda';
import { flowstate } from '@flowstate/core';
import { travel } from './functions.js';
import { LEASE } from './lease.js';
import { services } from './services.js';
import { setting } from './setting.js';

const flow = flowstate({
  name: 'travel',
  store: dynamodb({ client: new DynamoDBClient({}) }),
  invoker: lambdaInvoker({ client: new LambdaClient({}), functionName: (target) => target, timeout: '3s' }),
  lease: LEASE,
  handOver: '500ms',
});
const agency = travel(flow, services(setting('PROVIDER_URL'), setting('AWS_LAMBDA_LOG_STREAM_NAME')));

export const reserve = lambda.http(agency.reserve, { secret: setting('FUNCTIONS_SECRET'), wait: '2s' });
/** What is called by other functions only takes their messages, and nothing else. */
export const callee = lambda.messages(flow);

const collect = lambda.collector(flow);
/** Says how many runs it took over from sandboxes that died: the demo counts these lines. */
export const collector: typeof collect = Object.assign(
  async (...[event, context]: Parameters<typeof collect>) => {
    const counts = await collect(event, context);
    if ('launched' in counts && counts.launched > 0) process.stdout.write(`recovered ${counts.launched}\n`);
    return counts;
  },
);
