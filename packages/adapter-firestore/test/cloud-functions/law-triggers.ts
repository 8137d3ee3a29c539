/** Requests, events and messages of topics as the platform laws see them, through the framework's own server. */
import type { Conclusion, DeliverOptions, Delivery, EventText, Trigger } from '@flowstate/conformance';
import { type HttpAnswer, httpConclusion, httpShown } from '@flowstate/conformance/platform';
import type { FlowFunction } from '@flowstate/core';
import { hash } from '@flowstate/core/adapter';
import { type GcfHttpOptions, gcf, type PubsubOptions } from '../../src/cloud-functions.js';
import {
  backgroundRequest,
  bearerOf,
  cloudEventRequest,
  eventarcRequest,
  type Published,
  pushRequest,
  type Sent,
} from './documented-events.js';
import { serveEvents, serveHttp } from './framework.js';

type AnyFunction = FlowFunction<unknown, unknown>;

/** Handlers tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

const BODY_BYTES_MAX = 128 * 1024;

function timeoutOf({ deadlineMs }: DeliverOptions): { readonly timeout?: number } {
  return deadlineMs === undefined ? {} : { timeout: deadlineMs };
}

async function sentTo(url: string, { path, headers, body }: Sent): Promise<HttpAnswer> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function posted(
  fn: AnyFunction,
  sent: Sent,
  options: DeliverOptions,
  more: GcfHttpOptions<unknown, unknown>,
): Promise<Delivery> {
  const service = { ...timeoutOf(options), wait: options.waitMs, bodyBytesMax: BODY_BYTES_MAX, onError };
  const { url, close } = await serveHttp(gcf.http(fn, { ...more, timeout: '10m', ...service }));
  try {
    const answer = await sentTo(url, sent);
    return { conclusions: [httpConclusion(answer)], shown: httpShown(answer) };
  } finally {
    await close();
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function request(headers: Record<string, string>, body: string): Sent {
  return { path: '/orders', headers: { ...JSON_HEADERS, ...headers }, body };
}

/** Requests with a key. `authorization`: what the platform hands on at that try of a sender. */
function keyed(
  name: string,
  authorization: (sender: string | undefined, attempt: number) => Record<string, string>,
  more: GcfHttpOptions<unknown, unknown>,
): Trigger<Sent> {
  const withKey = (key: string): Record<string, string> => ({
    'idempotency-key': key,
    ...authorization('m', 1),
  });
  return {
    name,
    identity: 'sender',
    tells: true,
    senders: true,
    bytesMax: BODY_BYTES_MAX,
    event: ({ identity, input, attempt, sender }: EventText) =>
      request({ ...authorization(sender, attempt), 'idempotency-key': identity }, JSON.stringify(input)),
    malformed: () => [
      { what: 'a body that breaks off', event: request(withKey('m1'), '{"word":') },
      {
        what: 'a body of another type',
        event: request({ ...withKey('m2'), 'content-type': 'text/plain' }, '{}'),
      },
      { what: 'a key that is too long', event: request(withKey('k'.repeat(300)), '{"word":"key"}') },
    ],
    deliver: (fn, [event], options) => posted(fn, event!, options, more),
  };
}

const byHeader = keyed(
  'http with Idempotency-Key',
  (sender) => (sender === undefined ? {} : { authorization: `Bearer token-of-${sender}` }),
  {},
);

/** A token is renewed between two tries of one sender. */
const behindIam = keyed(
  'http behind IAM',
  (sender = 'somebody', attempt) => ({ authorization: bearerOf(sender, attempt) }),
  { access: 'iam' },
);

interface Envelope {
  readonly id?: string;
  readonly input?: unknown;
}

const named: Trigger<Sent> = {
  name: 'http with an id of the body',
  identity: 'sender',
  tells: true,
  bytesMax: BODY_BYTES_MAX,
  event: ({ identity, input, attempt }: EventText) =>
    request({ 'x-attempt': String(attempt) }, JSON.stringify({ id: identity, input })),
  malformed: () =>
    ['{"id":"m1"}', '{"id":"","input":{"word":"id"}}', '{"id":7,"input":{"word":"id"}}', ''].map((body) => ({
      what: `the body ${body}`,
      event: request({}, body),
    })),
  deliver: (fn, [event], options) =>
    posted(fn, event!, options, {
      id: (_, body) => (body as Envelope).id,
      input: (_, body) => (body as Envelope).input,
    }),
};

/** How a source of events sends one, and how errors name it. */
interface Source {
  readonly name: string;
  readonly what: (id: string) => string;
  readonly idOf: (identity: string) => string;
  readonly sent: (id: string, data: string, attempt: number) => Sent;
  readonly malformed: readonly string[];
  readonly handler: (
    fn: AnyFunction,
    options: { readonly timeout?: number; readonly onError: (error: unknown) => void },
  ) => Parameters<typeof serveEvents>[0];
}

interface SentEvent {
  readonly id: string;
  readonly sent: Sent;
}

function eventTrigger({ name, what, idOf, sent, malformed, handler }: Source): Trigger<SentEvent> {
  return {
    name,
    identity: 'platform',
    tells: false,
    event: ({ identity, input, attempt }) => {
      const id = idOf(identity);
      return { id, sent: sent(id, JSON.stringify(input), attempt) };
    },
    malformed: () =>
      malformed.map((data, i) => {
        const id = idOf(`malformed-${i}`);
        return {
          what: `data that begins ${JSON.stringify(data.slice(0, 10))}`,
          event: { id, sent: sent(id, data, 1) },
        };
      }),
    async deliver(fn, [event], options) {
      const told: string[] = [];
      const note = (error: unknown): void => void (error instanceof Error && told.push(error.message));
      const { url, close } = await serveEvents(handler(fn, { ...timeoutOf(options), onError: note }));
      try {
        const answer = await sentTo(url, event!.sent);
        const start = `${what(event!.id)} is refused: `;
        const refused = told.find((line) => line.startsWith(start));
        const accepted: Conclusion =
          refused === undefined
            ? { concluded: 'accepted' }
            : { concluded: 'refused', reason: refused.slice(start.length) };
        const isDone = answer.status >= 200 && answer.status < 300;
        return { conclusions: [isDone ? accepted : { concluded: 'retry' }], shown: httpShown(answer) };
      } finally {
        await close();
      }
    },
  };
}

const BUCKET = '//storage.googleapis.com/projects/_/buckets/my-bucket';

const cloudEvent = eventTrigger({
  name: 'cloudEvent',
  what: (id) => `event ${BUCKET}/${id}`,
  idOf: (identity) => hash(identity),
  sent: (id, data, attempt) =>
    cloudEventRequest(id, data, { source: BUCKET, time: new Date(attempt * 60_000).toISOString() }),
  malformed: ['[]', '{"word":7}'],
  handler: (fn, options) => gcf.cloudEvent(fn, options),
});

const messageIdOf = (identity: string): string => BigInt(`0x${hash(identity).slice(0, 15)}`).toString();

function pubsub(
  name: string,
  sent: (published: Published, attempt: number) => Sent,
  more: PubsubOptions<unknown> = {},
): Trigger<SentEvent> {
  return eventTrigger({
    name,
    what: (id) => `message ${id}`,
    idOf: messageIdOf,
    sent: (messageId, data, attempt) => sent({ messageId, data }, attempt),
    malformed: ['', '{"word":', '['.repeat(20_000) + ']'.repeat(20_000)],
    handler: (fn, options) => gcf.pubsub(fn, { ...more, ...options }),
  });
}

/** Every trigger. */
export const triggers: readonly Trigger[] = [
  byHeader,
  behindIam,
  named,
  cloudEvent,
  pubsub('pubsub by Eventarc', (published) => eventarcRequest(published)),
  pubsub('pubsub ordered', (published) => eventarcRequest({ ...published, orderingKey: 'orders' })),
  pubsub('pubsub push', (published, attempt) => pushRequest(published, attempt)),
  pubsub('pubsub push ordered', (published, attempt) => pushRequest(published, attempt), { ordered: true }),
  pubsub('pubsub background', (published) => backgroundRequest(published)),
];
