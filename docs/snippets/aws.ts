import { LambdaClient } from '@aws-sdk/client-lambda';
import { lambda, lambdaInvoker } from '@flowstate/adapter-dynamodb/lambda';
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
const flow = flowstate({ name: 'shop', store });
const stock = flow.table<number>('stock');
const placeOrder = flow.function('placeOrder', (ctx, order: Order) => ({ run: ctx.runId, item: order.item }));
const restock = flow.function('restock', (ctx, delivery: Delivery) =>
  ctx.write(stock, delivery.item, delivery.count),
);
export const used = { flow, lambda, lambdaInvoker, LambdaClient, placeOrder, restock, stock };
