import { encode, hash, processPlatform } from '@flowstate/core/adapter';
import { type Manner, SIGNATURE_WINDOW_MS, signerOf, signMessage } from '@flowstate/core/http';
import { expect, test, vi } from 'vitest';
import { http } from '../../src/http.js';
import { gate, SECRET, served, testFlow } from './served-flow.js';

const OLD_SECRET = 'the-secret-of-last-year';

interface Sending {
  readonly secret?: string;
  readonly manner?: Manner;
  readonly now?: number;
  readonly tamper?: (body: string) => string;
  readonly headers?: Record<string, string>;
}

async function send(
  url: string,
  message: unknown,
  sending: Sending = {},
): Promise<{ status: number; body: unknown }> {
  const {
    secret = SECRET,
    manner = 'call',
    now = processPlatform.now(),
    tamper = (text) => text,
    headers = {},
  } = sending;
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const signature = await signMessage(signerOf('test', secret), manner, now, new TextEncoder().encode(text));
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'flowstate-signature': signature, ...headers },
    body: tamper(text),
  });
  return { status: answer.status, body: await answer.json() };
}

const unauthorized = { status: 401, body: { error: { code: 'HTTP_UNAUTHORIZED' } } };

test('only messages signed with a secret, as they were signed, at this time are answered', async () => {
  const { flow } = testFlow();
  flow.function('double', async (_, n: number) => 2 * n);
  const { url } = await served(http.messages(flow, { secret: [SECRET, OLD_SECRET], bodyBytesMax: 5000 }));
  const call = { kind: 'call', function: 'double', id: 'd1', input: encode(4) };
  const reply = { status: 200, body: { reply: 'result', run: hash('double', 'd1'), value: encode(8) } };
  expect(await send(url, call)).toEqual(reply);
  expect(await send(url, call, { secret: OLD_SECRET })).toEqual(reply);
  expect(await send(url, call, { now: processPlatform.now() - SIGNATURE_WINDOW_MS + 30_000 })).toEqual(reply);

  expect(await send(url, call, { secret: 'another-secret-than-that' })).toMatchObject(unauthorized);
  expect(await send(url, call, { tamper: (text) => text.replace('d1', 'd2') })).toMatchObject(unauthorized);
  expect(await send(url, call, { now: processPlatform.now() - SIGNATURE_WINDOW_MS - 1000 })).toMatchObject(
    unauthorized,
  );
  expect(await send(url, call, { now: processPlatform.now() + SIGNATURE_WINDOW_MS + 30_000 })).toMatchObject(
    unauthorized,
  );
  expect(await send(url, call, { manner: 'start' })).toMatchObject(unauthorized);
  expect(await send(url, call, { headers: { prefer: 'respond-async' } })).toMatchObject(unauthorized);
  for (const signature of ['', 'nonsense', `t=${processPlatform.now()},v1=${'0'.repeat(64)}`]) {
    expect(await send(url, call, { headers: { 'flowstate-signature': signature } })).toMatchObject(
      unauthorized,
    );
  }
  const time = processPlatform.now() - 60_000;
  const earlier = await signMessage(
    signerOf('test', SECRET),
    'call',
    time,
    new TextEncoder().encode(JSON.stringify(call)),
  );
  expect(await send(url, call, { headers: { 'flowstate-signature': earlier } })).toEqual(reply);
  const moved = earlier.replace(String(time), String(time + 1));
  expect(await send(url, call, { headers: { 'flowstate-signature': moved } })).toMatchObject(unauthorized);
  expect((await fetch(url, { method: 'POST', body: JSON.stringify(call) })).status).toBe(401);
  expect((await fetch(url)).status).toBe(405);
});

test('what is signed and no message is refused', async () => {
  const { flow } = testFlow();
  const { url } = await served(http.messages(flow, { secret: SECRET, bodyBytesMax: 500 }));
  const code = async (message: unknown, sending?: Sending) => {
    const { status, body } = await send(url, message, sending);
    return [status, (body as { error?: { code: string } }).error?.code ?? body];
  };
  expect(await code('{"kind":')).toEqual([400, 'HTTP_BODY_MALFORMED']);
  expect(await code({ kind: 'other' })).toEqual([400, 'MESSAGE_INVALID']);
  expect(await code({ kind: 'call', function: 'f', id: 'i', input: 'x'.repeat(600) })).toEqual([
    413,
    'HTTP_BODY_TOO_LARGE',
  ]);
  expect(
    await code(
      { kind: 'status', function: 'f', run: hash('f', 'i') },
      { headers: { 'content-type': 'text/plain' } },
    ),
  ).toEqual([415, 'HTTP_CONTENT_TYPE']);
  const launch = { kind: 'launch', function: 'absent', run: hash('absent', 'i'), epoch: 1, events: 0 };
  expect(await code(launch, { manner: 'start', headers: { prefer: 'respond-async' } })).toEqual([
    404,
    'FUNCTION_UNKNOWN',
  ]);
  const call = { kind: 'call', function: 'absent', id: 'i', input: encode(1) };
  expect(await send(url, call)).toMatchObject({
    status: 200,
    body: { reply: 'refused', code: 'FUNCTION_UNKNOWN' },
  });
});

test('a started message is accepted at once and goes on behind the answer', async () => {
  const { flow } = testFlow();
  const { opened, open } = gate();
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  const { url } = await served(http.messages(flow, { secret: SECRET }));
  const call = { kind: 'call', function: 'slow', id: 's', input: encode(undefined) };
  const started: Sending = { manner: 'start', headers: { prefer: 'respond-async' } };
  expect(await send(url, call, started)).toEqual({ status: 202, body: { accepted: true } });
  await vi.waitFor(async () => expect((await slow.run('s').status())?.state).toBe('running'));
  open();
  expect(await slow.run('s').result({ timeout: '10s' })).toBe('done');
});

test('secrets that cannot be are refused before anything is served', () => {
  const { flow } = testFlow();
  for (const secret of ['', 'short', [], [SECRET, '']]) {
    expect(() => http.messages(flow, { secret })).toThrow(TypeError);
    expect(() => http.collector(flow, { secret })).toThrow(TypeError);
    expect(() => http.app(flow, { secret })).toThrow(TypeError);
  }
});
