/** Firestore gives a document no new update time where a write changes nothing: nothing may rely on one. */
import type { Row, RowKey, Store, Update } from '@flowstate/core/adapter';
import { expect, test } from 'vitest';
import { firestore } from '../src/index.js';
import { openWire, useEngine } from './setup/engine.js';

useEngine();

const key: RowKey = { table: 'items', partition: 'p', sort: '0' };

/** Changes nothing where n is what it is set to. */
function setTo(n: number, expected: number): Update {
  return {
    write: 'update',
    key,
    when: [{ test: 'equals', path: 'n', value: expected }],
    changes: [{ change: 'set', path: 'n', value: n }],
  };
}

async function rowIn(store: Store): Promise<Row> {
  const row = await store.read(key);
  if (row === undefined) throw new Error('no row');
  return row;
}

test('a write that changes nothing is sent, decided by its tests, and leaves the version', async () => {
  const { db, asked } = await openWire();
  const store = firestore({ db });
  await store.write({ write: 'create', key, fields: { n: 1, log: {} } });
  const before = await rowIn(store);
  asked.length = 0;
  expect(await store.write(setTo(1, 1), { seen: before })).toEqual({ applied: true });
  expect(asked.map(({ method }) => method)).toEqual(['Commit']);
  expect(await store.write(setTo(1, 2))).toEqual({ applied: false });
  const after = await rowIn(store);
  expect(after.version).toBe(before.version);
});

test('where another wrote since, it is not decided by what was seen', async () => {
  const { db } = await openWire();
  const store = firestore({ db });
  await store.write({ write: 'create', key, fields: { n: 1, log: {} } });
  const seen = await rowIn(store);
  await store.write(setTo(2, 1));
  // What it saw passes the test and is what it wants; what is there does not.
  expect(await store.write(setTo(1, 1), { seen })).toEqual({ applied: false });
  expect((await rowIn(store)).fields.n).toBe(2);
});

test('of two that saw the same and change nothing both are right; a third that does is not hindered, nor they late', async () => {
  const { db } = await openWire();
  const store = firestore({ db });
  await store.write({ write: 'create', key, fields: { n: 1, log: {} } });
  const seen = await rowIn(store);
  const both = await Promise.all([store.write(setTo(1, 1), { seen }), store.write(setTo(1, 1), { seen })]);
  expect(both).toEqual([{ applied: true }, { applied: true }]);
  expect(await store.write(setTo(5, 1), { seen, returning: true })).toMatchObject({
    applied: true,
    row: { fields: { n: 5 } },
  });
  expect(await store.write(setTo(1, 1), { seen })).toEqual({ applied: false });
});

test('a row that was deleted and made again the same has another version', async () => {
  const { db } = await openWire();
  const store = firestore({ db });
  const fields = { n: 1, log: {} };
  await store.write({ write: 'create', key, fields });
  const first = await rowIn(store);
  await store.write({ write: 'delete', key, when: [{ test: 'equals', path: 'n', value: 1 }] });
  await store.write({ write: 'create', key, fields });
  const second = await rowIn(store);
  expect(second.fields).toEqual(first.fields);
  expect(second.version).not.toBe(first.version);
});
