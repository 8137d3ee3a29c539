/** The functions of the conformance suite on Lambda and DynamoDB: one handler each, and the collector. Made to be killed. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { dynamodb } from '@flowstate/adapter-dynamodb';
import { lambda, lambdaInvoker } from '@flowstate/adapter-dynamodb/lambda';
import { defineSuiteFunctions } from '@flowstate/conformance/platform';
import { flowstate } from '@flowstate/core';

const { DYNAMODB_URL = '', LEASE_MS = '', SECRET = '' } = process.env;
const { username, password, host } = new URL(DYNAMODB_URL);

/** Each function is a Lambda function of its own, under the last word of its name. */
const lambdaName = (/** @type {string} */ target) => target.split('.').at(-1) ?? target;

const flow = flowstate({
  name: 'conformance',
  store: dynamodb({
    client: new DynamoDBClient({
      endpoint: `http://${host}`,
      credentials: { accessKeyId: username, secretAccessKey: password },
    }),
    entriesPerRow: 4,
  }),
  // A sandbox that stands still or dies is not waited for.
  invoker: lambdaInvoker({ client: new LambdaClient({}), functionName: lambdaName, timeout: '2s' }),
  lease: Number(LEASE_MS),
  handOver: '500ms',
});

const handlers = Object.fromEntries(
  defineSuiteFunctions(flow, process.env).map((fn) => [
    lambdaName(fn.name),
    lambda.http(fn, { secret: SECRET, wait: '2s' }),
  ]),
);

export const { chain, middle, back, note, rotate, count } = handlers;
export const collector = lambda.collector(flow);
