import { Firestore } from '@google-cloud/firestore';
import { expect, test } from 'vitest';
import { firestore } from '../src/index.js';
import { collectionId, collectionsOf } from '../src/options.js';

const db = new Firestore({ projectId: 'demo-options' });

test('the collections have names of their own where none is given', () => {
  expect(collectionsOf({})).toEqual({ runs: 'flowstate-runs', items: 'flowstate-items' });
  const collections = { items: 'tenants/acme/items' };
  expect(collectionsOf({ collections })).toEqual({ runs: 'flowstate-runs', items: 'tenants/acme/items' });
  expect(collectionId('tenants/acme/items')).toBe('items');
  expect(collectionId('items')).toBe('items');
});

test.each([
  [''],
  ['a/b'],
  ['a//b'],
  ['/a'],
  ['a/'],
  ['.'],
  ['a/../b'],
  ['__runs__'],
  ['ä'.repeat(751)],
  ['\ud800'],
  [JSON.parse('7')],
])('%j is no path of a collection', (runs) => {
  expect(() => collectionsOf({ collections: { runs } })).toThrow(TypeError);
  expect(() => firestore({ db, collections: { runs } })).toThrow('is no path of a collection');
});

test('what a path may be at most, and what looks reserved and is not', () => {
  for (const runs of ['ä'.repeat(750), '__', '_a_', '...', 'a/__b/c'])
    expect(collectionsOf({ collections: { runs } }).runs).toBe(runs);
});

test('one collection for both tables is refused, and so is what is no Firestore object or makes no sense', () => {
  expect(() => firestore({ db, collections: { runs: 'flowstate-items' } })).toThrow('two collections');
  const like: Firestore = JSON.parse('{}');
  expect(() => firestore({ db: like })).toThrow(/of the very package @google-cloud\/firestore/);
  for (const queueShards of [0, 65, 1.5]) expect(() => firestore({ db, queueShards })).toThrow('queueShards');
  expect(() => firestore({ db, timeout: 'soon' as '1s' })).toThrow(TypeError);
});

test('the traits are what was asked for', () => {
  expect(firestore({ db }).traits).toMatchObject({
    name: 'firestore',
    entriesPerRow: 64,
    reads: 'linearizable',
  });
  expect(firestore({ db, entriesPerRow: 8 }).traits.entriesPerRow).toBe(8);
});
