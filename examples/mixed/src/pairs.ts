/** The two pairs of database and platform, both on this machine. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodb, setup as setUpTables } from '@flowstate/adapter-dynamodb';
import { postgres, setup } from '@flowstate/adapter-postgres';
import type { Store } from '@flowstate/core/adapter';
import { type Deployment, deployOnAzureFunctions, deployOnLambda, start } from '@flowstate/engines';
import pg from 'pg';

/** A database with a platform. */
export interface Pair {
  readonly deployment: Deployment;
  /** To look at what was counted, from outside. */
  readonly store: Store;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 4_000;
const COLLECT_MS = 200;
const WORKERS = 3;

/** Each by its name. */
export const PAIRS: Readonly<Record<string, () => Promise<Pair>>> = {
  'Lambda over PostgreSQL': () => paired(lambdaOnPostgres),
  'Azure Functions over DynamoDB': () => paired(azureOnDynamodb),
};

type Started = (() => Promise<unknown>)[];

/** What was started before something fails is ended again. */
async function paired(begin: (started: Started) => Promise<Omit<Pair, 'stop'>>): Promise<Pair> {
  const started: Started = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return { ...(await begin(started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function moduleOf(name: string): string {
  return fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
}

async function lambdaOnPostgres(started: Started): Promise<Omit<Pair, 'stop'>> {
  const engine = await start('postgres');
  started.push(() => engine.stop());
  const url = await engine.database();
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // Told again by the next statement; without a listener the process would end here.
  pool.on('error', () => undefined);
  started.push(() => pool.end());
  await setup({ pool });
  const env = {
    DATABASE_URL: url,
    FUNCTIONS_SECRET: randomBytes(24).toString('hex'),
    NODE_NO_WARNINGS: '1',
  };
  const deployment = await deployOnLambda({
    functions: ['visit', 'announce', 'collector'].map((name) => ({
      name,
      handler: `${moduleOf('lambda-on-postgres')}.${name}`,
      concurrency: name === 'collector' ? 1 : WORKERS,
      timeoutMs: TIMEOUT_MS,
      env,
    })),
    entries: ['visit'],
    collector: { function: 'collector', everyMs: COLLECT_MS },
  });
  started.push(() => deployment.stop());
  return { deployment, store: postgres({ pool }) };
}

async function azureOnDynamodb(started: Started): Promise<Omit<Pair, 'stop'>> {
  const engine = await start('dynamodb');
  started.push(() => engine.stop());
  const { username, password, host } = new URL(await engine.database());
  const client = new DynamoDBClient({
    endpoint: `http://${host}`,
    region: 'us-east-1',
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
  started.push(async () => client.destroy());
  await setUpTables({ client });
  const functionKey = randomBytes(24).toString('hex');
  const secret = randomBytes(24).toString('hex');
  const deployment = await deployOnAzureFunctions({
    source: moduleOf('azure-on-dynamodb'),
    workers: WORKERS,
    functionTimeoutMs: TIMEOUT_MS,
    functionKey,
    timerMs: COLLECT_MS,
    env: ({ front }) => ({
      AWS_ENDPOINT_URL_DYNAMODB: `http://${host}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: username,
      AWS_SECRET_ACCESS_KEY: password,
      FUNCTIONS_SECRET: secret,
      FUNCTIONS_URL: front,
      FUNCTION_KEY: functionKey,
      TIMEOUT_MS: String(TIMEOUT_MS),
      NODE_NO_WARNINGS: '1',
    }),
  });
  started.push(() => deployment.stop());
  return { deployment, store: dynamodb({ client }) };
}
