/** Messages of Pub/Sub topics. */
import type { FlowFunction } from '@flowstate/core/adapter';
import type { Parcel } from '@flowstate/core/delivery';
import type { CloudEvent } from './cloud-event.js';
import { type EventOptions, eventHandler } from './events.js';
import { deliveryOf, type PubsubDelivery } from './pubsub-message.js';

/** What the framework hands to a function of messages. */
export interface PubsubEventData {
  readonly message?: object;
  readonly subscription?: string | undefined;
}

/** A handler for `functions.cloudEvent`. */
export type PubsubHandler = (event: CloudEvent<PubsubEventData>) => Promise<void>;

/** Options of `gcf.pubsub(fn)`. */
export interface PubsubOptions<Input> extends EventOptions {
  /** The run's input: all that it sees of the message; of the message and nothing else. Default: the data, which is JSON. */
  readonly input?: (delivery: PubsubDelivery) => Input;
  /** The run's id, chosen by whoever published. Default, and where it is undefined: the id of the message. */
  readonly id?: (delivery: PubsubDelivery) => string | undefined;
  /**
   * Whether every message holds back those behind it until its run has ended. Default: those with an ordering key. To be given
   * for a push subscription with ordering whose messages are no CloudEvents: the framework does not hand on their keys.
   */
  readonly ordered?: boolean;
}

/**
 * `gcf.pubsub(fn)`: every message is a run, whether it comes by Eventarc, by a push subscription (wrapped, the default) or as
 * a background event. A message with an ordering key is done only when its run has ended: it comes again until then, and
 * holds back those behind it. Data that is no JSON is refused: see `refused`.
 */
export function pubsub<Input, Output>(
  fn: FlowFunction<Input, Output>,
  options: PubsubOptions<Input> = {},
): PubsubHandler {
  const kind = {
    what: 'gcf.pubsub',
    fault: (event: unknown) =>
      deliveryOf(event) === undefined
        ? 'not a message of Pub/Sub in its wrapper: gcf.pubsub(fn) takes no other'
        : undefined,
    parcelOf: (event: CloudEvent<PubsubEventData>) => parcelOf(deliveryOf(event)!, options),
  };
  return eventHandler(fn, kind, options);
}

function parcelOf<Input>(delivery: PubsubDelivery, { id, input, ordered }: PubsubOptions<Input>): Parcel {
  const { message } = delivery;
  return {
    what: `message ${message.messageId}`,
    chosenId: () => id?.(delivery),
    ownId: () => message.messageId,
    chosenInput: input && (() => input(delivery)),
    ownInput: () => message.json(),
    isOrdered: ordered ?? message.orderingKey !== undefined,
  };
}
