/** The travel agency on Azure Functions and Cosmos DB, both on this machine. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { CosmosClient } from '@azure/cosmos';
import { cosmos } from '@flowstate/adapter-cosmos';
import { setup } from '@flowstate/adapter-cosmos/setup';
import { flowstate } from '@flowstate/core';
import { deployOnAzureFunctions, start } from '@flowstate/engines';
import { chanceOf } from './chance.js';
import { travel } from './functions.js';
import { startProvider } from './provider-client.js';
import { scaleIn } from './scale-in.js';
import { services } from './services.js';
import type { World } from './world.js';

/** Longer than a frozen worker stands still: one that is never thawed is ended by it. */
const TIMEOUT_MS = 4_000;
const COLLECT_MS = 250;
const WORKERS = 4;
/** How many launches come twice. */
const DUPLICATE = 0.2;
/** The local server's reads are always current. */
const STALENESS_MS = 20;
const MODULE = fileURLToPath(new URL('azure-functions.js', import.meta.url));

/**
 * Starts the database, the provider and the functions. Launches are doubled by seeded chance. What was started before
 * something fails is ended again.
 */
export async function onAzure(seed: number): Promise<World> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const engine = await start('cosmos');
    started.push(() => engine.stop());
    const settings = settingsOf(await engine.database());
    const client = new CosmosClient({
      endpoint: settings.COSMOS_ENDPOINT,
      key: settings.COSMOS_KEY,
      connectionPolicy: { enableEndpointDiscovery: false },
    });
    started.push(async () => client.dispose());
    const { database } = await client.databases.createIfNotExists({ id: settings.COSMOS_DATABASE });
    const containers = await setup({ database });
    const provider = await startProvider();
    started.push(() => provider.stop());
    const secret = randomBytes(24).toString('hex');
    const functionKey = randomBytes(24).toString('hex');
    const deployment = await deployOnAzureFunctions({
      source: MODULE,
      workers: WORKERS,
      functionTimeoutMs: TIMEOUT_MS,
      functionKey,
      timerMs: COLLECT_MS,
      duplicate: DUPLICATE,
      random: chanceOf(seed).fraction,
      env: ({ front }) => ({
        ...settings,
        STALENESS_MS: String(STALENESS_MS),
        FUNCTIONS_URL: front,
        FUNCTION_KEY: functionKey,
        FUNCTIONS_SECRET: secret,
        PROVIDER_URL: provider.url,
        TIMEOUT_MS: String(TIMEOUT_MS),
        NODE_NO_WARNINGS: '1',
      }),
    });
    started.push(() => deployment.stop());
    const { host } = deployment;
    const scaling = scaleIn({
      busy: () => host.workers().find(({ state, busy }) => state === 'running' && busy > 0)?.name,
      retire: (worker) => host.retire(worker),
    });
    started.push(() => scaling.stop());
    const store = cosmos({ containers, staleness: STALENESS_MS });
    const reading = flowstate({ name: 'travel', store });
    return {
      on: 'azure',
      deployment,
      provider,
      agency: travel(reading, services(provider.url, 'nobody')),
      store,
      figures: () => ({
        'launches doubled': host.duplicates(),
        'workers told to go': scaling.count(),
        'workers timed out': host.timeOuts(),
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settingsOf(url: string) {
  const { origin, password, pathname } = new URL(url);
  return {
    COSMOS_ENDPOINT: origin,
    COSMOS_KEY: decodeURIComponent(decodeURIComponent(password)),
    COSMOS_DATABASE: pathname.slice(1),
  };
}
