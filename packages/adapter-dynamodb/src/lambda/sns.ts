/** Notifications of SNS topics. */
import { isObject } from './records.js';

/** A notification, as far as it is looked at. */
export interface SnsRecord {
  readonly EventSource: string;
  readonly Sns: {
    readonly MessageId: string;
    readonly Message: string;
    readonly Subject?: string | null | undefined;
    readonly TopicArn: string;
    readonly Timestamp: string;
  };
}

/** Whether a record is one. */
export function isSns(record: unknown): record is SnsRecord {
  return (
    isObject(record) &&
    record.EventSource === 'aws:sns' &&
    isObject(record.Sns) &&
    typeof record.Sns.MessageId === 'string' &&
    typeof record.Sns.Message === 'string'
  );
}

/** The message: its JSON value, or the text where it is none. */
export function snsInput({ Sns: { Message } }: SnsRecord): unknown {
  try {
    return JSON.parse(Message);
  } catch {
    return Message;
  }
}
