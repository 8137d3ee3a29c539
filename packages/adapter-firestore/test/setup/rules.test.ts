import { expect, test } from 'vitest';
import { rules } from '../../src/setup.js';
import { emptyDatabase, openObject, useEngine } from './engine.js';

useEngine();

const OWNER = { Authorization: 'Bearer owner' };

/** As `firebase deploy` does with the service. */
async function deploy(url: string, content: string): Promise<number> {
  const { origin, pathname } = new URL(url);
  const { status } = await fetch(`${origin}/emulator/v1/projects${pathname}:securityRules`, {
    method: 'PUT',
    body: JSON.stringify({ rules: { files: [{ name: 'firestore.rules', content }] } }),
  });
  return status;
}

/** What a client gets that has signed in nowhere, or the one that rules do not concern. */
async function statusOf(url: string, path: string, init: RequestInit = {}): Promise<number> {
  const { origin, pathname } = new URL(url);
  const { status } = await fetch(
    `${origin}/v1/projects${pathname}/databases/(default)/documents/${path}`,
    init,
  );
  return status;
}

test('no client reads or writes rows, the server does, and what else is allowed stays so', async () => {
  const url = await emptyDatabase();
  const collections = { runs: 'flowstate-runs', items: 'tenants/acme/flow_items' };
  const db = openObject(url);
  for (const path of [collections.runs, collections.items, 'open']) await db.doc(`${path}/a`).set({ n: 1 });

  const theirs = 'match /open/{document=**} { allow read, write: if true; }\n    // Flowstate';
  const all = rules({ collections }).replace('// Flowstate', theirs);
  expect(await deploy(url, all)).toBe(200);
  const write = { method: 'PATCH', body: JSON.stringify({ fields: { n: { integerValue: 2 } } }) };
  expect(await statusOf(url, 'open/a')).toBe(200);
  expect(await statusOf(url, 'open/a', write)).toBe(200);
  for (const path of Object.values(collections)) {
    for (const below of [`${path}/a`, `${path}/a/more/b`]) {
      expect([below, await statusOf(url, below)]).toEqual([below, 403]);
      expect([below, await statusOf(url, below, write)]).toEqual([below, 403]);
    }
    expect(await statusOf(url, `${path}/a`, { headers: OWNER })).toBe(200);
  }
});

test('a wider match of yours is what the comment warns of: it would open them', async () => {
  const url = await emptyDatabase();
  await openObject(url).doc('flowstate-runs/a').set({ n: 1 });
  const wider = 'match /{document=**} { allow read: if true; }\n    // Flowstate';
  expect(await deploy(url, rules().replace('// Flowstate', wider))).toBe(200);
  expect(await statusOf(url, 'flowstate-runs/a')).toBe(200);
  expect(rules()).toContain('no wider match of yours');
});

test('a path that rules cannot name as it is has to be written by hand', () => {
  expect(() => rules({ collections: { runs: 'our runs' } })).toThrow('write its rule by hand');
});
