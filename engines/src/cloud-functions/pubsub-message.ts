/** Messages of a topic, and the requests that bring them. */
import { authorization, type OidcToken } from './identity-token.js';
import type { PushRequest } from './push.js';

/** The project of everything that is named here without one. */
export const PROJECT = 'local';

/** What is published. */
export interface PublishOptions {
  /** Text goes as UTF-8. */
  readonly data: string | Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The messages of a key come one after another where the subscription has ordering on. */
  readonly orderingKey?: string;
}

/** A message of a topic. */
export interface PubsubMessage {
  readonly messageId: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string | undefined;
  /** RFC 3339. */
  readonly publishTime: string;
}

/** Where a message goes to. */
export interface PushTarget {
  readonly url: string;
  /** `projects/<project>/topics/<name>` */
  readonly topic: string;
  /** `projects/<project>/subscriptions/<name>` */
  readonly subscription: string;
  readonly format: 'wrapped' | 'cloudevent';
  readonly oidcToken: OidcToken | undefined;
}

/** The request that brings a message: `deliveryAttempt` is there where messages may become dead letters. */
export function pushRequest(
  message: PubsubMessage,
  target: PushTarget,
  deliveryAttempt: number | undefined,
): PushRequest {
  const { url, topic, subscription, format, oidcToken } = target;
  const attempts = deliveryAttempt === undefined ? {} : { deliveryAttempt };
  const body = JSON.stringify({ message: wireMessage(message), subscription, ...attempts });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'CloudPubSub-Google',
    ...authorization(oidcToken, url),
  };
  if (format === 'cloudevent') {
    Object.assign(headers, {
      'ce-specversion': '1.0',
      'ce-id': message.messageId,
      'ce-source': `//pubsub.googleapis.com/${topic}`,
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-time': message.publishTime,
    });
  }
  return { url, method: 'POST', headers, body };
}

function wireMessage({ messageId, data, attributes, orderingKey, publishTime }: PubsubMessage): object {
  return {
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(data.length === 0 ? {} : { data: Buffer.from(data).toString('base64') }),
    messageId,
    message_id: messageId,
    publishTime,
    publish_time: publishTime,
    ...(orderingKey === undefined ? {} : { orderingKey }),
  };
}
