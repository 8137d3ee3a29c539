/** Queues, topics, streams and buses as the platform laws see them: nobody is told anything. */

import type { Conclusion, DeliverOptions, Delivery, EventText, Trigger } from '@flowstate/conformance';
import type { FlowFunction } from '@flowstate/core';
import { FlowstateError, hash } from '@flowstate/core/adapter';
import { s3Id } from '../../src/lambda/s3.js';
import { type LambdaEvent, lambda } from '../../src/lambda.js';
import { busEvent, s3Record, snsRecord, sqsRecord, streamRecord } from './documented-events.js';
import { type AnyHandler, type Invoked, invoked } from './invocation.js';

type AnyFunction = FlowFunction<unknown, unknown>;

/** An id of the form that the platform's own have. */
export function uuidOf(...parts: readonly string[]): string {
  return hash(...parts).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Options of an invocation that the platform ends then. */
export function ended({ deadlineMs }: DeliverOptions): { readonly remainingMs?: number } {
  return deadlineMs === undefined ? {} : { remainingMs: deadlineMs };
}

/** How a source shows what became of its events. */
interface Source<Rec> {
  readonly name: string;
  readonly batch?: NonNullable<Trigger['batch']>;
  readonly record: (text: EventText) => Rec;
  readonly malformed: Trigger<Rec>['malformed'];
  readonly handler: (fn: AnyFunction, onError: (error: unknown) => void) => AnyHandler;
  /** The payload of a delivery. */
  readonly payload: (records: readonly Rec[]) => unknown;
  /** Names a record as errors do. */
  readonly what: (record: Rec) => string;
  /** Which records come again, by the identifiers in the answer. */
  readonly again: (records: readonly Rec[], failed: readonly string[]) => (i: number) => boolean;
}

function sourceTrigger<Rec>(source: Source<Rec>): Trigger<Rec> {
  const { name, batch, record, malformed } = source;
  return {
    name,
    identity: 'platform',
    tells: false,
    ...(batch === undefined ? {} : { batch }),
    event: record,
    malformed,
    deliver: (fn, records, options) => delivered(source, fn, records, options),
  };
}

async function delivered<Rec>(
  source: Source<Rec>,
  fn: AnyFunction,
  records: readonly Rec[],
  options: DeliverOptions,
): Promise<Delivery> {
  const told: string[] = [];
  const onError = (error: unknown): void => {
    if (error instanceof Error) told.push(error.message);
  };
  const end = await invoked(source.handler(fn, onError), source.payload(records), ended(options));
  const again = comesAgain(source, records, end);
  const conclusions = records.map((record, i): Conclusion => {
    if (again(i)) return { concluded: 'retry' };
    const start = `${source.what(record)} is refused: `;
    const refused = told.find((line) => line.startsWith(start));
    return refused === undefined
      ? { concluded: 'accepted' }
      : { concluded: 'refused', reason: refused.slice(start.length) };
  });
  return { conclusions, shown: JSON.stringify(end) };
}

function comesAgain<Rec>(source: Source<Rec>, records: readonly Rec[], end: Invoked): (i: number) => boolean {
  if ('functionError' in end) return () => true;
  const { batchItemFailures = [] } = (end.payload ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
  };
  return source.again(
    records,
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
  );
}

type Message = ReturnType<typeof sqsRecord>;

const QUEUE_BATCH_MAX = 10;
const MALFORMED_BODIES = ['', '{"word":', '['.repeat(20_000) + ']'.repeat(20_000)];

function queue(name: string, again: 'each' | 'rest'): Trigger<Message> {
  const message = (messageId: string, body: string, attempt = 1): Message => {
    const record = sqsRecord(messageId, body, again === 'rest' ? 'orders' : undefined);
    const attributes = { ...record.attributes, ApproximateReceiveCount: String(attempt) };
    return { ...record, receiptHandle: uuidOf(messageId, String(attempt)), attributes };
  };
  return sourceTrigger<Message>({
    name,
    batch: { max: QUEUE_BATCH_MAX, again },
    record: ({ identity, input, attempt }) => message(uuidOf(identity), JSON.stringify(input), attempt),
    // As many as a batch may have: no message is twice in one.
    malformed: () =>
      Array.from({ length: QUEUE_BATCH_MAX }, (_, i) => {
        const body = MALFORMED_BODIES[i % MALFORMED_BODIES.length] ?? '';
        const what = `a message whose body begins ${JSON.stringify(body.slice(0, 10))}`;
        return { what, event: message(uuidOf('malformed', String(i)), body) };
      }),
    handler: (fn, onError) => lambda.sqs(fn, { onError }),
    payload: (records) => ({ Records: records }),
    what: ({ messageId }) => `message ${messageId}`,
    again: (records, failed) => (i) => failed.includes(records[i]?.messageId ?? ''),
  });
}

function eventTrigger<Rec>(
  source: Omit<Source<Rec>, 'handler' | 'malformed'> & {
    readonly malformed: Readonly<Record<string, Rec>>;
    readonly input?: (event: LambdaEvent) => unknown;
  },
): Trigger<Rec> {
  const { input, malformed } = source;
  return sourceTrigger<Rec>({
    ...source,
    malformed: () => Object.entries(malformed).map(([what, event]) => ({ what, event })),
    handler: (fn, onError) => lambda.events(fn, { onError, ...(input === undefined ? {} : { input }) }),
  });
}

const eventbridge = eventTrigger({
  name: 'eventbridge',
  record: ({ identity, input }) => busEvent(uuidOf(identity), input),
  malformed: { 'an event whose detail is a text': busEvent(uuidOf('m1'), 'order') },
  payload: ([event]) => event,
  what: ({ source, id }) => `event ${source}/${id}`,
  again: () => () => false,
});

const sns = eventTrigger({
  name: 'sns',
  record: ({ identity, input }) => snsRecord(uuidOf(identity), JSON.stringify(input)),
  malformed: { 'a message that is no JSON': snsRecord(uuidOf('m1'), '{"word":') },
  payload: (records) => ({ Records: records }),
  what: ({ Sns }) => `event ${Sns.MessageId}`,
  again: () => () => false,
});

function change(id: string, order: string) {
  const sequenceNumber = BigInt(`0x${hash('sequence', id)}`).toString();
  const { dynamodb, ...record } = streamRecord(hash('event', id), id, sequenceNumber);
  return { ...record, dynamodb: { ...dynamodb, NewImage: { ...dynamodb.NewImage, order: { S: order } } } };
}

/** What the option `input` makes of a text. @throws FlowstateError for one that is no order, and never will be */
function orderIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FlowstateError('RUN_INPUT_INVALID', 'it is no order', { cause });
  }
}

const stream = eventTrigger({
  name: 'dynamodb stream',
  batch: { max: 10, again: 'rest' },
  record: ({ identity, input }) => change(identity, JSON.stringify(input)),
  malformed: { 'a change of an item that is no order': change('m1', 'order') },
  input: (event) => orderIn((event.kind === 'dynamodb' && event.record.dynamodb?.NewImage?.order?.S) || ''),
  payload: (records) => ({ Records: records }),
  what: ({ eventID }) => `event ${eventID}`,
  again: (records, [first]) => {
    const from = records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === first);
    return (i) => from !== -1 && i >= from;
  },
});

/** The order is in the only part that says nothing about the object: the law sends one change with two inputs. */
function upload(identity: string, order: string) {
  const record = s3Record(`orders/${identity}`, { eTag: hash('etag', identity) });
  return { ...record, s3: { ...record.s3, configurationId: order } };
}

const s3 = eventTrigger({
  name: 's3',
  batch: { max: 4, again: 'whole' },
  // A change that is told again is told at another time.
  record: ({ identity, input, attempt }) => ({
    ...upload(identity, JSON.stringify(input)),
    eventTime: new Date(attempt * 60_000).toISOString(),
  }),
  malformed: { 'an object that is no order': upload('m1', 'order') },
  input: (event) => orderIn((event.kind === 's3' && event.record.s3.configurationId) || ''),
  payload: (records) => ({ Records: records }),
  what: (record) => `event ${s3Id(record)}`,
  again: () => () => false,
});

/** Every source. */
export const sources: readonly Trigger[] = [
  queue('sqs', 'each'),
  queue('sqs fifo', 'rest'),
  eventbridge,
  sns,
  stream,
  s3,
];
