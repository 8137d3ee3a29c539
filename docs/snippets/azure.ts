import { CosmosClient } from '@azure/cosmos';
import { app } from '@azure/functions';
import { QueueClient } from '@azure/storage-queue';
import { cosmos } from '@flowstate/adapter-cosmos';
import { azure, azureInvoker } from '@flowstate/adapter-cosmos/azure-functions';
import { flowstate } from '@flowstate/core';
import type { Store } from '@flowstate/core/adapter';

interface Order {
  readonly item: string;
  readonly card: string;
  readonly cents: number;
  readonly mail: string;
}
interface Delivery {
  readonly item: string;
  readonly count: number;
}

declare const store: Store;
const secret = 'at least sixteen characters';
const storage = { connection: 'AzureWebJobsStorage' };
const client = new CosmosClient({ endpoint: 'https://shop.documents.azure.com', key: 'a key' });
const database = client.database('shop');
const containers = {
  runs: database.container('flowstate-runs'),
  items: database.container('flowstate-items'),
};
const flow = flowstate({ name: 'shop', store });
const stock = flow.table<number>('stock');
const placeOrder = flow.function('placeOrder', (ctx, order: Order) => ({ run: ctx.runId, item: order.item }));
const restock = flow.function('restock', (ctx, delivery: Delivery) =>
  ctx.write(stock, delivery.item, delivery.count),
);
export const used = {
  app,
  azure,
  azureInvoker,
  containers,
  cosmos,
  flow,
  placeOrder,
  QueueClient,
  restock,
  secret,
  stock,
  storage,
};
