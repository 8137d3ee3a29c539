/** Events in the forms that AWS documents for queues, buses, topics, streams and buckets. */

/** A message of a queue. */
export function sqsRecord(messageId: string, body: string, group?: string) {
  return {
    messageId,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1573251510774',
      SenderId: 'AIDAIO23YVJENQZJOL4VO',
      ApproximateFirstReceiveTimestamp: '1573251510774',
      ...(group === undefined ? {} : { MessageGroupId: group, SequenceNumber: '18849496460467696128' }),
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-2:123456789012:orders${group === undefined ? '' : '.fifo'}`,
    awsRegion: 'us-east-2',
  };
}

/** An event of a bus. */
export function busEvent(id: string, detail: unknown) {
  return {
    version: '0',
    id,
    'detail-type': 'Order placed',
    source: 'shop.orders',
    account: '111122223333',
    time: '2024-12-22T18:43:48Z',
    region: 'us-west-1',
    resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
    detail,
  };
}

/** A notification of a topic. */
export function snsRecord(messageId: string, message: string) {
  return {
    EventVersion: '1.0',
    EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:orders:21be56ed-a058-49f5-8c98-aedd2564c486',
    EventSource: 'aws:sns',
    Sns: {
      SignatureVersion: '1',
      Timestamp: '2019-01-02T12:45:07.000Z',
      MessageId: messageId,
      Message: message,
      MessageAttributes: {},
      Type: 'Notification',
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:orders',
      Subject: 'TestInvoke',
    },
  };
}

/** A change in a table. */
export function streamRecord(eventID: string, item: string, sequenceNumber: string) {
  return {
    eventID,
    eventVersion: '1.0',
    dynamodb: {
      ApproximateCreationDateTime: 1479499740,
      Keys: { Id: { N: item } },
      NewImage: { Message: { S: 'New item!' }, Id: { N: item } },
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      SequenceNumber: sequenceNumber,
      SizeBytes: 26,
    },
    awsRegion: 'us-west-2',
    eventName: 'INSERT' as const,
    eventSourceARN: 'arn:aws:dynamodb:us-west-2:123456789012:table/orders/stream/2024-06-10T19:26:16.525',
    eventSource: 'aws:dynamodb',
  };
}

/** A change in a bucket; `object` replaces what is known of it. */
export function s3Record(key: string, object: Readonly<Record<string, unknown>> = {}) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-2',
    eventTime: '2019-09-03T19:37:27.192Z',
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AIDAINPONIXQXHT3IKHL2' },
    requestParameters: { sourceIPAddress: '205.255.255.255' },
    responseElements: {
      'x-amz-request-id': 'D82B88E5F771F645',
      'x-amz-id-2': 'vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ',
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: '828aa6fc-f7b5-4305-8584-487c791949c1',
      bucket: {
        name: 'DOC-EXAMPLE-BUCKET',
        ownerIdentity: { principalId: 'A3I5XTEXAMAI3E' },
        arn: 'arn:aws:s3:::lambda-artifacts-deafc19498e3f2df',
      },
      object: {
        key,
        size: 1305107,
        eTag: 'b21b84d653bb07b05b1e6b33684dc11b',
        sequencer: '0C0F6F405D6ED209E1',
        ...object,
      },
    },
  };
}
