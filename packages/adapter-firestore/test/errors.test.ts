import { type RowKey, type Store, StoreError, TimeOver, type Update } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { isStale, isThere, storeError } from '../src/errors.js';
import { firestore } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';
import type { Refusal } from './wire.js';

const UNAVAILABLE = 'STORE_UNAVAILABLE';
const UNKNOWN = 'STORE_OUTCOME_UNKNOWN';
const MISCONFIGURED = 'STORE_MISCONFIGURED';
const LIMIT = 'STORE_LIMIT_EXCEEDED';

// The service's own words.
const NO_DATABASE =
  'The database (default) does not exist for project p Please visit https://console.cloud.google.com/datastore/setup?project=p to add a Cloud Datastore or Cloud Firestore database. ';
const OTHER_MODE =
  'The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/p/databases/(default).';
const NO_INDEX = 'The query requires an index. You can create it here: https://example.com';
const STALE = 'the stored version (17) does not match the required base version (16)';
const NO_DOCUMENT = 'No document to update: projects/p/databases/(default)/documents/flowstate-items/p#0';

/** As the SDK throws it: the code and its name in front of the words. */
function coded(code: number | string, message = 'said'): Error {
  return Object.assign(new Error(`${code} NAME: ${message}`), { code });
}

describe('the table', () => {
  test.each<[number, string, string, string]>([
    [1, 'CANCELLED', UNAVAILABLE, UNKNOWN],
    [2, 'UNKNOWN', UNAVAILABLE, UNKNOWN],
    [3, 'INVALID_ARGUMENT', MISCONFIGURED, MISCONFIGURED],
    [4, 'DEADLINE_EXCEEDED', UNAVAILABLE, UNKNOWN],
    [5, 'NOT_FOUND', MISCONFIGURED, MISCONFIGURED],
    [6, 'ALREADY_EXISTS', UNAVAILABLE, UNKNOWN],
    [7, 'PERMISSION_DENIED', MISCONFIGURED, MISCONFIGURED],
    [8, 'RESOURCE_EXHAUSTED', UNAVAILABLE, UNKNOWN],
    [9, 'FAILED_PRECONDITION', MISCONFIGURED, MISCONFIGURED],
    [10, 'ABORTED', UNAVAILABLE, UNKNOWN],
    [11, 'OUT_OF_RANGE', UNAVAILABLE, UNKNOWN],
    [12, 'UNIMPLEMENTED', MISCONFIGURED, MISCONFIGURED],
    [13, 'INTERNAL', UNAVAILABLE, UNKNOWN],
    [14, 'UNAVAILABLE', UNAVAILABLE, UNKNOWN],
    [15, 'DATA_LOSS', UNAVAILABLE, UNKNOWN],
    [16, 'UNAUTHENTICATED', MISCONFIGURED, MISCONFIGURED],
  ])('%i %s', (code, _, reading, writing) => {
    expect(storeError(coded(code), 'reading').code).toBe(reading);
    expect(storeError(coded(code), 'writing').code).toBe(writing);
  });

  test('what has no code of gRPC', () => {
    const unsent = [
      new Error(
        'Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication',
      ),
      new Error('Unable to detect a Project Id in the current environment.'),
      new Error('The client has already been terminated'),
    ];
    for (const error of unsent)
      expect(storeError(error, 'writing')).toMatchObject({ code: MISCONFIGURED, applied: 'no' });
    for (const odd of [new Error('odd'), coded('ECONNRESET'), 'odd', undefined, null])
      expect(storeError(odd, 'writing')).toMatchObject({ code: UNKNOWN, applied: 'unknown' });
    expect(storeError(new TimeOver('late'), 'reading').code).toBe(UNAVAILABLE);
    expect(storeError(new TimeOver('late'), 'writing').code).toBe(UNKNOWN);
  });

  test('too large, in the words of service and emulator', () => {
    for (const message of [
      "Document 'projects/p/databases/(default)/documents/c/d' cannot be written because its size (1,048,960 bytes) exceeds the maximum allowed size of 1,048,576 bytes.",
      'The value of property "value" is longer than 1048487 bytes.',
      'Request payload size exceeds the limit: 11534336 bytes.',
    ])
      expect(storeError(coded(3, message), 'writing')).toMatchObject({ code: LIMIT, applied: 'no' });
  });

  test.each([
    ['a switched-off index', coded(9, NO_INDEX), 'deploy the indexes of setup'],
    ['Datastore mode', coded(9, OTHER_MODE), 'create one in Native mode'],
    ['no database', coded(5, NO_DATABASE), 'create the database (Native mode)'],
    ['no role', coded(7, 'Missing or insufficient permissions.'), 'roles/datastore.user'],
    ['credentials', coded(16, 'Request had invalid authentication credentials.'), 'renew them'],
    [
      'a project that is not known',
      new Error('Unable to detect a Project Id in the current environment.'),
      'set GOOGLE_CLOUD_PROJECT, or give the Firestore object a projectId',
    ],
    [
      'no credentials at all',
      new Error('Could not load the default credentials.'),
      'there are none: run as a service account, `gcloud auth application-default login`, or set FIRESTORE_EMULATOR_HOST',
    ],
    [
      'no answer',
      new TimeOver('no answer for 10000 ms'),
      'check FIRESTORE_EMULATOR_HOST, the network and Private Google Access',
    ],
    ['a rate', coded(8, 'Quota exceeded.'), 'spread the work'],
    ['contention', coded(10, 'Too much contention on these documents.'), 'spread the work'],
  ])('%s says what to do', (_, cause, advice) => {
    const error = storeError(cause, 'reading', 'flowstate-runs');
    expect(error.message).toContain(`Firestore, collection flowstate-runs: ${cause.message}; `);
    expect(error.message).toContain(advice);
    expect(error.cause).toBe(cause);
  });

  test('what is a refusal of a write, and no error', () => {
    expect(isStale(coded(9, STALE))).toBe(true);
    expect(isStale(coded(5, NO_DOCUMENT))).toBe(true);
    for (const other of [coded(9, OTHER_MODE), coded(5, NO_DATABASE), coded(6), coded(10), new Error(STALE)])
      expect(isStale(other)).toBe(false);
    expect(isThere(coded(6))).toBe(true);
    expect(isThere(coded(9, STALE))).toBe(false);
  });
});

describe('what the service says over the wire', () => {
  useEngine();

  const key: RowKey = { table: 'items', partition: 'p', sort: '0' };
  const create = { write: 'create', key, fields: { n: 1, log: {} } } as const;
  const touch: Update = {
    write: 'update',
    key,
    when: [{ test: 'below', path: 'n', value: 100 }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  };
  const remove = { write: 'delete', key, when: touch.when } as const;

  /** A store with one row, of which everything is refused from then on. */
  async function refusing(refusal: Refusal): Promise<Store> {
    const wire = await openWire();
    const store = firestore({ db: wire.db, timeout: '60s' });
    await store.write(create);
    wire.refuse(() => refusal);
    return store;
  }

  async function failure(work: Promise<unknown>): Promise<StoreError> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof StoreError)) throw new Error(`no StoreError: ${String(error)}`);
    return error;
  }

  test('a database that is not there or of the other mode is told by every method, and no write takes it for a refusal', async () => {
    const refusals = [
      { code: 5, message: NO_DATABASE },
      { code: 9, message: OTHER_MODE },
    ];
    const errors = await Promise.all(
      refusals.map(async (refusal) => {
        const store = await refusing(refusal);
        const seen = { key, fields: create.fields, version: '1.0' };
        return Promise.all([
          failure(store.read(key)),
          failure(store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 1 })),
          failure(store.list({ queue: 'wake', limit: 1 })),
          failure(store.write(create)),
          failure(store.write(touch, { seen })),
          failure(store.write(remove, { seen })),
        ]);
      }),
    );
    expect(errors.flat().map(({ code }) => code)).toEqual(Array(12).fill(MISCONFIGURED));
    for (const { message } of errors.flat()) expect(message).toContain('Native mode');
  });

  test('a version that is no longer there, or a document, is a refusal only after another look', async () => {
    const wire = await openWire();
    const store = firestore({ db: wire.db });
    await store.write(create);
    const seen = await store.read(key);
    if (seen === undefined) throw new Error('no row');
    expect(await store.write(touch, { seen })).toEqual({ applied: true });
    wire.asked.length = 0;
    expect(await store.write(touch, { seen })).toEqual({ applied: true });
    expect(wire.asked.map(({ method }) => method)).toEqual(['Commit', 'BatchGetDocuments', 'Commit']);
    await wire.db.doc('flowstate-items/p#0').delete();
    wire.asked.length = 0;
    expect(await store.write(touch, { seen, returning: true })).toEqual({ applied: false, row: null });
    expect(await store.write(remove, { seen })).toEqual({ applied: false });
    expect(wire.asked.map(({ method }) => method)).toEqual([
      ...['Commit', 'BatchGetDocuments'],
      ...['Commit', 'BatchGetDocuments'],
    ]);
  });

  test('a write that is refused as such was not applied', async () => {
    const store = await refusing({ code: 3, message: 'odd' });
    expect(await failure(store.write(create))).toMatchObject({
      code: MISCONFIGURED,
      applied: 'no',
      retry: false,
    });
  });

  test('a write that is throttled may yet come through: the SDK goes on, and nobody knows', async () => {
    const wire = await openWire();
    const store = firestore({ db: wire.db, timeout: '300ms' });
    wire.refuse(() => ({ code: 8, message: 'Quota exceeded.' }));
    expect(await failure(store.write(create))).toMatchObject({
      code: UNKNOWN,
      applied: 'unknown',
      retry: true,
    });
    wire.refuse(() => undefined);
    await expect.poll(() => store.read(key), { timeout: 30_000 }).toMatchObject({ fields: create.fields });
  });

  // Of a read the SDK says nothing but in a rejection that nobody can catch.
  test('a write by an object that was terminated', async () => {
    const { db } = await openWire();
    const store = firestore({ db });
    await db.terminate();
    const error = await failure(store.write(create));
    expect(error).toMatchObject({ code: MISCONFIGURED, applied: 'no' });
    expect(error.message).toContain('terminated while it was in use');
  });

  test('where a try of the SDK was applied and the next one refused, nobody says that nothing was applied', async () => {
    for (const write of [touch, { ...create, key: { ...key, sort: '1' } }]) {
      const wire = await openWire();
      const store = firestore({ db: wire.db, timeout: '3s' });
      await store.write(create);
      const seen = await store.read(key);
      if (seen === undefined) throw new Error('no row');
      wire.asked.length = 0;
      const isFirst = () => wire.asked.filter(({ method }) => method === 'Commit').length === 1;
      wire.refuse(({ method }) => {
        if (method === 'BatchGetDocuments') return { code: 14, message: 'gone' };
        return isFirst() ? { code: 14, message: 'no answer', isCarriedOut: true } : undefined;
      });
      const error = await failure(store.write(write, { seen, returning: true }));
      expect(error).toMatchObject({ code: UNKNOWN, applied: 'unknown' });
      wire.refuse(() => undefined);
      expect(wire.asked.map(({ method }) => method).slice(0, 3)).toEqual([
        'Commit',
        'Commit',
        'BatchGetDocuments',
      ]);
      const row = await store.read(write.key);
      expect(row?.fields.n).toBe(write.write === 'update' ? 2 : 1);
    }
  });
});
