/** AWS Lambda over PostgreSQL: entries and invoker of one adapter, the store of another. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { lambda, lambdaInvoker } from '@flowstate/adapter-dynamodb/lambda';
import { postgres } from '@flowstate/adapter-postgres/store';
import { flowstate } from '@flowstate/core';
import pg from 'pg';
import { counting } from './counting.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
// A connection that broke while the sandbox stood still is replaced by the next request.
pool.on('error', () => undefined);

const flow = flowstate({
  name: 'pages',
  store: postgres({ pool }),
  invoker: lambdaInvoker({ client: new LambdaClient({}), functionName: (target) => target, timeout: '3s' }),
  lease: '1s',
  handOver: '500ms',
});
const { visit: counted } = counting(flow);

export const visit = lambda.http(counted, { secret: process.env.FUNCTIONS_SECRET ?? '', wait: '2s' });
export const announce = lambda.messages(flow);
export const collector = lambda.collector(flow);
