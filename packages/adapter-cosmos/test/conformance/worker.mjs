/** The functions of the conformance suite on Azure Functions and Cosmos DB: one function app, and its collector. Made to be killed. */
import { CosmosClient } from '@azure/cosmos';
import { app } from '@azure/functions';
import { cosmos } from '@flowstate/adapter-cosmos';
import { azure, azureInvoker } from '@flowstate/adapter-cosmos/azure-functions';
import { defineSuiteFunctions } from '@flowstate/conformance/platform';
import { flowstate } from '@flowstate/core';

const {
  COSMOS_URL = '',
  LEASE_MS = '',
  SECRET = '',
  KEY = '',
  FRONT = '',
  TIMEOUT_MS = '',
  STALENESS_MS = '',
} = process.env;
const { origin, password, pathname } = new URL(COSMOS_URL);
const timeout = Number(TIMEOUT_MS);

const client = new CosmosClient({
  endpoint: origin,
  key: decodeURIComponent(decodeURIComponent(password)),
  connectionPolicy: { enableEndpointDiscovery: false },
});
const database = client.database(pathname.slice(1));

const flow = flowstate({
  name: 'conformance',
  store: cosmos({
    containers: { runs: database.container('flowstate-runs'), items: database.container('flowstate-items') },
    staleness: Number(STALENESS_MS),
    entriesPerRow: 4,
  }),
  // A worker that stands still or dies is not waited for.
  invoker: azureInvoker({
    url: `${FRONT}/api/conformance-messages`,
    secret: SECRET,
    functionKey: KEY,
    timeout: '2s',
  }),
  lease: Number(LEASE_MS),
  handOver: '500ms',
});

for (const fn of defineSuiteFunctions(flow, process.env)) {
  const name = fn.name.split('.').at(-1) ?? fn.name;
  azure.http(app, fn, { name, route: `functions/${fn.name}`, secret: SECRET, wait: '2s', timeout });
}
azure.messages(app, flow, { secret: SECRET, timeout });
azure.collector(app, flow, { timeout });
