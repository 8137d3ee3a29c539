/** Messages of Service Bus: of queues and of topics, alone and in batches, with sessions and without. */
import type { FlowFunction } from '@flowstate/core/adapter';
import type { DeliveryOptions, Parcel } from '@flowstate/core/delivery';
import type { ServiceBusApp, TriggerContext } from './app.js';
import { type AzureMessage, messageOf, messagesOf, ownIdOf, shownId } from './message.js';
import { type EventOptions, receiving } from './receive.js';
import { concurrencyOf, nameOf, textOf } from './service.js';

/** Where messages come from. `%setting%` stands for an app setting. */
export type ServiceBusSource =
  | { readonly queueName: string; readonly topicName?: never; readonly subscriptionName?: never }
  | { readonly topicName: string; readonly subscriptionName: string; readonly queueName?: never };

/** Options of `azure.serviceBus(app, fn, options)`. */
export type ServiceBusOptions<Input, Body = unknown> = ServiceBusSource & EventShape<Input, Body>;

interface EventShape<Input, Body> extends EventOptions, Pick<DeliveryOptions, 'concurrency'> {
  /** The app setting that has the connection of the namespace. */
  readonly connection: string;
  /** Whether an invocation gets one message, or a batch. Default `one`. */
  readonly cardinality?: 'one' | 'many';
  /**
   * The queue or subscription has sessions: a message is done only when its run has ended, and holds back those behind it in
   * its session. Default false.
   */
  readonly isSessionsEnabled?: boolean;
  /** The run's input: all that it sees of the message; of the message and nothing else. Default: the body, JSON or text. */
  readonly input?: (message: AzureMessage<Body>) => NoInfer<Input>;
  /**
   * The run's id, chosen by whoever sent the message. Default, and where it is undefined: the message id, which the sender
   * gave. It must be known: of a message that has none, one that is JSON and no whole number, or a body with a member
   * `messageId` (where messages come one by one) it is not.
   */
  readonly id?: (message: AzureMessage<Body>) => string | undefined;
}

const NAME = 'messageId';

/**
 * `azure.serviceBus(app, fn, { queueName, connection })`: every message is a run under its message id. A message that met an
 * error of the infrastructure comes again at once, until the queue's `maxDeliveryCount`, and is then dead-lettered; of a
 * batch the whole comes again, for the platform cannot complete a part of it, and what was done is done.
 * @throws TypeError for options that cannot be
 */
export function serviceBus<Input, Output, Body = unknown>(
  app: ServiceBusApp,
  fn: FlowFunction<Input, Output>,
  options: ServiceBusOptions<Input, Body>,
): void {
  const what = 'azure.serviceBus';
  const connection = textOf(what, 'connection', options?.connection, 'the app setting with the connection');
  const { cardinality = 'one', isSessionsEnabled = false } = options;
  if (cardinality !== 'one' && cardinality !== 'many')
    throw new TypeError(`${what}: cardinality is 'one' or 'many'`);
  if (typeof isSessionsEnabled !== 'boolean')
    throw new TypeError(`${what}: isSessionsEnabled is true or false`);
  const isMany = cardinality === 'many';
  const parcelOf = (message: AzureMessage) => parcelIn(message, options, isMany, isSessionsEnabled);
  const parcelsOf = (event: unknown, context: TriggerContext) =>
    (isMany ? messagesOf(event, context) : [messageOf(event, context)])?.map(parcelOf);
  const kind = { what, parcelsOf, concurrency: concurrencyOf(what, options) };
  const name = nameOf(what, options, `${fn.name}-service-bus`);
  const source = sourceOf(what, options);
  const handler = receiving(app, fn, kind, options);
  const trigger = { connection, isSessionsEnabled, cardinality, handler };
  if ('queueName' in source) app.serviceBusQueue(name, { ...source, ...trigger });
  else app.serviceBusTopic(name, { ...source, ...trigger });
}

function parcelIn<Input, Body>(
  message: AzureMessage,
  { id, input }: EventShape<Input, Body>,
  isMany: boolean,
  isOrdered: boolean,
): Parcel {
  // The user's word for what is in a body.
  const own = message as AzureMessage<Body>;
  return {
    what: `message ${shownId(message, NAME)}`,
    chosenId: () => id?.(own),
    // Of a batch the metadata are lists, which no body hides.
    ownId: () => (isMany ? ownIdOf(message, NAME, false) : ownIdOf(message, NAME)),
    chosenInput: input && (() => input(own)),
    ownInput: () => message.body,
    isOrdered,
    comesAtOnce: true,
  };
}

function sourceOf(
  what: string,
  { queueName, topicName, subscriptionName }: ServiceBusSource,
): { queueName: string } | { topicName: string; subscriptionName: string } {
  if ((queueName === undefined) === (topicName === undefined && subscriptionName === undefined))
    throw new TypeError(`${what}: give either { queueName } or { topicName, subscriptionName }`);
  if (queueName !== undefined)
    return { queueName: textOf(what, 'queueName', queueName, 'the name of the queue') };
  return {
    topicName: textOf(what, 'topicName', topicName, 'the name of the topic'),
    subscriptionName: textOf(what, 'subscriptionName', subscriptionName, 'the name of its subscription'),
  };
}
