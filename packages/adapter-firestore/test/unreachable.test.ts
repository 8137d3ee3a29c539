/** Where nobody listens: the adapter says so in time, whatever the SDK goes on trying. */
import type { RowKey, Write } from '@flowstate/core/adapter';
import { Firestore } from '@google-cloud/firestore';
import { expect, test } from 'vitest';
import { firestore } from '../src/index.js';

// Nobody listens there, and only the system may.
const NOBODY = '127.0.0.1:1';

const store = firestore({
  db: new Firestore({
    projectId: 'demo-nobody',
    host: NOBODY,
    ssl: false,
    credentials: { client_email: 'nobody@example.com', private_key: 'none' },
  }),
  timeout: '300ms',
});
const key: RowKey = { table: 'items', partition: 'p', sort: 's' };
const seen = { key, fields: { n: 0 }, version: '1.0' };
const update: Write = {
  write: 'update',
  key,
  when: [{ test: 'equals', path: 'n', value: 0 }],
  changes: [{ change: 'set', path: 'n', value: 1 }],
};

const nothingDone = { code: 'STORE_UNAVAILABLE', applied: 'no', retry: true };
const nobodyKnows = { code: 'STORE_OUTCOME_UNKNOWN', applied: 'unknown', retry: true };

test('a read, a page and a listing are not available', async () => {
  await expect(store.read(key)).rejects.toMatchObject(nothingDone);
  const query = { table: 'items', partition: 'p', order: 'ascending', limit: 1 } as const;
  await expect(store.query(query)).rejects.toMatchObject(nothingDone);
  await expect(store.list({ queue: 'wake', limit: 1 })).rejects.toMatchObject(nothingDone);
});

test('a write that has to read first was not applied', async () => {
  await expect(store.write(update)).rejects.toMatchObject(nothingDone);
});

test('of a write that was sent nobody knows: the SDK may yet bring it through', async () => {
  await expect(store.write(update, { seen })).rejects.toMatchObject(nobodyKnows);
  await expect(store.write({ write: 'create', key, fields: { n: 0 } })).rejects.toMatchObject({
    ...nobodyKnows,
    message: expect.stringMatching(/no answer for 300 ms.*; check FIRESTORE_EMULATOR_HOST/),
  });
});
