/** Requests in the forms that Google documents for Eventarc, Pub/Sub push, background events and identity tokens. */

/** A request. */
export interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A message of Pub/Sub, as a publisher makes it. */
export interface Published {
  readonly messageId: string;
  /** Text; undefined: attributes only. */
  readonly data?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
  readonly publishTime?: string;
}

export const TOPIC = 'projects/my-project/topics/my-topic';
export const SUBSCRIPTION = 'projects/my-project/subscriptions/my-sub';
const TIME = '2021-02-26T19:13:55.749Z';

/** An event in the binary content mode. */
export function cloudEventRequest(
  id: string,
  data: unknown,
  {
    source = '//storage.googleapis.com/projects/_/buckets/my-bucket',
    type = 'google.cloud.storage.object.v1.finalized',
    time = TIME,
  } = {},
): Sent {
  return {
    path: '/',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': source,
      'ce-type': type,
      'ce-time': time,
    },
    body: typeof data === 'string' ? data : JSON.stringify(data),
  };
}

/** An event in the structured content mode. */
export function structuredRequest(id: string, data: unknown, source: string): Sent {
  const type = 'google.cloud.storage.object.v1.finalized';
  return {
    path: '/',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({ specversion: '1.0', id, source, type, time: TIME, data }),
  };
}

function wrapped({ messageId, data, attributes, orderingKey, publishTime = TIME }: Published) {
  return {
    message: {
      ...(data === undefined ? {} : { data: Buffer.from(data).toString('base64') }),
      ...(attributes === undefined ? {} : { attributes }),
      messageId,
      message_id: messageId,
      publishTime,
      publish_time: publishTime,
      ...(orderingKey === undefined ? {} : { orderingKey }),
    },
    subscription: SUBSCRIPTION,
  };
}

/** A message by Eventarc. */
export function eventarcRequest(published: Published): Sent {
  return cloudEventRequest(published.messageId, wrapped(published), {
    source: `//pubsub.googleapis.com/${TOPIC}`,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    ...(published.publishTime === undefined ? {} : { time: published.publishTime }),
  });
}

/** A message of a push subscription. */
export function pushRequest(published: Published, deliveryAttempt = 1): Sent {
  return {
    path: `/${TOPIC}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ deliveryAttempt, ...wrapped(published) }),
  };
}

/** A background event of a topic. */
export function backgroundRequest({ messageId, data = '', attributes = {} }: Published): Sent {
  return {
    path: '/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      context: {
        eventId: messageId,
        timestamp: TIME,
        eventType: 'google.pubsub.topic.publish',
        resource: {
          service: 'pubsub.googleapis.com',
          name: TOPIC,
          type: 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
        },
      },
      data: {
        '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
        attributes,
        data: Buffer.from(data).toString('base64'),
      },
    }),
  };
}

/** An identity token as a service gets it: checked, and without its signature. */
export function checkedToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'k', typ: 'JWT' })}.${part(claims)}.SIGNATURE_REMOVED_BY_GOOGLE`;
}

/** The header of such a token. */
export function bearerOf(sub: string, iat = 1): string {
  const claims = {
    iss: 'https://accounts.google.com',
    sub,
    aud: 'https://shop.run.app',
    iat,
    exp: iat + 3600,
  };
  return `Bearer ${checkedToken(claims)}`;
}
