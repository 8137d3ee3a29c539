/** The library's app is the one that is asked for. Type-checked, not run. */
import { app } from '@azure/functions';
import type { Flow, FlowFunction } from '@flowstate/core';
import { azure, azureInvoker } from '../../src/azure-functions.js';

declare const flow: Flow;
declare const fn: FlowFunction<{ readonly order: string }, { readonly receipt: string }>;
/** The methods of `QueueClient` of @azure/storage-queue that matter, as it declares them. */
declare const queueClient: {
  sendMessage(
    messageText: string,
    options?: { readonly visibilityTimeout?: number },
  ): Promise<{ readonly messageId: string }>;
};

const secret = 'a-secret-of-the-types';
const source = { queueName: 'q', connection: 'c' };

azure.http(app, fn);
azure.http(app, fn, {
  route: 'orders/{id}',
  authLevel: 'anonymous',
  access: 'easy-auth',
  secret,
  output: ({ receipt }) => receipt,
});
azure.queue(app, fn, source);
azure.queue(app, fn, {
  ...source,
  input: ({ body }: { readonly body: { readonly name: string } }) => ({ order: body.name }),
  id: ({ body, metadata }) => `${body.name}/${String(metadata.insertionTime)}`,
});
azure.serviceBus(app, fn, { ...source, cardinality: 'many', concurrency: 3 });
azure.serviceBus(app, fn, {
  topicName: 't',
  subscriptionName: 's',
  connection: 'c',
  isSessionsEnabled: true,
});
azure.eventGrid(app, fn);
azure.eventGrid(app, fn, {
  input: ({ data }: { readonly data?: { readonly name: string } | undefined }) => ({
    order: data?.name ?? '',
  }),
});
azure.messages(app, flow, { secret });
azure.messages(app, flow, { secret, ...source });
azure.collector(app, flow, { every: '5s' });

// @ts-expect-error an input that the function does not take
azure.http(app, fn, { input: () => ({ order: 7 }) });
// @ts-expect-error an input that the function does not take
azure.queue(app, fn, { ...source, input: ({ metadata }) => metadata.id });
// @ts-expect-error a queue, or a topic with its subscription
azure.serviceBus(app, fn, { ...source, topicName: 't', subscriptionName: 's' });
// @ts-expect-error a topic has subscriptions
azure.serviceBus(app, fn, { topicName: 't', connection: 'c' });
// @ts-expect-error a queue has a connection
azure.messages(app, flow, { secret, queueName: 'q' });
// @ts-expect-error messages are signed
azure.messages(app, flow, {});
// @ts-expect-error no such level
azure.http(app, fn, { authLevel: 'nobody' });

azureInvoker({
  url: (target) => `https://${target}.azurewebsites.net/api/messages`,
  secret,
  functionKey: (target) => `key-of-${target}`,
  queue: queueClient,
});
azureInvoker({ url: 'https://shop.azurewebsites.net/api/m', secret, queue: () => queueClient });
