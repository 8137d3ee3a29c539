import { describe, expect, test } from 'vitest';
import type { Message, Reply } from '../../src/platform/message.js';
import { countingStore, memoryPlatform, memoryStore } from '../../src/testing/index.js';

const launch: Message = { kind: 'launch', function: 'f', run: '0'.repeat(32), epoch: 1, events: 0 };
const reply: Reply = { reply: 'result', run: '0'.repeat(32), value: '1' };
const KEY = { table: 'items', partition: 'p', sort: '0' } as const;

describe('virtual time', () => {
  test('waits end when time is moved past them, in order', async () => {
    const platform = memoryPlatform({ store: memoryStore(), now: 1000 });
    const heard: string[] = [];
    const note = (name: string) => () => void heard.push(`${name} at ${platform.now()}`);
    const late = platform.wait(30).then(note('late'));
    const chain = platform
      .wait(10)
      .then(note('first'))
      .then(() => platform.wait(10))
      .then(note('second'));
    await platform.advance(9);
    expect(heard).toEqual([]);
    await platform.advance(21);
    await Promise.all([late, chain]);
    expect(heard).toEqual(['first at 1010', 'second at 1020', 'late at 1030']);
    expect(platform.now()).toBe(1030);
  });

  test('an aborted wait ends at once and leaves no timer', async () => {
    const platform = memoryPlatform({ store: memoryStore(), now: 0 });
    const stop = new AbortController();
    const waits = platform.wait(1000, stop.signal);
    stop.abort();
    await waits;
    await platform.wait(1000, stop.signal);
    expect(platform.now()).toBe(0);
    await expect(platform.until(new Promise(() => {}))).rejects.toThrow('nothing moves any more');
  });

  test('until moves time on exactly as far as needed, never while the store works', async () => {
    const store = memoryStore({ before: () => new Promise((resolve) => setTimeout(resolve, 5)) });
    const platform = memoryPlatform({ store, now: 0 });
    const far = platform.wait(1_000_000);
    const work = async () => {
      await platform.wait(100);
      await platform.store.read(KEY);
      await platform.wait(1);
      return platform.now();
    };
    expect(await platform.until(work())).toBe(101);
    await expect(platform.until(Promise.reject(new Error('own')))).rejects.toThrow('own');
    await platform.until(far);
    expect(platform.now()).toBe(1_000_000);
  });
});

test('ids have 32 hexadecimal digits, never repeat, and are the same in each run', () => {
  const ids = (name?: string) => {
    const platform = memoryPlatform({ store: memoryStore(), ...(name === undefined ? {} : { name }) });
    return Array.from({ length: 50 }, () => platform.id());
  };
  expect(ids()).toEqual(ids());
  expect(new Set([...ids(), ...ids('other')]).size).toBe(100);
  for (const id of ids()) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

describe('messages', () => {
  test('what is started waits in the outbox: delivered, delivered again, dropped', async () => {
    const received: string[] = [];
    const platform = memoryPlatform({ store: memoryStore() });
    platform.receiveWith(async (message, target) => {
      received.push(`${target} ${message.kind}`);
      return reply;
    });
    await platform.invoker.start('f', launch);
    await platform.invoker.start('g', launch);
    const [first, second] = platform.outbox;
    expect(await platform.deliver(first, { keep: true })).toEqual(reply);
    platform.drop(second!);
    expect(() => platform.drop(second!)).toThrow(TypeError);
    expect(await platform.deliverAll()).toEqual([reply]);
    expect(received).toEqual(['f launch', 'f launch']);
    await expect(platform.deliver()).rejects.toThrow('the outbox is empty');
  });

  test('by itself where asked; what it throws is kept', async () => {
    const platform = memoryPlatform({
      store: memoryStore(),
      autoDeliver: true,
      receive: () => Promise.reject(new Error('no')),
    });
    await platform.invoker.start('f', launch);
    await platform.advance(0);
    expect(platform.outbox).toEqual([]);
    expect(platform.failures).toMatchObject([{ code: 'RUN_INFRASTRUCTURE' }]);
  });

  test('calls and states are answered; without a receiver they are infrastructure errors', async () => {
    const platform = memoryPlatform({ store: memoryStore() });
    await expect(platform.invoker.call('f', launch)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
    platform.receiveWith(async (message) => (message.kind === 'status' ? { reply: 'status' } : reply));
    expect(await platform.invoker.call('f', launch)).toEqual(reply);
    expect(await platform.invoker.status('f', '0'.repeat(32))).toBe('unknown');
  });
});

test('countingStore counts by method', async () => {
  const store = countingStore(memoryStore());
  await store.read(KEY);
  await store.write({ write: 'create', key: KEY, fields: { key: 'k', log: {} } });
  await store.read(KEY);
  await store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 1 });
  await store.list({ queue: 'wake', limit: 1 });
  expect(store.total()).toBe(5);
  expect(store.reset()).toEqual({ read: 2, write: 1, query: 1, list: 1 });
  expect(store.counts).toEqual({ read: 0, write: 0, query: 0, list: 0 });
});
