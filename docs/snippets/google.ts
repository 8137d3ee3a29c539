import { gcf, gcfInvoker } from '@flowstate/adapter-firestore/cloud-functions';
import { flowstate } from '@flowstate/core';
import type { Store } from '@flowstate/core/adapter';
import { cloudEvent, http } from '@google-cloud/functions-framework';
import { GoogleAuth } from 'google-auth-library';

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
const flow = flowstate({ name: 'shop', store });
const stock = flow.table<number>('stock');
const placeOrder = flow.function('placeOrder', (ctx, order: Order) => ({ run: ctx.runId, item: order.item }));
const restock = flow.function('restock', (ctx, delivery: Delivery) =>
  ctx.write(stock, delivery.item, delivery.count),
);
export const used = {
  cloudEvent,
  flow,
  gcf,
  gcfInvoker,
  GoogleAuth,
  http,
  placeOrder,
  restock,
  secret,
  stock,
};
