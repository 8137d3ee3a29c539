/** Messages of storage queues. */
import type { FlowFunction } from '@flowstate/core/adapter';
import type { QueueApp } from './app.js';
import { type AzureMessage, messageOf, ownIdOf, shownId } from './message.js';
import { type EventOptions, receiving } from './receive.js';
import { nameOf, textOf } from './service.js';

/** Options of `azure.queue(app, fn, options)`. */
export interface QueueOptions<Input, Body = unknown> extends EventOptions {
  /** The queue. `%setting%` stands for an app setting. */
  readonly queueName: string;
  /** The app setting that has the connection of the storage account, such as `AzureWebJobsStorage`. */
  readonly connection: string;
  /** The run's input: all that it sees of the message; of the message and nothing else. Default: the body, JSON or text. */
  readonly input?: (message: AzureMessage<Body>) => NoInfer<Input>;
  /**
   * The run's id, chosen by whoever sent the message. Default, and where it is undefined: the id of the message. Of a body
   * with a member `id` that of the message is not known: without this option it is delivered again until it is poison.
   */
  readonly id?: (message: AzureMessage<Body>) => string | undefined;
}

/**
 * `azure.queue(app, fn, { queueName, connection })`: every message is a run. After `maxDequeueCount` deliveries, five unless
 * host.json says more, the platform moves a message to `<queue>-poison`; the same message put back from there has another id.
 * Give host.json a `visibilityTimeout`, for without one they follow each other at once.
 * @throws TypeError for options that cannot be
 */
export function queue<Input, Output, Body = unknown>(
  app: QueueApp,
  fn: FlowFunction<Input, Output>,
  options: QueueOptions<Input, Body>,
): void {
  const what = 'azure.queue';
  const queueName = textOf(what, 'queueName', options?.queueName, 'the name of the queue');
  const connection = textOf(what, 'connection', options.connection, 'the app setting with the connection');
  const name = nameOf(what, options, `${fn.name}-queue`);
  const { id, input } = options;
  const parcelOf = (message: AzureMessage) => {
    // The user's word for what is in a body.
    const own = message as AzureMessage<Body>;
    return {
      what: `message ${shownId(message, 'id')}`,
      chosenId: () => id?.(own),
      ownId: () => ownIdOf(message, 'id'),
      chosenInput: input && (() => input(own)),
      ownInput: () => message.body,
      isOrdered: false,
    };
  };
  const kind = {
    what,
    concurrency: 1,
    parcelsOf: (body: unknown, context: object) => [parcelOf(messageOf(body, context))],
  };
  app.storageQueue(name, { queueName, connection, handler: receiving(app, fn, kind, options) });
}
