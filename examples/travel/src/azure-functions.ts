/**
 * The travel agency on Azure Functions: one function app that holds all functions. Workers die, are told to go and stand still,
 * and launches come twice.
 */
import { CosmosClient } from '@azure/cosmos';
import { app } from '@azure/functions';
import { QueueClient } from '@azure/storage-queue';
import { cosmos } from '@flowstate/adapter-cosmos';
import { azure, azureInvoker } from '@flowstate/adapter-cosmos/azure-functions';
import { flowstate } from '@flowstate/core';
import { travel } from './functions.js';
import { LEASE } from './lease.js';
import { services } from './services.js';
import { setting } from './setting.js';

const secret = setting('FUNCTIONS_SECRET');
const timeout = Number(setting('TIMEOUT_MS'));
const launches = { queueName: 'launches', connection: 'AzureWebJobsStorage' };

const client = new CosmosClient({
  endpoint: setting('COSMOS_ENDPOINT'),
  key: setting('COSMOS_KEY'),
  // The server on this machine calls itself by another address.
  connectionPolicy: { enableEndpointDiscovery: false },
});
const database = client.database(setting('COSMOS_DATABASE'));

const flow = flowstate({
  name: 'travel',
  store: cosmos({
    containers: { runs: database.container('flowstate-runs'), items: database.container('flowstate-items') },
    staleness: Number(setting('STALENESS_MS')),
  }),
  invoker: azureInvoker({
    url: `${setting('FUNCTIONS_URL')}/api/travel-messages`,
    secret,
    functionKey: setting('FUNCTION_KEY'),
    queue: new QueueClient(setting(launches.connection), launches.queueName),
    timeout: '3s',
  }),
  lease: LEASE,
  handOver: '500ms',
});
const { reserve } = travel(flow, services(setting('PROVIDER_URL'), setting('WEBSITE_INSTANCE_ID')));

azure.http(app, reserve, { route: 'functions/reserve', secret, wait: '2s', timeout });
azure.messages(app, flow, { secret, timeout, ...launches });

// Says how many runs it took over from workers that died: the demo counts these lines.
const { collect } = flow;
const reporting = Object.assign(flow, {
  collect: async () => {
    const collected = await collect.call(flow);
    if (collected.launched > 0) process.stdout.write(`recovered ${collected.launched}\n`);
    return collected;
  },
});
azure.collector(app, reporting, { timeout });
