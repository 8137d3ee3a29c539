import { isFlowstateError } from '@flowstate/core';
import { expect, test } from 'vitest';
import { check } from '../../src/setup.js';
import type { Asked, Refusal } from '../wire.js';
import { openWire, useEngine } from './engine.js';

useEngine();

/** What the service answers, in its words: the emulator has every database, and every index. */
async function problem(refuse: (asked: Asked) => Refusal | undefined): Promise<string> {
  const wire = await openWire();
  wire.refuse(refuse);
  const thrown: unknown = await check({ db: wire.db }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isFlowstateError(thrown, 'STORE_MISCONFIGURED')) throw new Error(`not refused: ${String(thrown)}`);
  return thrown.message;
}

test('a database that has nothing yet is one to rest on', async () => {
  const { db } = await openWire();
  await check({ db });
  await check({ db, collections: { runs: 'tenants/acme/runs', items: 'tenants/acme/items' } });
});

const NO_DATABASE =
  'The database (default) does not exist for project p Please visit https://console.cloud.google.com/datastore/setup?project=p to add a Cloud Datastore or Cloud Firestore database. ';
const OTHER_MODE =
  'The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/p/databases/(default).';

// All at once: of each refusal the SDK is told several times, with waits in between.
test('a database that is not there, of the other mode, or denied', async () => {
  const problems = await Promise.all([
    problem(() => ({ code: 5, message: NO_DATABASE })),
    problem(() => ({ code: 9, message: OTHER_MODE })),
    problem(() => ({ code: 7, message: 'Missing or insufficient permissions.' })),
  ]);
  expect(problems).toEqual([
    expect.stringContaining('create the database (Native mode)'),
    expect.stringContaining('create one in Native mode'),
    expect.stringContaining('roles/datastore.user'),
  ]);
});

test('each index that is needed and was switched off', async () => {
  const needed = ['runs', 'items'].flatMap((table) =>
    [
      ['at', 'ASCENDING'],
      ['at', 'DESCENDING'],
      ['list', 'ASCENDING'],
    ].map(([field, direction]) => ({ table, field, direction })),
  );
  const problems = await Promise.all(
    needed.map(({ table, field, direction }) => {
      const order = `"orderBy":[{"field":{"fieldPath":"${field}"},"direction":"${direction}"}]`;
      return problem(({ message }) => {
        const asked = JSON.stringify(message);
        if (!asked.includes(`"collectionId":"flowstate-${table}"`) || !asked.includes(order))
          return undefined;
        return {
          code: 9,
          message: 'The query requires an index. You can create it here: https://example.com',
        };
      });
    }),
  );
  expect(problems).toHaveLength(6);
  for (const [i, { table }] of needed.entries()) {
    expect(problems[i]).toContain(`collection flowstate-${table}`);
    expect(problems[i]).toContain('deploy the indexes of setup');
  }
});
