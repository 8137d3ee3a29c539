/** Plain Node HTTP as the conformance suite sees it: what a client sends, and what it makes of the answer. */
import { randomUUID } from 'node:crypto';
import type {
  CollectorHarness,
  DeliverOptions,
  Delivery,
  EventText,
  InvokerHarness,
  PlatformHarness,
  Trigger,
} from '@flowstate/conformance';
import {
  CALLEE_FAULTS,
  faultyDoor,
  HTTP_IMPOSTORS,
  httpConclusion,
  httpShown,
} from '@flowstate/conformance/platform';
import type { FlowFunction } from '@flowstate/core';
import { type FetchHandler, type HttpOptions, http, httpInvoker, serve } from '../../src/http.js';

const SECRET = 'the-secret-of-the-platform-laws';
const BODY_BYTES_MAX = 128 * 1024;
/** Larger than any body of a user's request: an input travels as JSON in JSON. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Entries tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** What is new with each try of a client. */
function triedBy(sender: string | undefined, attempt: number): Record<string, string> {
  const authorization = sender === undefined ? {} : { authorization: `Bearer token-of-${sender}` };
  return { ...JSON_HEADERS, ...authorization, 'x-request-id': randomUUID(), 'x-attempt': String(attempt) };
}

const keyed: Trigger<Posted> = {
  name: 'http with Idempotency-Key',
  identity: 'sender',
  tells: true,
  senders: true,
  bytesMax: BODY_BYTES_MAX,
  event: ({ identity, input, attempt, sender }: EventText) => ({
    headers: { ...triedBy(sender, attempt), 'idempotency-key': identity },
    body: JSON.stringify(input),
  }),
  malformed: () => [
    { what: 'a body that breaks off', event: { headers: withKey('m1'), body: '{"word":' } },
    {
      what: 'a body of another type',
      event: { headers: { ...withKey('m2'), 'content-type': 'text/plain' }, body: '{}' },
    },
    { what: 'a key that is too long', event: { headers: withKey('k'.repeat(300)), body: '{"word":"key"}' } },
  ],
  deliver: (fn, [event], options) => posted(fn, event, options, {}),
};

function withKey(key: string): Record<string, string> {
  return { ...JSON_HEADERS, 'idempotency-key': key };
}

interface Envelope {
  readonly id?: string;
  readonly input?: unknown;
}

const named: Trigger<Posted> = {
  name: 'http with an id of the body',
  identity: 'sender',
  tells: true,
  bytesMax: BODY_BYTES_MAX,
  event: ({ identity, input, attempt, sender }: EventText) => ({
    headers: triedBy(sender, attempt),
    body: JSON.stringify({ id: identity, input }),
  }),
  malformed: () => [
    { what: 'a body without an input', event: { headers: JSON_HEADERS, body: '{"id":"m1"}' } },
    {
      what: 'an id that is empty',
      event: { headers: JSON_HEADERS, body: '{"id":"","input":{"word":"id"}}' },
    },
    {
      what: 'an id that is no text',
      event: { headers: JSON_HEADERS, body: '{"id":7,"input":{"word":"id"}}' },
    },
    { what: 'no body', event: { headers: JSON_HEADERS, body: '' } },
  ],
  deliver: (fn, [event], options) =>
    posted(fn, event, options, {
      id: (_, body) => (body as Envelope).id,
      input: (_, body) => (body as Envelope).input,
    }),
};

async function posted(
  fn: FlowFunction<unknown, unknown>,
  event: Posted | undefined,
  { deadlineMs, waitMs }: DeliverOptions,
  options: HttpOptions<unknown, unknown>,
): Promise<Delivery> {
  const timeout = deadlineMs === undefined ? {} : { timeout: deadlineMs };
  const handler = http(fn, { ...options, ...timeout, wait: waitMs, bodyBytesMax: BODY_BYTES_MAX, onError });
  return behind(handler, async (url) => {
    const response = await fetch(url, { method: 'POST', ...event });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    return { conclusions: [httpConclusion(answer)], shown: httpShown(answer) };
  });
}

async function behind<T>(handler: FetchHandler, body: (url: string) => Promise<T>): Promise<T> {
  const serving = await serve(handler);
  try {
    return await body(serving.url);
  } finally {
    await serving.close(0);
  }
}

const invoker: InvokerHarness = {
  bytesMax: 1024 * 1024,
  faults: CALLEE_FAULTS,
  impostors: Object.keys(HTTP_IMPOSTORS),
  async serve(callee, { timeoutMs }) {
    const receiver = http.messages(callee, { secret: SECRET, bodyBytesMax: MESSAGE_BYTES_MAX, onError });
    const serving = await serve(receiver);
    const door = await faultyDoor(serving.url);
    const options = { url: door.url, secret: SECRET, timeout: timeoutMs };
    return {
      invoker: httpInvoker(options),
      meet: (fault) => door.meet(fault),
      impostor: (name) => httpInvoker({ ...options, ...HTTP_IMPOSTORS[name] }),
      async close() {
        await door.close();
        await serving.close(0);
      },
    };
  },
};

const collector: CollectorHarness = {
  deliver: (flow) =>
    behind(http.collector(flow, { secret: SECRET, onError }), async (url) => {
      await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${SECRET}` } });
    }),
  impostors: {
    'somebody without a token': (flow) =>
      behind(http.collector(flow, { secret: SECRET, onError }), async (url) => {
        await fetch(url, { method: 'POST' });
      }),
    'somebody with another token': (flow) =>
      behind(http.collector(flow, { secret: SECRET, onError }), async (url) => {
        await fetch(url, { method: 'POST', headers: { authorization: 'Bearer another-token' } });
      }),
  },
};

/** Entries, invoker and collector of `@flowstate/adapter-postgres/http`, behind real sockets. */
export const platform: PlatformHarness = {
  name: 'node-http',
  triggers: [keyed, named],
  invoker,
  collector,
  secrets: [SECRET],
};
