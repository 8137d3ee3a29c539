import {
  brokenStore,
  errors,
  gate,
  intentOf,
  keeping,
  runIds,
  testFlow,
} from '@flowstate/conformance/fixtures';
import { expect, onTestFinished, test } from 'vitest';
import { type CloudEventHandler, gcf } from '../../src/cloud-functions.js';
import { cloudEventRequest, type Sent, structuredRequest } from './documented-events.js';
import { serveEvents } from './framework.js';

const BUCKET = '//storage.googleapis.com/projects/_/buckets/my-bucket';

async function served(handler: CloudEventHandler<never>): Promise<(sent: Sent) => Promise<[number, string]>> {
  const { url, close } = await serveEvents(handler);
  onTestFinished(close);
  return async ({ path, headers, body }) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    return [answer.status, await answer.text()];
  };
}

test('an event is a run under its source and id, and its data the input, in either content mode', async () => {
  const { fn, inputs } = keeping();
  const send = await served(gcf.cloudEvent(fn));
  for (const data of [{ name: 'a.txt' }, { name: 'another mapping, and the first counts' }])
    expect(await send(cloudEventRequest('e1', data))).toEqual([204, '']);
  expect(await send(structuredRequest('e2', { name: 'b.txt' }, BUCKET))).toEqual([204, '']);
  expect(inputs).toEqual({ [`${BUCKET}/e1`]: { name: 'a.txt' }, [`${BUCKET}/e2`]: { name: 'b.txt' } });
});

test('two events are never one run, wherever the slashes are', async () => {
  const { fn, store } = keeping();
  const send = await served(gcf.cloudEvent(fn));
  const events = [
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['a', 'b%2Fc'],
    ['a/b', 'c '],
  ] as const;
  for (const [source, id] of events) expect(await send(structuredRequest(id, {}, source))).toEqual([204, '']);
  expect(runIds(store)).toEqual(['a/b%252Fc', 'a/b%2Fc', 'a/b/c', 'a/b/c%20']);
});

test('options choose the input and the id; under a chosen id another input is refused', async () => {
  const { flow, store } = testFlow();
  const { onError, told } = errors();
  const fn = flow.function('f', async (_, name: string) => name);
  const send = await served(
    gcf.cloudEvent(fn, {
      onError,
      input: ({ data }: { data?: { name: string } | undefined }) => data?.name ?? '',
      id: ({ subject, id }) => subject ?? (id === 'own' ? undefined : 'chosen'),
    }),
  );
  expect(await send(cloudEventRequest('e1', { name: 'a' }))).toEqual([204, '']);
  expect(await send(cloudEventRequest('own', { name: 'b' }))).toEqual([204, '']);
  expect(await send(cloudEventRequest('e2', { name: 'c' }))).toEqual([204, '']);
  expect(runIds(store)).toEqual([`${BUCKET}/own`, 'chosen']);
  expect(told).toMatchObject([{ code: 'RUN_ID_REUSED' }]);
});

test('an error of the handler is told, and acknowledged; what can never be run is refused', async () => {
  const { flow } = testFlow();
  const { onError, told } = errors();
  const fail = flow.function('fail', async (_, input: string) => {
    throw new RangeError(input);
  });
  const failing = await served(gcf.cloudEvent(fail, { onError, input: () => 'sold out' }));
  expect(await failing(cloudEventRequest('e1', {}))).toEqual([204, '']);
  expect(told.map(({ message }) => message)).toEqual([
    `event ${BUCKET}/e1: run ${BUCKET}/e1 of fail ended with an error: RangeError: sold out`,
  ]);
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const dropping = await served(gcf.cloudEvent(fail, { onError }));
  expect(await dropping(cloudEventRequest('e2', deep))).toEqual([204, '']);
  expect(told[1]).toMatchObject({ code: 'VALUE_NOT_SERIALIZABLE' });
  const redelivering = await served(gcf.cloudEvent(fail, { onError, refused: 'redeliver' }));
  expect((await redelivering(cloudEventRequest('e2', deep)))[0]).toBe(500);
});

test('what meets an error of the infrastructure comes again, and shows nothing of it', async () => {
  const { store, memory, recover } = brokenStore();
  const { fn } = keeping({ store });
  const { onError, told } = errors();
  const send = await served(
    gcf.cloudEvent(fn, {
      onError: (error) => {
        onError(error);
        throw new Error('nobody is to hear of this');
      },
    }),
  );
  const [status, text] = await send(cloudEventRequest('e1', {}));
  expect(status).toBe(500);
  expect(text).not.toMatch(/expired|nobody|at /);
  expect(told).toMatchObject([{ code: 'STORE_MISCONFIGURED' }]);
  recover();
  expect(await send(cloudEventRequest('e1', {}))).toEqual([204, '']);
  expect(runIds(memory)).toEqual([`${BUCKET}/e1`]);
});

test('a run that is not done in time is handed over, and its event acknowledged', async () => {
  const { flow, store } = testFlow({ lease: '10m' });
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const send = await served(gcf.cloudEvent(slow, { timeout: '1s' }));
  expect(await send(cloudEventRequest('e1', {}))).toEqual([204, '']);
  expect(Number(intentOf(store, 'slow', `${BUCKET}/e1`)?.due)).toBeLessThanOrEqual(Date.now());
  open();
});

test('what is no event is thrown', async () => {
  const { fn, store } = keeping();
  const send = await served(gcf.cloudEvent(fn));
  const json = { 'content-type': 'application/json' };
  for (const body of ['{}', '{"id":"e1"}', '{"id":"","source":"s"}', '{"id":7,"source":"s"}', '[]']) {
    const [status, text] = await send({ path: '/', headers: json, body });
    expect([status, text]).toEqual([500, expect.stringContaining('takes no other')]);
  }
  const lone = '{"id":"\\ud800","source":"s","specversion":"1.0","type":"t"}';
  expect((await send({ path: '/', headers: json, body: lone }))[0]).toBe(500);
  expect(runIds(store)).toEqual([]);
});

test('options that cannot be are refused at once', () => {
  const { fn } = keeping();
  expect(() => gcf.cloudEvent(fn, { timeout: 0 })).toThrow(/gcf\.cloudEvent: timeout/);
  expect(() => gcf.cloudEvent(fn, { refused: 'keep' as 'drop' })).toThrow(/gcf\.cloudEvent: refused is/);
});
