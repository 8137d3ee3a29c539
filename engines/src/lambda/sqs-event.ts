/** The event that a function is given for a batch of messages, and the answer's list of those that failed. */
import { createHash } from 'node:crypto';
import { REGION } from './function.js';
import type { Message, MessageAttribute } from './sqs-queue.js';

/** The event of a batch, as JSON text. */
export function sqsEvent(messages: readonly Message[], queueArn: string, fifo: boolean): string {
  return JSON.stringify({ Records: messages.map((message) => record(message, queueArn, fifo)) });
}

/**
 * The ids of the messages that a function says have failed. An answer that names something else makes all of them fail.
 */
export function failuresIn(payload: string, messages: readonly Message[]): ReadonlySet<string> | 'all' {
  const answer: unknown = JSON.parse(payload);
  const list: unknown =
    typeof answer === 'object' && answer !== null && 'batchItemFailures' in answer
      ? answer.batchItemFailures
      : undefined;
  if (list === undefined || list === null) return new Set();
  if (!Array.isArray(list)) return 'all';
  const ids = list.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'itemIdentifier' in item ? item.itemIdentifier : undefined,
  );
  const known = new Set(messages.map(({ id }) => id));
  const failures = ids.filter((id): id is string => typeof id === 'string' && known.has(id));
  return failures.length === ids.length ? new Set(failures) : 'all';
}

function record(message: Message, queueArn: string, fifo: boolean): object {
  const { id, body, receives, sentAt, firstReceivedAt, groupId, deduplicationId, sequenceNumber } = message;
  return {
    messageId: id,
    receiptHandle: message.receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(fifo ? { SequenceNumber: sequenceNumber, MessageDeduplicationId: deduplicationId } : {}),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, value]) => [name, attribute(value)]),
    ),
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

function attribute(value: MessageAttribute): object {
  return {
    stringValue: String(value),
    stringListValues: [],
    binaryListValues: [],
    dataType: typeof value === 'number' ? 'Number' : 'String',
  };
}
