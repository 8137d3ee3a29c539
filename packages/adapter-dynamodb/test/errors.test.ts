import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type RowKey, StoreError, type Update } from '@flowstate/core/adapter';
import { freePort } from '@flowstate/engines';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeError } from '../src/errors.js';
import { dynamodb } from '../src/index.js';
import { clientOf, dynamodbHarness } from './conformance/on-engine.js';

const UNAVAILABLE = 'STORE_UNAVAILABLE';
const UNKNOWN = 'STORE_OUTCOME_UNKNOWN';
const MISCONFIGURED = 'STORE_MISCONFIGURED';
const LIMIT = 'STORE_LIMIT_EXCEEDED';

const named = (name: string, message = 'said', attempts = 1) =>
  Object.assign(new Error(message), { name, $metadata: { attempts } });
const withCode = (code: string) => Object.assign(new Error('said'), { code });

describe('the table', () => {
  test.each([
    [
      UNAVAILABLE,
      'ProvisionedThroughputExceededException ThrottlingException RequestLimitExceeded LimitExceededException TransactionConflictException TransactionInProgressException ReplicatedWriteConflictException',
    ],
    [UNKNOWN, 'InternalServerError ServiceUnavailable TimeoutError AbortError SyntaxError Error'],
    [
      MISCONFIGURED,
      'ResourceNotFoundException AccessDeniedException UnrecognizedClientException ExpiredTokenException InvalidSignatureException CredentialsProviderError MissingAuthenticationTokenException KMSAccessDeniedException ValidationException',
    ],
    [LIMIT, 'ItemCollectionSizeLimitExceededException'],
  ])('by name: %s', (expected, names) => {
    for (const name of names.split(' '))
      expect([name, storeError(named(name)).code]).toEqual([name, expected]);
  });

  test('by the code of a socket', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])
      expect([code, storeError(withCode(code)).code]).toEqual([code, UNAVAILABLE]);
    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'])
      expect([code, storeError(withCode(code)).code]).toEqual([code, UNKNOWN]);
  });

  test("the service's word for too large is a limit, its other refusals are a wrong table", () => {
    for (const message of [
      'Item size has exceeded the maximum allowed size',
      'Item size to update has exceeded the maximum allowed size',
    ])
      expect(storeError(named('ValidationException', message))).toMatchObject({ code: LIMIT, applied: 'no' });
    const wrong = storeError(
      named('ValidationException', 'The provided key element does not match the schema'),
    );
    expect(wrong.code).toBe(MISCONFIGURED);
    expect(wrong.message).toContain('check its key (pk, sk: text)');
  });

  test('where the SDK tried again, an earlier attempt may have been applied', () => {
    expect(storeError(named('ThrottlingException', 'slow down', 3))).toMatchObject({
      code: UNKNOWN,
      applied: 'unknown',
    });
    expect(storeError(named('AccessDeniedException', 'no', 3))).toMatchObject({
      code: UNKNOWN,
      message: expect.stringContaining('the role lacks a permission'),
    });
    expect(storeError(named('AccessDeniedException', 'no')).code).toBe(MISCONFIGURED);
  });

  test('the cause is kept, and the message says what to do', () => {
    const cause = named('ExpiredTokenException', 'The security token is expired');
    const error = storeError(cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe(
      'DynamoDB: The security token is expired (ExpiredTokenException); the credentials of the client are not accepted: renew them, or let the SDK find fresh ones',
    );
    expect(storeError('odd')).toMatchObject({ code: UNKNOWN, cause: 'odd' });
  });
});

describe('real faults', () => {
  const harness = dynamodbHarness('errors');
  const key: RowKey = { table: 'items', partition: 'p', sort: '0' };
  const touch: Update = {
    write: 'update',
    key,
    when: [{ test: 'below', path: 'n', value: 100 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  };
  let missing: string | undefined;

  beforeAll(async () => {
    missing = await harness.missing?.();
  });
  afterAll(() => harness.close());

  async function failure(work: Promise<unknown>): Promise<StoreError> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof StoreError)) throw new Error(`no StoreError: ${String(error)}`);
    return error;
  }

  test('nobody listens, for whichever request, and however often the SDK tries', async () => {
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${await freePort()}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 2,
    });
    const store = dynamodb({ client });
    const read = await failure(store.read(key));
    const write = await failure(store.write(touch));
    client.destroy();
    expect([read.retry, write.retry]).toEqual([true, true]);
    expect([UNAVAILABLE, UNKNOWN]).toContain(read.code);
  });

  test('a table that is not there is named as what to set up, for every method', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const client = clientOf((await harness.database()).url);
    const store = dynamodb({ client, tables: { runs: 'no-runs', items: 'no-items' } });
    const errors = await Promise.all([
      failure(store.read(key)),
      failure(store.write(touch)),
      failure(store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 1 })),
      failure(store.list({ queue: 'wake', limit: 1 })),
    ]);
    client.destroy();
    expect(errors.map(({ code }) => code)).toEqual(Array(4).fill(MISCONFIGURED));
    expect(errors[0]?.message).toContain('run setup');
    return undefined;
  });

  test('a table with another key is told, and nothing is written', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const { CreateTableCommand, ScanCommand } = await import('@aws-sdk/client-dynamodb');
    const { own, url } = await harness.database();
    await own.send(
      new CreateTableCommand({
        TableName: 'other-key',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    const client = clientOf(url);
    const store = dynamodb({ client, tables: { items: 'other-key' } });
    const error = await failure(store.write({ write: 'create', key, fields: { log: {} } }));
    expect(error).toMatchObject({ code: MISCONFIGURED, applied: 'no', retry: false });
    expect(error.message).toContain('check its key (pk, sk: text)');
    expect((await own.send(new ScanCommand({ TableName: 'other-key' }))).Count).toBe(0);
    client.destroy();
    return undefined;
  });

  test('what is larger than an item may be is a limit, and nothing is written', async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const client = clientOf((await harness.database()).url);
    const store = dynamodb({ client });
    const big = 'x'.repeat(store.traits.rowBytesMax);
    const error = await failure(store.write({ write: 'create', key, fields: { value: big, log: {} } }));
    expect(error).toMatchObject({ code: LIMIT, applied: 'no', retry: false });
    expect(await store.read(key)).toBeUndefined();
    client.destroy();
    return undefined;
  });
});
