/** Whether the database is one that Flowstate can rest on, asked by the requests of the adapter itself. */
import type { RowKey } from '@flowstate/core/adapter';
import type { Firestore } from '@google-cloud/firestore';
import type { CollectionNames } from '../options.js';
import { firestore } from '../store.js';

/** What `check` takes: what `firestore(...)` was given. */
export interface CheckOptions extends CollectionNames {
  readonly db: Firestore;
}

/** The SDK asks several times, for some seconds, before it tells of a refusal. */
const TIMEOUT = '60s';

/** No row of these names is ever written. */
const NOBODY = { partition: 'flowstate-check', sort: '0' } as const;

/**
 * Reads a row that is not there, queries both directions and lists a queue, in both collections; needs what functions need, and
 * writes nothing. @throws StoreError STORE_MISCONFIGURED, with what to do, where the database is not there, is in Datastore mode,
 * refuses the credentials, or lacks the index of `at` or `list`; other codes where it cannot be asked
 */
export async function check(options: CheckOptions): Promise<void> {
  const store = firestore({ ...options, timeout: TIMEOUT });
  for (const table of ['runs', 'items'] as const) {
    const key: RowKey = { table, ...NOBODY };
    await store.read(key);
    for (const order of ['ascending', 'descending'] as const)
      await store.query({ table, partition: key.partition, order, limit: 1 });
  }
  // Both collections are asked.
  await store.list({ queue: NOBODY.partition, limit: 1 });
}
