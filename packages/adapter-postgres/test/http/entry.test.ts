import { StoreError } from '@flowstate/core';
import { runKey, type Store } from '@flowstate/core/adapter';
import { memoryStore } from '@flowstate/core/testing';
import * as v from 'valibot';
import { expect, test, vi } from 'vitest';
import { http } from '../../src/http.js';
import { errors, gate, post, SECRET, served, testFlow } from './served-flow.js';

test('a result is a 200 with the run id, and happens once per Idempotency-Key', async () => {
  const { flow } = testFlow();
  const rooms = flow.table<number>('rooms');
  const reserve = flow.function('reserve', async (ctx, trip: { rooms: number }) => {
    await ctx.update(rooms, 'h1', (left) => (left ?? 10) - trip.rooms);
    return { left: await ctx.read(rooms, 'h1'), at: ctx.uuid() };
  });
  const { url } = await served(http(reserve));
  const key = { 'idempotency-key': 'trip-1' };
  const answers = await Promise.all([post(url, { rooms: 3 }, key), post(url, { rooms: 3 }, key)]);
  const later = await post(url, { rooms: 3 }, key);
  expect([...answers, later].map(({ status, headers }) => [status, headers.get('flowstate-run-id')])).toEqual(
    Array.from({ length: 3 }, () => [200, 'trip-1']),
  );
  const [first, second, third] = await Promise.all([...answers, later].map((answer) => answer.json()));
  expect(first).toMatchObject({ left: 7 });
  expect([second, third]).toEqual([first, first]);
  expect(await rooms.get('h1')).toBe(7);
  expect(later.headers.get('flowstate-outcome')).toBe('result');

  const other = await post(url, { rooms: 4 }, key);
  expect([other.status, await other.json()]).toMatchObject([409, { error: { code: 'RUN_ID_REUSED' } }]);

  const fresh = await Promise.all([post(url, { rooms: 1 }), post(url, { rooms: 1 })]);
  expect(new Set(fresh.map(({ headers }) => headers.get('flowstate-run-id'))).size).toBe(2);
  expect(await rooms.get('h1')).toBe(5);
});

test('a result that is undefined is null, and output shapes it', async () => {
  const { flow } = testFlow();
  const nothing = flow.function('nothing', async () => undefined);
  const big = flow.function('big', async () => ({ amount: 12n }));
  const plain = await post((await served(http(nothing))).url, {});
  expect([plain.status, await plain.json()]).toEqual([200, null]);
  const shaped = await post(
    (await served(http(big, { output: ({ amount }) => ({ amount: String(amount) }) }))).url,
    {},
  );
  expect(await shaped.json()).toEqual({ amount: '12' });
  const { onError, told } = errors();
  const unshaped = await post((await served(http(big, { onError }))).url, {});
  expect([unshaped.status, await unshaped.json()]).toMatchObject([500, { error: { code: 'HTTP_OUTPUT' } }]);
  expect(unshaped.headers.has('flowstate-outcome')).toBe(false);
  expect(told).toHaveLength(1);
});

test('input and id take the run from the request', async () => {
  const { flow } = testFlow();
  const greet = flow.function('greet', async (ctx, name: string) => `${ctx.runId}: hello ${name}`);
  const { onError, told } = errors();
  const handler = http(greet, {
    onError,
    input: (request, body) =>
      `${(body as { name: { first: string } }).name.first} of ${new URL(request.url).searchParams.get('city') ?? ''}`,
    id: (_, body) => (body as { id?: string }).id,
  });
  const { url } = await served(handler);
  const answer = await post(`${url}/?city=Rom`, { id: 'gr€et 1', name: { first: 'Ada' } });
  expect(await answer.json()).toBe('gr€et 1: hello Ada of Rom');
  expect(decodeURIComponent(answer.headers.get('flowstate-run-id') ?? '')).toBe('gr€et 1');
  const unnamed = await post(url, { id: 'g2' });
  expect([unnamed.status, await unnamed.json()]).toMatchObject([
    400,
    { error: { code: 'RUN_INPUT_INVALID' } },
  ]);
  expect(told[0]).toBeInstanceOf(TypeError);
  expect((await post(url, { id: '', name: { first: 'Ada' } })).status).toBe(400);
  expect((await post(url, { name: { first: 'Ada' } }, { 'idempotency-key': 'k'.repeat(256) })).status).toBe(
    400,
  );
  expect(
    (await post(url, { name: { first: 'Ada' } }, { 'idempotency-key': 'k' })).headers.get('flowstate-run-id'),
  ).toBe('k');
});

test('what a schema refuses is a 400, before anything is stored', async () => {
  const { flow, store } = testFlow();
  const pay = flow.function(
    'pay',
    { input: v.object({ amount: v.number() }) },
    async (_, { amount }) => amount * 2,
  );
  const { url } = await served(http(pay));
  const refused = await post(url, { amount: 'much' }, { 'idempotency-key': 'p1' });
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: { code: 'RUN_INPUT_INVALID', hint: expect.any(String) } },
  ]);
  expect(refused.headers.get('flowstate-run-id')).toBe('p1');
  expect(store.rows()).toHaveLength(0);
  expect(await (await post(url, { amount: 2 }, { 'idempotency-key': 'p1' })).json()).toBe(4);
});

test('bodies that are no JSON are refused with their own status', async () => {
  const { flow } = testFlow({ store: memoryStore({ rowBytesMax: 200 * 1024 }) });
  const echo = flow.function('echo', async (_, input: unknown) => input ?? 'nothing');
  const { url } = await served(http(echo, { bodyBytesMax: 150 * 1024 }));
  const json = { 'content-type': 'application/json' };
  const send = async (body: string | Uint8Array, headers: Record<string, string> = json, method = 'POST') => {
    const answer = await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body }) });
    const { error } = (await answer.json()) as { error: { code: string; message: string; hint: string } };
    expect([error.message, error.hint].every((text) => text.length > 0)).toBe(true);
    return [answer.status, error.code];
  };
  expect(await send('{"a":')).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await send('')).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await send(new Uint8Array([0x22, 0xff, 0x22]))).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await send('['.repeat(50_000) + ']'.repeat(50_000))).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await send('{"__proto__":{"admin":true}}')).toEqual([400, 'VALUE_NOT_SERIALIZABLE']);
  expect(await send('{}', { 'content-type': 'text/plain' })).toEqual([415, 'HTTP_CONTENT_TYPE']);
  expect(await send('{}', { 'content-type': 'application/json; charset=latin1' })).toEqual([
    415,
    'HTTP_CONTENT_TYPE',
  ]);
  expect(await send('{}', { ...json, 'content-encoding': 'gzip' })).toEqual([415, 'HTTP_CONTENT_TYPE']);
  expect(await send(JSON.stringify('x'.repeat(150 * 1024)))).toEqual([413, 'HTTP_BODY_TOO_LARGE']);
  expect(await send(JSON.stringify('x'.repeat(120 * 1024)))).toEqual([413, 'VALUE_TOO_LARGE']);
  expect(await send('', {}, 'GET')).toEqual([405, 'HTTP_METHOD']);
  expect(await send('{}', json, 'PUT')).toEqual([405, 'HTTP_METHOD']);
  expect((await fetch(url)).headers.get('allow')).toBe('POST');
  const merged = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/merge+json;charset="UTF-8"' },
    body: '[1]',
  });
  expect(await merged.json()).toEqual([1]);
  expect(await (await fetch(url, { method: 'POST' })).json()).toBe('nothing');
});

test('a body without a declared length is cut off where it is too large', async () => {
  const { flow } = testFlow();
  const echo = flow.function('echo', async (_, input: unknown) => input);
  const { url } = await served(http(echo, { bodyBytesMax: 1000 }));
  const chunked = (chunks: number) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
      body: new ReadableStream({
        start(controller) {
          const part = new TextEncoder().encode(' '.repeat(100));
          for (let i = 0; i < chunks; i++) controller.enqueue(part);
          controller.enqueue(new TextEncoder().encode('7'));
          controller.close();
        },
      }),
    });
  expect(await (await chunked(9)).json()).toBe(7);
  expect((await chunked(20)).status).toBe(413);
});

test('an error of the handler is an outcome, without stack and cause', async () => {
  const { flow } = testFlow();
  const fail = flow.function('fail', async () => {
    throw Object.assign(new RangeError('sold out', { cause: new Error('inner') }), { code: 'SOLD_OUT' });
  });
  const { url } = await served(http(fail));
  const answer = await post(url, {}, { 'idempotency-key': 'f' });
  expect(answer.status).toBe(500);
  expect(answer.headers.get('flowstate-outcome')).toBe('error');
  expect(answer.headers.has('retry-after')).toBe(false);
  expect(await answer.json()).toEqual({
    outcome: 'error',
    error: { name: 'RangeError', message: 'sold out', code: 'SOLD_OUT' },
  });
});

test('infrastructure is a 503 that says nothing of itself', async () => {
  const store = memoryStore();
  const broken: Store = {
    ...store,
    write: () =>
      Promise.reject(new StoreError('STORE_MISCONFIGURED', 'no table on db.internal for user flow:pass')),
  };
  const { flow } = testFlow({ store: broken });
  const { onError, told } = errors();
  const { url } = await served(
    http(
      flow.function('f', async () => 1),
      { onError },
    ),
  );
  const answer = await post(url, { secret: 'input' }, { 'idempotency-key': 's' });
  const text = await answer.text();
  expect([answer.status, answer.headers.get('flowstate-run-id')]).toEqual([503, 's']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'STORE_MISCONFIGURED', message: expect.any(String), hint: expect.any(String) },
  });
  expect(text).not.toMatch(/internal|pass|input"|stack/);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
});

test('an execution that fails behind a 202 is reported', async () => {
  const store = memoryStore();
  const { opened, open } = gate();
  let broken = false;
  const write: Store['write'] = (...request) =>
    broken ? Promise.reject(new StoreError('STORE_MISCONFIGURED', 'gone')) : store.write(...request);
  const { flow } = testFlow({ store: { ...store, write } });
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened));
  const { onError, told } = errors();
  const { url } = await served(http(slow, { wait: 10, onError }));
  expect((await post(url, {})).status).toBe(202);
  broken = true;
  open();
  await vi.waitFor(() => expect(told).toMatchObject([{ code: 'RUN_INFRASTRUCTURE' }]));
});

test('after its wait a request is answered 202 with the address of the status', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx, n: number) => {
    await ctx.step('wait', () => opened);
    return { doubled: 2 * n };
  });
  const { url } = await served(
    http(slow, { wait: '30ms', secret: SECRET, output: ({ doubled }) => doubled }),
  );
  const accepted = await post(`${url}/slow?a=1`, 4, { 'idempotency-key': 'k 1/2' });
  expect(accepted.status).toBe(202);
  const { state, status } = (await accepted.json()) as { state: string; status: string };
  expect(state).toBe('running');
  const location = accepted.headers.get('location') ?? '';
  expect(new URL(location, accepted.url).href).toBe(status);
  expect(await (await fetch(status)).json()).toEqual({ state: 'running' });
  open();
  await vi.waitFor(async () =>
    expect(await (await fetch(status)).json()).toEqual({ state: 'done', result: 8 }),
  );
  expect(await (await post(url, 4, { 'idempotency-key': 'k 1/2' })).json()).toBe(8);

  const forged = new URL(status);
  forged.searchParams.set('run', 'another');
  const refused = await fetch(forged);
  expect([refused.status, await refused.json()]).toMatchObject([
    401,
    { error: { code: 'HTTP_UNAUTHORIZED' } },
  ]);
  expect((await fetch(`${url}/slow?run=k%201%2F2`)).status).toBe(401);
});

test('without a secret a 202 has no address, and the same key asks again', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const { url } = await served(http(slow, { wait: 0 }));
  const key = { 'idempotency-key': 'k' };
  const accepted = await post(url, {}, key);
  expect([accepted.status, accepted.headers.get('location'), await accepted.json()]).toEqual([
    202,
    null,
    { state: 'running' },
  ]);
  open();
  await vi.waitFor(async () => expect((await post(url, {}, key)).status).toBe(200));
});

test('a duplicate of a run in progress waits for the same result', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  let bodies = 0;
  const slow = flow.function('slow', async (ctx) =>
    ctx.step('wait', async () => {
      bodies += 1;
      await opened;
      return ctx.runId;
    }),
  );
  const { url } = await served(http(slow, { wait: '20s' }));
  const key = { 'idempotency-key': 'k' };
  const first = post(url, {}, key);
  await vi.waitFor(() => expect(bodies).toBe(1));
  const second = post(url, {}, key);
  open();
  expect(await Promise.all([first, second].map(async (answer) => (await answer).json()))).toEqual(['k', 'k']);
  expect(bodies).toBe(1);
});

test('a paused run is a 202 with its reason; one no longer kept is a 410', async () => {
  const lost = {
    start: async () => undefined,
    call: () => Promise.reject(new Error('none')),
    status: async () => 'unknown' as const,
  };
  const { flow, store } = testFlow({ invoker: lost, lease: 1, attemptsMax: 1 });
  const stuck = flow.function('stuck', async () => 'never');
  const run = await stuck.start(undefined, { id: 'k' });
  await vi.waitFor(async () => {
    await flow.collect();
    expect(await run.status()).toMatchObject({ state: 'paused' });
  });
  const { url } = await served(http(stuck, { wait: 0, secret: SECRET }));
  const key = { 'idempotency-key': 'k' };
  const paused = await fetch(url, { method: 'POST', headers: key });
  const body = (await paused.json()) as { status: string };
  expect([paused.status, body]).toMatchObject([
    202,
    { state: 'paused', reason: expect.stringContaining('launch') },
  ]);
  expect(await (await fetch(body.status)).json()).toMatchObject({
    state: 'paused',
    reason: expect.any(String),
  });

  const intent = { table: 'runs', partition: `run:${runKey('stuck', 'k')}`, sort: 'intent' } as const;
  const gone = await store.write({
    write: 'update',
    key: intent,
    when: [{ test: 'equals', path: 'state', value: 'paused' }],
    changes: [{ change: 'set', path: 'state', value: 'gone' }],
  });
  expect(gone.applied).toBe(true);
  for (const answer of [await fetch(url, { method: 'POST', headers: key }), await fetch(body.status)]) {
    expect([answer.status, await answer.json()]).toMatchObject([410, { error: { code: 'RUN_EXPIRED' } }]);
  }
});

test('an execution hands over before the platform ends its request', async () => {
  const { flow } = testFlow({ handOver: '900ms' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const { url } = await served(http(slow, { timeout: '1s' }));
  const begun = Date.now();
  const answer = await post(url, {}, { 'idempotency-key': 'k' });
  expect(answer.status).toBe(202);
  expect(Date.now() - begun).toBeLessThan(1000);
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    expect((await slow.run('k').status())?.state).toBe('done');
  }, 10_000);
});

test('where nothing goes on behind an answer, the run is handed over before the 202', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const due = (id: string) =>
    store.rows().find(({ key }) => key.sort === 'intent' && key.partition === `run:${runKey('slow', id)}`)
      ?.fields.due;
  for (const wait of [0, 200]) {
    const ahead = await served(http(slow, { wait }));
    expect((await post(ahead.url, {}, { 'idempotency-key': `ahead-${wait}` })).status).toBe(202);
    expect(due(`ahead-${wait}`)).toBeGreaterThan(Date.now() + 60_000);

    const { url } = await served(http(slow, { wait, background: false }));
    expect((await post(url, {}, { 'idempotency-key': `${wait}` })).status).toBe(202);
    expect(due(`${wait}`)).toBeLessThanOrEqual(Date.now());
  }
  open();
  await vi.waitFor(async () => {
    await flow.collect();
    expect((await slow.run('200').status())?.state).toBe('done');
  }, 10_000);
});

test('keys count per principal, else per Authorization', async () => {
  const { flow } = testFlow();
  const whose = flow.function('whose', async (ctx, n: number) => ({ n, run: ctx.runId }));
  const byHeader = await served(http(whose));
  const ids = async (url: string, headers: Record<string, string>, n: number) => {
    const answer = await post(url, n, { 'idempotency-key': 'k', ...headers });
    expect([answer.status, ((await answer.json()) as { n: number }).n]).toEqual([200, n]);
    return answer.headers.get('flowstate-run-id') ?? '';
  };
  const ada = await ids(byHeader.url, { authorization: 'Bearer ada' }, 1);
  const bob = await ids(byHeader.url, { authorization: 'Bearer bob' }, 2);
  const nobody = await ids(byHeader.url, {}, 3);
  expect(await ids(byHeader.url, { authorization: 'Bearer ada' }, 1)).toBe(ada);
  expect(new Set([ada, bob, nobody]).size).toBe(3);
  expect(ada + bob).not.toMatch(/Bearer/);
  const spelled = await post(byHeader.url, 1, { 'idempotency-key': ada });
  expect([spelled.status, await spelled.json()]).toMatchObject([400, { error: { code: 'HTTP_RUN_ID' } }]);

  const byPrincipal = await served(
    http(whose, { principal: (request) => request.headers.get('x-user') ?? undefined }),
  );
  const one = await ids(byPrincipal.url, { 'x-user': 'ada', authorization: 'Bearer token-1' }, 4);
  expect(await ids(byPrincipal.url, { 'x-user': 'ada', authorization: 'Bearer token-2' }, 4)).toBe(one);
  expect(await ids(byPrincipal.url, { 'x-user': 'bob', authorization: 'Bearer token-2' }, 5)).not.toBe(one);
});
