import { StoreError } from '@flowstate/core';
import { memoryStore } from '@flowstate/core/testing';
import { expect, test, vi } from 'vitest';
import { collectorLoop, http } from '../../src/http.js';
import { errors, gate, SECRET, served, testFlow } from './served-flow.js';

test('a pass needs the secret, and answers its counts', async () => {
  const { flow } = testFlow();
  const { url } = await served(http.collector(flow, { secret: [SECRET, 'the-secret-of-last-year'] }));
  const ask = (authorization?: string, method = 'POST') =>
    fetch(url, { method, headers: authorization === undefined ? {} : { authorization } });
  for (const wrong of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${SECRET}x`,
    `Bearer ${SECRET.slice(0, -1)}`,
    `Basic ${SECRET}`,
  ]) {
    const refused = await ask(wrong);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.text()).not.toContain(SECRET);
  }
  for (const answer of [
    await ask(`Bearer ${SECRET}`),
    await ask('bearer the-secret-of-last-year'),
    await ask(`Bearer ${SECRET}`, 'GET'),
  ]) {
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { looked: 0, launched: 0, paused: 0, notified: 0 },
    ]);
  }
  expect((await ask(`Bearer ${SECRET}`, 'DELETE')).status).toBe(405);
});

test('a run whose launch was lost is finished by the scheduler', async () => {
  const store = memoryStore();
  const lost = {
    start: async () => undefined,
    call: () => Promise.reject(new Error('none')),
    status: async () => 'unknown' as const,
  };
  const away = testFlow({ store, invoker: lost, lease: 1 }).flow.function('f', async () => 'done');
  const { flow } = testFlow({ store, lease: 1 });
  const run = flow.function('f', async () => 'done').run('i');
  await away.start(undefined, { id: 'i' });
  const { url } = await served(http.collector(flow, { secret: SECRET }));
  await vi.waitFor(async () => {
    await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${SECRET}` } });
    expect((await run.status())?.state).toBe('done');
  });
});

test('a loop survives errors, never overlaps, and stops after its pass', async () => {
  const store = memoryStore();
  const { opened, open } = gate();
  let lists = 0;
  let now = 0;
  let most = 0;
  const list: typeof store.list = async (listing) => {
    lists += 1;
    now += 1;
    most = Math.max(most, now);
    try {
      if (lists === 2) throw new StoreError('STORE_MISCONFIGURED', 'no table');
      if (lists === 5) await opened;
      return await store.list(listing);
    } finally {
      now -= 1;
    }
  };
  const { flow } = testFlow({ store: { ...store, list } });
  const { onError, told } = errors();
  const loop = collectorLoop(flow, { every: 5, onError });
  await vi.waitFor(() => expect(lists).toBe(5));
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
  let stopped = false;
  const stop = loop.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);
  open();
  await stop;
  expect([lists, most]).toEqual([5, 1]);
});

test('a loop ends with its signal', async () => {
  const { flow } = testFlow();
  const ended = new AbortController();
  const loop = collectorLoop(flow, { every: '1h', signal: ended.signal });
  ended.abort();
  await loop.stop();
  await collectorLoop(flow, { every: '1h', signal: AbortSignal.abort() }).stop();
  expect(() => collectorLoop(flow, { every: -1 })).toThrow(TypeError);
});
