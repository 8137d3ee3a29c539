/** Messages whose sender waits for no reply, in processes that are stopped once they have answered, and in queues. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { encode } from '../../src/codec.js';
import { httpInvoker, messages, SIGNATURE_WINDOW_MS, TASK_WINDOW_MS } from '../../src/http/index.js';
import type { Flow } from '../../src/index.js';
import type { Launch } from '../../src/platform/message.js';
import { gate, SECRET, send, testFlow, URL } from './http-flow.js';

/** A flow with a run that ends when the test opens it, and the launch of that run. */
async function slowFlow() {
  const { opened, open } = gate();
  const launches: Launch[] = [];
  const { flow, store } = testFlow({
    invoker: {
      start: async (_, message) => void (message.kind === 'launch' && launches.push(message)),
      call: () => Promise.reject(new Error('none')),
      status: async () => 'unknown',
    },
  });
  const slow = flow.function('slow', async (ctx) => ctx.step('wait', () => opened.then(() => 'done')));
  await slow.start(undefined, { id: 's' });
  return { flow, store, slow, open, launch: launches[0]! };
}

test('a started message is answered at once, and its answer lasts as long as the work', async () => {
  const { flow, slow, open } = await slowFlow();
  const handler = messages(flow, { secret: SECRET, background: false });
  const call = { kind: 'call', function: 'slow', id: 'other', input: encode(undefined) } as const;
  const answer = await send(handler, 'start', call);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([202, 'application/json']);
  const ended = vi.fn();
  const body = answer.json().finally(ended);
  await vi.waitFor(async () => expect((await slow.run('other').status())?.state).toBe('running'));
  expect(ended).not.toHaveBeenCalled();
  open();
  expect(await body).toEqual({ accepted: true });
  expect((await slow.run('other').status())?.state).toBe('done');
});

test('signs of life come until the work has ended, also where it fails', async () => {
  vi.useFakeTimers();
  try {
    const { opened, open } = gate();
    const told = vi.fn();
    const failing = {
      name: 'shop',
      functions: () => ['slow'],
      receive: () => opened.then(() => Promise.reject(new Error('down'))),
    };
    const handler = messages(failing, { secret: SECRET, background: false, onError: told });
    const launch = { kind: 'launch', function: 'slow', run: '0'.repeat(32), epoch: 1, events: 0 } as const;
    const reader = (await send(handler, 'start', launch)).body!.getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe(' ');
    const second = next();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await second).toBe(' ');
    const third = next();
    open();
    await vi.advanceTimersByTimeAsync(1);
    expect(await third).toBe('{"accepted":true}');
    expect((await reader.read()).done).toBe(true);
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ message: 'down' }));
  } finally {
    vi.useRealTimers();
  }
});

/** An invoker whose requests go straight to a handler of messages. */
function invokerOf(flow: Flow, options: { readonly background?: boolean; readonly timeout?: number } = {}) {
  const { timeout = 60_000, ...more } = options;
  const handler = messages(flow, { secret: SECRET, ...more });
  const signals: AbortSignal[] = [];
  const answers: Response[] = [];
  const invoker = httpInvoker({
    url: URL,
    secret: SECRET,
    timeout,
    fetch: async (url, init) => {
      signals.push(init!.signal!);
      answers.push(await handler(new Request(url as string, init)));
      return answers.at(-1)!;
    },
  });
  return { invoker, signals, answers };
}

test('the invoker does not wait for the end of that answer, reads it to its end, and sets it no time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { flow, slow, open, launch } = await slowFlow();
  const { invoker, signals, answers } = invokerOf(flow, { background: false, timeout: 30_000 });
  await invoker.start('slow', launch);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(signals[0]?.aborted).toBe(false);
  expect(answers[0]?.bodyUsed).toBe(true);
  vi.useRealTimers();
  open();
  await vi.waitFor(async () => expect((await slow.run('s').status())?.state).toBe('done'));
});

test('a call has its time; headers are added to each message, and none is sent without them', async () => {
  const { flow } = testFlow();
  flow.function('double', async (_, n: number) => 2 * n);
  const hanging = httpInvoker({
    url: URL,
    secret: SECRET,
    timeout: 20,
    fetch: (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      ),
  });
  const call = { kind: 'call', function: 'double', id: 'd', input: encode(4) } as const;
  await expect(hanging.call('double', call)).rejects.toThrow('"double" did not reply: the time is over');

  const handler = messages(flow, { secret: SECRET });
  const seen: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = (url, init) => {
    const request = new Request(url as string, init);
    seen.push(request.headers.get('authorization'));
    return handler(request);
  };
  const headers = async (target: string) => ({
    authorization: `Bearer for-${target}`,
    'FLOWSTATE-SIGNATURE': 'x',
  });
  const tokened = httpInvoker({ url: URL, secret: SECRET, fetch, headers });
  expect(await tokened.call('double', call)).toMatchObject({ reply: 'result' });
  const none = () => Promise.reject(new Error('no token'));
  const without = httpInvoker({ url: URL, secret: SECRET, fetch, headers: none });
  await expect(without.call('double', call)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  const never = () => new Promise<never>(() => undefined);
  const late = httpInvoker({ url: URL, secret: SECRET, fetch, headers: never, timeout: 20 });
  await expect(late.call('double', call)).rejects.toMatchObject({ code: 'RUN_INFRASTRUCTURE' });
  expect(seen).toEqual(['Bearer for-double']);
});

test('a task is answered when its work has ended, without a reply; and again by 503 where that failed', async () => {
  const { flow, slow, open, launch } = await slowFlow();
  const ended = vi.fn();
  const answer = send(messages(flow, { secret: SECRET }), 'task', launch);
  void answer.finally(ended);
  await vi.waitFor(async () => expect((await slow.run('s').status())?.state).toBe('running'));
  expect(ended).not.toHaveBeenCalled();
  open();
  expect([(await answer).status, await (await answer).json()]).toEqual([200, { accepted: true }]);
  expect((await slow.run('s').status())?.state).toBe('done');

  const failing = {
    name: 'shop',
    functions: () => ['slow'],
    receive: () => Promise.reject(new Error('down')),
  };
  const onError = vi.fn();
  expect((await send(messages(failing, { secret: SECRET, onError }), 'task', launch)).status).toBe(503);
  expect(onError).toHaveBeenCalledOnce();
});

test('a task may be a month old, and is a launch; its signature passes for no other manner', async () => {
  const { flow, open, launch } = await slowFlow();
  open();
  const handler = messages(flow, { secret: SECRET });
  const signedAt = async (now: number): Promise<number> => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    const sent = send(
      async (request) => {
        vi.useRealTimers();
        return handler(request);
      },
      'task',
      launch,
    );
    return (await sent).status;
  };
  const now = Date.now();
  expect(await signedAt(now - TASK_WINDOW_MS + 60_000)).toBe(200);
  expect(await signedAt(now - TASK_WINDOW_MS - 60_000)).toBe(401);
  expect(await signedAt(now + SIGNATURE_WINDOW_MS + 60_000)).toBe(401);
  const preferring = (prefer: string) => (headers: Record<string, string>) => ({
    ...headers,
    Prefer: prefer,
  });
  expect((await send(handler, 'task', launch, preferring('respond-async'))).status).toBe(401);
  expect((await send(handler, 'task', launch, preferring(''))).status).toBe(401);
  expect((await send(handler, 'call', launch, preferring('flowstate-task'))).status).toBe(401);
  const call = { kind: 'call', function: 'slow', id: 'new', input: encode(1) } as const;
  const refused = await send(handler, 'task', call);
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: 'MESSAGE_INVALID' } }]);
  const absent = { ...launch, function: 'absent' };
  expect((await send(handler, 'task', absent)).status).toBe(404);
});
