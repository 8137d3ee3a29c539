/** Azure Functions over DynamoDB: entries and invoker of one adapter, the store of another. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { app } from '@azure/functions';
import { azure, azureInvoker } from '@flowstate/adapter-cosmos/azure-functions';
import { dynamodb } from '@flowstate/adapter-dynamodb/store';
import { flowstate } from '@flowstate/core';
import { counting } from './counting.js';

const { FUNCTIONS_SECRET: secret = '', FUNCTIONS_URL = '', FUNCTION_KEY: functionKey = '' } = process.env;
const timeout = Number(process.env.TIMEOUT_MS);

const flow = flowstate({
  name: 'pages',
  store: dynamodb({ client: new DynamoDBClient({}) }),
  invoker: azureInvoker({
    url: `${FUNCTIONS_URL}/api/pages-messages`,
    secret,
    functionKey,
    timeout: '3s',
  }),
  lease: '1s',
  handOver: '500ms',
});
const { visit } = counting(flow);

azure.http(app, visit, { route: 'functions/visit', secret, wait: '2s', timeout });
azure.messages(app, flow, { secret, timeout });
azure.collector(app, flow, { timeout });
