/** Events as the host of Azure Functions delivers them to a worker: data and metadata in the form that Microsoft documents. */
import type { TypedData } from './functions-core.js';

/** What the host hands to a worker. */
export interface Delivered {
  readonly input: TypedData;
  readonly metadata: Readonly<Record<string, TypedData>>;
}

const TIME = '2021-02-26T19:13:55.749Z';

/** Texts as they are, everything else as JSON. */
function typed(value: unknown): TypedData {
  return typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };
}

/** The members of a body that is an object overwrite what the host knows of its message. */
function metadataOf(known: Readonly<Record<string, unknown>>, body: string): Delivered['metadata'] {
  const all = new Map(Object.entries(known));
  for (const [member, value] of Object.entries(membersOf(body))) {
    if (typeof value === 'object') continue;
    const same = [...all.keys()].find((name) => name.toLowerCase() === member.toLowerCase());
    all.set(same ?? member, String(value));
  }
  return Object.fromEntries([...all].map(([name, value]) => [name, typed(value)]));
}

function membersOf(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** A message of a storage queue. */
export function queueMessage(id: string, body: string, dequeueCount = 1): Delivered {
  const metadata = metadataOf(
    {
      QueueTrigger: body,
      DequeueCount: dequeueCount,
      ExpirationTime: TIME,
      Id: id,
      InsertionTime: TIME,
      NextVisibleTime: TIME,
      PopReceipt: `receipt-${dequeueCount}`,
    },
    body,
  );
  return { input: { string: body }, metadata };
}

/** A message of Service Bus, alone. */
export function busMessage(messageId: string | null, body: string, deliveryCount = 1): Delivered {
  const metadata = metadataOf(
    {
      MessageId: messageId,
      DeliveryCount: deliveryCount,
      EnqueuedTimeUtc: TIME,
      LockToken: `lock-${deliveryCount}`,
      SequenceNumber: 17,
      ApplicationProperties: { Shop: 'h1' },
    },
    body,
  );
  return { input: { string: body }, metadata };
}

/** A message of a batch. */
export interface BatchMessage {
  readonly messageId: string;
  readonly body: string;
  readonly deliveryCount?: number;
}

/** A batch of Service Bus: what is known of the messages is in lists. */
export function busBatch(messages: readonly BatchMessage[]): Delivered {
  return {
    input: { collectionString: { string: messages.map(({ body }) => body) } },
    metadata: {
      MessageIdArray: { collectionString: { string: messages.map(({ messageId }) => messageId) } },
      DeliveryCountArray: { json: JSON.stringify(messages.map(({ deliveryCount = 1 }) => deliveryCount)) },
      SequenceNumberArray: { json: JSON.stringify(messages.map((_, i) => i)) },
    },
  };
}

export const TOPIC =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/my-account';

/** An event in the schema of Event Grid. */
export function gridEvent(id: string, data: unknown, eventTime = TIME): Delivered {
  const event = {
    topic: TOPIC,
    subject: '/blobServices/default/containers/my-container/blobs/my-file.txt',
    eventType: 'Microsoft.Storage.BlobCreated',
    eventTime,
    id,
    data,
    dataVersion: '',
    metadataVersion: '1',
  };
  return { input: { string: JSON.stringify(event) }, metadata: { data: { json: JSON.stringify(data) } } };
}

/** An event in the schema of CloudEvents. */
export function cloudGridEvent(id: string, data: unknown, { source = TOPIC, time = TIME } = {}): Delivered {
  const event = {
    specversion: '1.0',
    type: 'Microsoft.Storage.BlobCreated',
    source,
    id,
    time,
    subject: 's',
    data,
  };
  return { input: { json: JSON.stringify(event) }, metadata: {} };
}

/** What App Service authentication adds to a request of a user. */
export function easyAuthOf(id: string, provider = 'aad'): Record<string, string> {
  return {
    'x-ms-client-principal-id': id,
    'x-ms-client-principal-idp': provider,
    'x-ms-client-principal-name': `${id}@example.com`,
  };
}
