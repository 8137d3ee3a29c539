import type { RowKey, Store } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test } from 'vitest';
import { watchedStore } from '../../src/world/watched-store.js';

function intent(name: string): RowKey {
  return { table: 'runs', partition: `run:${name}`, sort: 'intent' };
}

async function put(store: Store, name: string, due: number): Promise<void> {
  await store.write({ write: 'create', key: intent(name), fields: { queue: 'wake', due } });
}

test('requests go one after another, in the order in which they were made', async () => {
  const order: string[] = [];
  const slow = { ...memoryStore() };
  const store = watchedStore({
    ...slow,
    async read(key) {
      order.push(`asked ${key.partition}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`answered ${key.partition}`);
      return undefined;
    },
  });
  await Promise.all([store.read(intent('a')), store.read(intent('b'))]);
  expect(order).toEqual(['asked run:a', 'answered run:a', 'asked run:b', 'answered run:b']);
});

test('a failed request does not keep the next one', async () => {
  const store = watchedStore({
    ...memoryStore(),
    read: async (key) => {
      if (key.partition === 'run:a') throw new Error('no');
      return undefined;
    },
  });
  const [first, second] = await Promise.allSettled([store.read(intent('a')), store.read(intent('b'))]);
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
});

test('what others left behind is not listed, page by page', async () => {
  const memory = memoryStore({ pageRowsMax: 2 });
  for (let i = 0; i < 5; i++) await put(memory, `other-${i}`, i);
  const store = watchedStore(memory);
  await put(store, 'mine', 5);
  const page = await store.list({ queue: 'wake', limit: 2 });
  expect(page.keys).toEqual([intent('mine')]);
  expect([...store.listed]).toEqual(['run:mine']);
});

test('rows of one page come in the order in which they were first asked about', async () => {
  const store = watchedStore(memoryStore());
  await put(store, 'z', 1);
  await put(store, 'a', 1);
  const page = await store.list({ queue: 'wake', limit: 10 });
  expect(page.keys).toEqual([intent('z'), intent('a')]);
});

test('it is idle once nothing is under way', async () => {
  let answer = () => {};
  const store = watchedStore({
    ...memoryStore(),
    read: () => new Promise((resolve) => (answer = () => resolve(undefined))),
  });
  let idle = false;
  const reading = store.read(intent('a'));
  const waiting = store.idle().then(() => {
    idle = true;
  });
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(idle).toBe(false);
  answer();
  await Promise.all([reading, waiting]);
  expect(idle).toBe(true);
});
