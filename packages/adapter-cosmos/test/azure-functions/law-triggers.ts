/** Requests, messages and events as the platform laws see them, through the official library. */
import type { Conclusion, DeliverOptions, Delivery, EventText, Trigger } from '@flowstate/conformance';
import { httpConclusion, httpShown } from '@flowstate/conformance/platform';
import type { FlowFunction } from '@flowstate/core';
import { hash } from '@flowstate/core/adapter';
import { type AzureHttpOptions, azure } from '../../src/azure-functions.js';
import {
  busBatch,
  busMessage,
  cloudGridEvent,
  type Delivered,
  easyAuthOf,
  gridEvent,
  queueMessage,
  TOPIC,
} from './documented-events.js';
import { app, deliverTo, post, serveApp } from './host.js';

type AnyFunction = FlowFunction<unknown, unknown>;

/** Handlers tell their operator what they do not show; here nobody listens. */
const onError = (): void => undefined;

const BODY_BYTES_MAX = 128 * 1024;

function timeoutOf({ deadlineMs }: DeliverOptions): { readonly timeout?: number } {
  return deadlineMs === undefined ? {} : { timeout: deadlineMs };
}

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function posted(
  fn: AnyFunction,
  { headers, body }: Sent,
  options: DeliverOptions,
  more: AzureHttpOptions<unknown, unknown>,
): Promise<Delivery> {
  const service = { ...timeoutOf(options), wait: options.waitMs, bodyBytesMax: BODY_BYTES_MAX, onError };
  const { url, close } = await serveApp(() =>
    azure.http(app, fn, { ...more, route: 'orders', timeout: '10m', ...service }),
  );
  try {
    const response = await post(`${url}orders`, body, headers);
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    return { conclusions: [httpConclusion(answer)], shown: httpShown(answer) };
  } finally {
    await close();
  }
}

/** Requests with a key. `identified`: what the platform adds for a sender. */
function keyed(
  name: string,
  identified: (sender: string | undefined) => Record<string, string>,
  more: AzureHttpOptions<unknown, unknown>,
): Trigger<Sent> {
  const withKey = (key: string, body: string, type = 'application/json') => ({
    headers: { ...identified('m'), 'idempotency-key': key, 'content-type': type },
    body,
  });
  return {
    name,
    identity: 'sender',
    tells: true,
    senders: true,
    bytesMax: BODY_BYTES_MAX,
    event: ({ identity, input, attempt, sender }: EventText) => ({
      headers: { ...identified(sender), 'x-attempt': String(attempt), 'idempotency-key': identity },
      body: JSON.stringify(input),
    }),
    malformed: () => [
      { what: 'a body that breaks off', event: withKey('m1', '{"word":') },
      { what: 'a body of another type', event: withKey('m2', '{}', 'text/plain') },
      { what: 'a key that is too long', event: withKey('k'.repeat(300), '{"word":"key"}') },
    ],
    deliver: (fn, [event], options) => posted(fn, event!, options, more),
  };
}

const byHeader = keyed(
  'http with Idempotency-Key',
  (sender) => (sender === undefined ? {} : { authorization: `Bearer token-of-${sender}` }),
  {},
);

const behindEasyAuth = keyed('http behind easy auth', (sender = 'somebody') => easyAuthOf(sender), {
  access: 'easy-auth',
});

interface Envelope {
  readonly id?: string;
  readonly input?: unknown;
}

const named: Trigger<Sent> = {
  name: 'http with an id of the body',
  identity: 'sender',
  tells: true,
  bytesMax: BODY_BYTES_MAX,
  event: ({ identity, input, attempt }: EventText) => ({
    headers: { 'x-attempt': String(attempt) },
    body: JSON.stringify({ id: identity, input }),
  }),
  malformed: () =>
    ['{"id":"m1"}', '{"id":"","input":{"word":"id"}}', '{"id":7,"input":{"word":"id"}}', ''].map((body) => ({
      what: `the body ${body}`,
      event: { headers: {}, body },
    })),
  deliver: (fn, [event], options) =>
    posted(fn, event!, options, {
      id: (_, body) => (body as Envelope).id,
      input: (_, body) => (body as Envelope).input,
    }),
};

/** A message, before it is put into what the host delivers. */
interface Item {
  readonly id: string;
  /** JSON, or what is none. */
  readonly text: string;
  readonly attempt: number;
}

/** How a source delivers messages, and how errors name one. */
interface Source {
  readonly name: string;
  readonly batch?: NonNullable<Trigger['batch']>;
  readonly what: (id: string) => string;
  readonly idOf: (identity: string) => string;
  readonly delivered: (items: readonly Item[]) => Delivered;
  readonly malformed: readonly string[];
  readonly register: (
    fn: AnyFunction,
    options: { readonly timeout?: number; readonly onError: (error: unknown) => void },
  ) => void;
}

const BATCH_MAX = 10;

function eventTrigger(source: Source): Trigger<Item> {
  const { name, batch, idOf, malformed } = source;
  return {
    name,
    identity: 'platform',
    tells: false,
    ...(batch === undefined ? {} : { batch }),
    event: ({ identity, input, attempt }) => ({ id: idOf(identity), text: JSON.stringify(input), attempt }),
    // As many as a batch may have: no message is twice in one.
    malformed: () =>
      Array.from({ length: BATCH_MAX }, (_, i) => {
        const text = malformed[i % malformed.length] ?? '';
        const what = `data that begins ${JSON.stringify(text.slice(0, 10))}`;
        return { what, event: { id: idOf(`malformed-${i}`), text, attempt: 1 } };
      }),
    deliver: (fn, items, options) => deliveredTo(source, fn, items, options),
  };
}

async function deliveredTo(
  { what, delivered, register }: Source,
  fn: AnyFunction,
  items: readonly Item[],
  options: DeliverOptions,
): Promise<Delivery> {
  const told: string[] = [];
  const note = (error: unknown): void => void (error instanceof Error && told.push(error.message));
  const { input, metadata } = delivered(items);
  const thrown = await deliverTo(
    () => register(fn, { ...timeoutOf(options), onError: note }),
    input,
    metadata,
  )
    .then(() => undefined)
    .catch((error: Error) => error);
  const conclusions = items.map(({ id }): Conclusion => {
    if (thrown !== undefined) return { concluded: 'retry' };
    const start = `${what(id)} is refused: `;
    const refused = told.find((line) => line.startsWith(start));
    return refused === undefined
      ? { concluded: 'accepted' }
      : { concluded: 'refused', reason: refused.slice(start.length) };
  });
  return { conclusions, shown: `${thrown?.name} ${thrown?.message} ${thrown?.stack} ${thrown?.cause}` };
}

/** An id of the form that those of storage queues have. */
function uuidOf(identity: string): string {
  return hash(identity).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Of much deeper ones the library itself dies, before it invokes a function. */
const MALFORMED = ['', '{"word":', '['.repeat(1000) + ']'.repeat(1000)];
const CONNECTION = { connection: 'Connection' };

const queue = eventTrigger({
  name: 'queue',
  what: (id) => `message ${id}`,
  idOf: uuidOf,
  delivered: ([item]) => queueMessage(item!.id, item!.text, item!.attempt),
  malformed: MALFORMED,
  register: (fn, options) => azure.queue(app, fn, { ...CONNECTION, queueName: 'orders', ...options }),
});

function bus(name: string, isMany: boolean, isSessionsEnabled: boolean): Trigger<Item> {
  return eventTrigger({
    name,
    ...(isMany ? { batch: { max: BATCH_MAX, again: 'whole' } } : {}),
    what: (id) => `message ${id}`,
    idOf: (identity) => identity,
    delivered: (items) => {
      const messages = items.map(({ id, text, attempt }) => ({
        messageId: id,
        body: text,
        deliveryCount: attempt,
      }));
      return isMany ? busBatch(messages) : busMessage(items[0]!.id, items[0]!.text, items[0]!.attempt);
    },
    malformed: MALFORMED,
    register: (fn, options) => {
      const cardinality = isMany ? 'many' : 'one';
      const trigger = { ...CONNECTION, cardinality, isSessionsEnabled } as const;
      azure.serviceBus(app, fn, { ...trigger, topicName: 't', subscriptionName: 's', ...options });
    },
  });
}

function grid(name: string, event: (id: string, data: unknown, time: string) => Delivered): Trigger<Item> {
  return eventTrigger({
    name,
    what: (id) => `event ${TOPIC}/${id}`,
    idOf: uuidOf,
    delivered: ([item]) =>
      event(item!.id, JSON.parse(item!.text), new Date(item!.attempt * 60_000).toISOString()),
    malformed: ['[]', '{"word":7}', '"text"', 'null'],
    register: (fn, options) => azure.eventGrid(app, fn, options),
  });
}

/** Every trigger. */
export const triggers: readonly Trigger[] = [
  byHeader,
  behindEasyAuth,
  named,
  queue,
  bus('service bus', false, false),
  bus('service bus sessions', false, true),
  bus('service bus many', true, false),
  bus('service bus many sessions', true, true),
  grid('event grid', gridEvent),
  grid('event grid with CloudEvents', (id, data, time) => cloudGridEvent(id, data, { time })),
];
