/** What a Service Bus trigger is given: a message or a batch, and the metadata under the names that the platform has. */
import type { Invocation } from './invocations.js';
import type { Received } from './message-queue.js';
import type { FunctionMetadata } from './protocol.js';
import type { BusMessage } from './service-bus-message.js';
import { offsetTime, triggerMetadata, triggerOf, typedData } from './typed-data.js';

const KEPT_MS = 14 * 24 * 3_600_000;

/** One message. */
export function singleInvocation(metadata: FunctionMetadata, received: Received<BusMessage>): Invocation {
  const known = Object.entries(valuesOf(received)).filter(([, value]) => value !== null);
  return {
    inputData: [{ name: triggerOf(metadata).name, data: typedData(received.message.text) }],
    triggerMetadata: triggerMetadata(metadata.name, Object.fromEntries(known)),
  };
}

/** A batch: each kind of metadata is a list, in the order of the messages. */
export function batchInvocation(
  metadata: FunctionMetadata,
  batch: readonly Received<BusMessage>[],
): Invocation {
  const all = batch.map(valuesOf);
  const names = Object.keys(all[0] ?? {});
  const lists = names.map((name) => [`${name}Array`, all.map((values) => values[name] ?? null)] as const);
  const texts = batch.map(({ message }) => message.text);
  return {
    inputData: [{ name: triggerOf(metadata).name, data: typedData(texts) }],
    triggerMetadata: triggerMetadata(metadata.name, Object.fromEntries(lists)),
  };
}

function valuesOf({ message, receipt, count }: Received<BusMessage>): Record<string, unknown> {
  const { messageId, sessionId = null, correlationId = null, subject = null, contentType = null } = message;
  const { applicationProperties = {}, insertedAt, sequence } = message;
  const expiresAt = insertedAt + KEPT_MS;
  return {
    MessageId: messageId,
    DeliveryCount: count,
    LockToken: receipt,
    SequenceNumber: sequence,
    EnqueuedTimeUtc: new Date(insertedAt).toISOString(),
    EnqueuedTime: offsetTime(insertedAt),
    ExpiresAtUtc: new Date(expiresAt).toISOString(),
    ExpiresAt: offsetTime(expiresAt),
    ContentType: contentType,
    CorrelationId: correlationId,
    SessionId: sessionId,
    // The platform has them under an older name, too.
    Subject: subject,
    Label: subject,
    ApplicationProperties: applicationProperties,
    UserProperties: applicationProperties,
  };
}
