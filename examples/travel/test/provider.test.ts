import { expect, test } from 'vitest';
import { type Ledger, provider } from '../src/provider.js';

function client() {
  const app = provider();
  const post = (path: string, key: string | undefined, body: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'x-worker': 'worker-1', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
  const ledger = async (): Promise<Ledger> => JSON.parse(await (await app.request('/ledger')).text());
  return { app, post, ledger };
}

const charge = { reservation: 'a', amount: 100 };

test('the same key and request is the same charge', async () => {
  const { post, ledger } = client();
  const first = await post('/charges', 'k', charge);
  const again = await post('/charges', 'k', charge);
  expect([first.status, again.status]).toEqual([200, 200]);
  expect(await again.json()).toEqual(await first.json());
  expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([
    null,
    'true',
  ]);
  expect(await ledger()).toMatchObject({
    charges: [{ reservation: 'a', amount: 100 }],
    mails: [],
    repeats: 1,
  });
});

test('the same key for another request is refused', async () => {
  const { post, ledger } = client();
  await post('/charges', 'k', charge);
  expect((await post('/charges', 'k', { ...charge, amount: 101 })).status).toBe(409);
  expect((await ledger()).charges).toHaveLength(1);
});

test('another key is another charge, and keys of mails are their own', async () => {
  const { post, ledger } = client();
  for (const key of ['k', 'l']) await post('/charges', key, charge);
  expect((await post('/mails', 'k', { reservation: 'a' })).status).toBe(200);
  expect(await ledger()).toMatchObject({
    charges: [{ id: 'ch_1' }, { id: 'ch_2' }],
    mails: [{ id: 'ml_1' }],
  });
});

test('without a key, or with no request of its own, nothing happens', async () => {
  const { app, post, ledger } = client();
  expect((await post('/charges', undefined, charge)).status).toBe(400);
  expect((await post('/charges', 'k', { amount: 1 })).status).toBe(400);
  const broken = await app.request('/charges', {
    method: 'POST',
    headers: { 'idempotency-key': 'k' },
    body: '{',
  });
  expect(broken.status).toBe(400);
  expect(await ledger()).toEqual({ charges: [], mails: [], repeats: 0 });
});

test('a charge is in the ledger while its answer is held, and a repetition is answered', async () => {
  const { app, post, ledger } = client();
  const next = app.request('/hold', { method: 'POST' });
  const answers: string[] = [];
  const held = Promise.resolve(post('/charges', 'k', charge)).then(() => answers.push('held'));
  expect(await (await next).json()).toEqual({ reservation: 'a', worker: 'worker-1' });
  expect((await ledger()).charges).toHaveLength(1);
  expect((await post('/charges', 'k', charge)).headers.get('idempotent-replayed')).toBe('true');
  expect(answers).toEqual([]);
  await app.request('/release', { method: 'POST' });
  await held;
  expect(answers).toEqual(['held']);
});

test('one at a time waits for the next charge, and may give up', async () => {
  const { app, post } = client();
  const giveUp = new AbortController();
  const first = app.request('/hold', { method: 'POST', signal: giveUp.signal });
  expect((await app.request('/hold', { method: 'POST' })).status).toBe(409);
  giveUp.abort();
  expect((await first).status).toBe(408);
  expect((await post('/charges', 'k', charge)).status).toBe(200);
});
