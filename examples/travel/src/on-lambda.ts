/** The travel agency on AWS Lambda and DynamoDB, both on this machine. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodb } from '@flowstate/adapter-dynamodb';
import { setup } from '@flowstate/adapter-dynamodb/setup';
import { flowstate } from '@flowstate/core';
import { deployOnLambda, type LambdaFunction, start } from '@flowstate/engines';
import { chanceOf } from './chance.js';
import { travel } from './functions.js';
import { startProvider } from './provider-client.js';
import { services } from './services.js';
import type { World } from './world.js';

/** Longer than a frozen sandbox stands still: one that is never thawed is ended by it. */
const TIMEOUT_MS = 4_000;
const COLLECT_MS = 250;
/** Sandboxes of one function at once. */
const CONCURRENCY = 6;
/** How many events come twice. */
const DUPLICATE = 0.2;
const CALLEES = ['takeRoom', 'takeSeat', 'giveRoomBack', 'order'];
const MODULE = fileURLToPath(new URL('lambda-functions.js', import.meta.url));

/**
 * Starts the database, the provider and the functions. Events are doubled by seeded chance. What was started
 * before something fails is ended again.
 */
export async function onLambda(seed: number): Promise<World> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const engine = await start('dynamodb');
    started.push(() => engine.stop());
    const database = settingsOf(await engine.database());
    const client = new DynamoDBClient({
      endpoint: database.AWS_ENDPOINT_URL_DYNAMODB,
      region: 'us-east-1',
      credentials: {
        accessKeyId: database.AWS_ACCESS_KEY_ID,
        secretAccessKey: database.AWS_SECRET_ACCESS_KEY,
      },
    });
    started.push(async () => client.destroy());
    await setup({ client });
    const provider = await startProvider();
    started.push(() => provider.stop());
    const env = {
      ...database,
      PROVIDER_URL: provider.url,
      FUNCTIONS_SECRET: randomBytes(24).toString('hex'),
      NODE_NO_WARNINGS: '1',
    };
    const chance = chanceOf(seed);
    const deployment = await deployOnLambda({
      functions: functionsWith(env),
      entries: ['reserve'],
      collector: { function: 'collector', everyMs: COLLECT_MS },
      duplicate: DUPLICATE,
      random: chance.fraction,
    });
    started.push(() => deployment.stop());
    const store = dynamodb({ client });
    const reading = flowstate({ name: 'travel', store });
    return {
      on: 'lambda',
      deployment,
      provider,
      agency: travel(reading, services(provider.url, 'nobody')),
      store,
      figures: () => ({
        'events doubled': deployment.host.duplicates(),
        'sandboxes timed out': deployment.host.timeOuts(),
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function functionsWith(env: Readonly<Record<string, string>>): LambdaFunction[] {
  const shared = { timeoutMs: TIMEOUT_MS, env };
  return [
    { name: 'reserve', handler: `${MODULE}.reserve`, concurrency: CONCURRENCY, ...shared },
    ...CALLEES.map((name) => ({ name, handler: `${MODULE}.callee`, concurrency: CONCURRENCY, ...shared })),
    { name: 'collector', handler: `${MODULE}.collector`, concurrency: 1, ...shared },
  ];
}

/** The variables by which every client of the SDK finds the database. */
function settingsOf(url: string) {
  const { username, password, host } = new URL(url);
  return {
    AWS_ENDPOINT_URL_DYNAMODB: `http://${host}`,
    AWS_ACCESS_KEY_ID: username,
    AWS_SECRET_ACCESS_KEY: password,
  };
}
