/** Changes of DynamoDB tables, from their streams. */
import { isObject } from './records.js';

/** An attribute, as streams show it. */
export interface StreamAttribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly string[] | undefined;
  readonly L?: readonly StreamAttribute[] | undefined;
  readonly M?: StreamItem | undefined;
}

/** An item, as streams show it. */
export interface StreamItem {
  readonly [attribute: string]: StreamAttribute;
}

/** A change of an item, as far as it is looked at. */
export interface DynamodbRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: 'INSERT' | 'MODIFY' | 'REMOVE' | undefined;
  readonly eventSource?: string | undefined;
  readonly eventSourceARN?: string | undefined;
  readonly dynamodb?:
    | {
        readonly Keys?: StreamItem | undefined;
        readonly NewImage?: StreamItem | undefined;
        readonly OldImage?: StreamItem | undefined;
        readonly SequenceNumber?: string | undefined;
        readonly ApproximateCreationDateTime?: number | undefined;
      }
    | undefined;
}

/** Whether a record is one. */
export function isDynamodb(record: unknown): record is DynamodbRecord {
  return (
    isObject(record) &&
    record.eventSource === 'aws:dynamodb' &&
    typeof record.eventID === 'string' &&
    isObject(record.dynamodb) &&
    typeof record.dynamodb.SequenceNumber === 'string'
  );
}

/** The item: its changes are carried out in their order. */
export function itemOf({ dynamodb }: DynamodbRecord): string | undefined {
  if (dynamodb?.Keys === undefined) return undefined;
  return JSON.stringify(Object.entries(dynamodb.Keys).sort(([a], [b]) => (a < b ? -1 : 1)));
}
