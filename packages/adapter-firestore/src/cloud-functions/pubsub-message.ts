/** Messages of Pub/Sub topics, in every form in which the framework hands them to a function of CloudEvents. */
import { FlowstateError } from '@flowstate/core/adapter';

/** A message. */
export interface PubsubMessage {
  /** Empty where the message has attributes only. */
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  /** The topic's own id: the same at each delivery. */
  readonly messageId: string;
  /** RFC 3339. */
  readonly publishTime?: string;
  /** The framework does not hand on that of a push subscription without a CloudEvent: see the option `ordered`. */
  readonly orderingKey?: string;
  /** The data as JSON. @throws FlowstateError RUN_INPUT_INVALID where it is none: the message is refused */
  json(): unknown;
}

/** A message, and how it came. */
export interface PubsubDelivery {
  readonly message: PubsubMessage;
  /** `projects/<project>/subscriptions/<name>`, where the platform tells. */
  readonly subscription?: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The message of an event; undefined: there is none. By Eventarc, as a CloudEvent, it is in `data.message`; of a background
 * event and of a push subscription the framework makes the same; a push of attributes without data stays as it was sent.
 */
export function deliveryOf(event: unknown): PubsubDelivery | undefined {
  if (!isObject(event)) return undefined;
  const envelope = isObject(event.data) && isObject(event.data.message) ? event.data : event;
  const { message, subscription = event.subscription } = envelope;
  if (!isObject(message)) return undefined;
  const messageId = textIn(message.messageId) ?? textIn(message.message_id) ?? textIn(event.id);
  const { data = '', attributes } = message;
  if (messageId === undefined || typeof data !== 'string') return undefined;
  const publishTime = textIn(message.publishTime) ?? textIn(message.publish_time) ?? textIn(event.time);
  const orderingKey = textIn(message.orderingKey) ?? textIn(message.ordering_key);
  const bytes = Buffer.from(data, 'base64');
  return {
    message: {
      data: bytes,
      attributes: (isObject(attributes) ? attributes : {}) as Readonly<Record<string, string>>,
      messageId,
      ...(publishTime === undefined ? {} : { publishTime }),
      ...(orderingKey === undefined ? {} : { orderingKey }),
      json: () => jsonOf(bytes),
    },
    ...(typeof subscription === 'string' ? { subscription } : {}),
  };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FlowstateError('RUN_INPUT_INVALID', 'its data is not JSON in UTF-8', { cause });
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? value : undefined;
}
