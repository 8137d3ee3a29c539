/** Notifications of S3 buckets. */
import { hash } from '@flowstate/core/adapter';
import { isObject } from './records.js';

/** A notification, as far as it is looked at. */
export interface S3Record {
  readonly eventSource: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly responseElements?: { readonly 'x-amz-request-id'?: string | undefined } | undefined;
  readonly s3: {
    /** The name of the notification's configuration. */
    readonly configurationId?: string | undefined;
    readonly bucket: { readonly name: string };
    readonly object: {
      /** As in an address: percent-encoded, a plus sign for a space. */
      readonly key: string;
      readonly size?: number | undefined;
      readonly eTag?: string | undefined;
      readonly versionId?: string | undefined;
      readonly sequencer?: string | undefined;
    };
  };
}

/** What a function gets of a notification. */
export interface S3Change {
  readonly eventName: string;
  readonly bucket: string;
  /** As the object is called, decoded. */
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  /** Of two changes of one object the later one has the greater sequencer, as hexadecimal digits. */
  readonly sequencer?: string;
}

/** Whether a record is one. */
export function isS3(record: unknown): record is S3Record {
  if (!isObject(record) || record.eventSource !== 'aws:s3' || !isObject(record.s3)) return false;
  const { bucket, object } = record.s3;
  return (
    typeof record.eventName === 'string' &&
    isObject(bucket) &&
    typeof bucket.name === 'string' &&
    isObject(object) &&
    typeof object.key === 'string'
  );
}

/**
 * Notifications have no id: one that is delivered again says the same of the same change. Objects that are put and deleted
 * have a sequencer; changes of their tags and the like only a time, and a request.
 */
export function s3Id({ eventName, eventTime, responseElements, s3: { bucket, object } }: S3Record): string {
  const { key, versionId = '', eTag = '', sequencer } = object;
  const request = responseElements?.['x-amz-request-id'] ?? '';
  const when = sequencer ?? `${eventTime} ${request}`;
  return `s3/${hash(bucket.name, key, versionId, eTag, when, eventName)}`;
}

/** @throws URIError for a key that cannot be decoded */
export function s3Input({ eventName, s3: { bucket, object } }: S3Record): S3Change {
  const { size, eTag, versionId, sequencer } = object;
  return {
    eventName,
    bucket: bucket.name,
    key: decodeURIComponent(object.key.replaceAll('+', ' ')),
    ...(size === undefined ? {} : { size }),
    ...(eTag === undefined ? {} : { eTag }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(sequencer === undefined ? {} : { sequencer }),
  };
}
