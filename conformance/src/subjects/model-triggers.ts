/** The triggers of the model platform: a queue, a stream and a notification with batches, and a request that is answered. */
import { type FlowFunction, hash, processPlatform } from '@flowstate/core/adapter';
import type {
  Conclusion,
  DeliverOptions,
  Delivery,
  EventText,
  Trigger,
} from '../platform/platform-harness.js';
import { type Taken, take, type Understood } from './model-entry.js';
import type { Broken } from './model-faults.js';

/** What the entries were given, and must not show. */
export const MODEL_SECRET = 'the-secret-of-the-model-platform';

const BYTES_MAX = 128 * 1024;

/** A message as a queue delivers it. */
interface QueueRecord {
  readonly id: string;
  /** Another one for each delivery. */
  readonly handle: string;
  readonly attempt: number;
  readonly sentAt: number;
  readonly body: string;
}

/** A request as it arrives. */
interface KeyedRequest {
  readonly key: string;
  /** As authenticated. */
  readonly sender: string | undefined;
  readonly body: string;
}

/** One word for each process: what a run's id must not come from. */
const processes = new WeakMap<object, string>();

function processOf(flow: object): string {
  const known = processes.get(flow) ?? processPlatform.id();
  processes.set(flow, known);
  return known;
}

/** A trigger whose events come in batches and whose senders are told nothing. */
export function queueTrigger(
  name: string,
  again: 'each' | 'rest' | 'whole',
  broken: Broken,
): Trigger<QueueRecord> {
  return {
    name,
    identity: 'platform',
    tells: false,
    batch: { max: 10, again },
    bytesMax: BYTES_MAX,
    event: ({ identity, input, attempt }) => ({
      id: hash('message', identity),
      handle: hash('handle', identity, String(attempt), processPlatform.id()),
      attempt,
      sentAt: processPlatform.now(),
      body: JSON.stringify(input),
    }),
    malformed: () =>
      ['', '{"word":', 'undefined'].map((body, i) => ({
        what: `a message whose body is ${body === '' ? 'empty' : body}`,
        event: { id: hash('malformed', String(i)), handle: 'h', attempt: 1, sentAt: 0, body },
      })),
    deliver: (fn, records, options) => deliverBatch(fn, records, again, options, broken),
  };
}

async function deliverBatch(
  fn: FlowFunction<unknown, unknown>,
  records: readonly QueueRecord[],
  again: 'each' | 'rest' | 'whole',
  { deadlineMs }: DeliverOptions,
  broken: Broken,
): Promise<Delivery> {
  const patience = deadlineMs === undefined ? {} : { deadline: processPlatform.now() + deadlineMs };
  const one = (record: QueueRecord): Promise<Taken> =>
    understood(record.body, broken, (input) => {
      const id = idOf(record.id, record.attempt, input, fn, broken);
      return take(fn, { id, input, trigger: !broken('another-input-refused') }, patience, broken);
    });
  const taken = await allOf(records, one, broken);
  // What the entry answers: the messages to be delivered again, and what it told its operator of the others.
  const failed = taken.map((each) => {
    if (each.taken === 'error') return broken('user-error-delivered-again');
    return each.taken === 'failed';
  });
  if (broken('batch-taken-whole') && failed.includes(false)) failed.fill(false);
  if (broken('batch-failed-whole') && failed.includes(true)) failed.fill(true);
  if (broken('batch-answered-out-of-order')) failed.reverse();
  const first = failed.indexOf(true);
  const conclusions = taken.map((each, i): Conclusion => {
    const comesToo = again === 'whole' || (again === 'rest' && i > first);
    if (failed[i] || (first !== -1 && comesToo)) return { concluded: 'retry' };
    return each.taken === 'refused'
      ? { concluded: 'refused', reason: each.reason }
      : { concluded: 'accepted' };
  });
  return { conclusions, shown: JSON.stringify({ failed, taken: taken.map(shownOf) }) };
}

async function allOf(
  records: readonly QueueRecord[],
  one: (record: QueueRecord) => Promise<Taken>,
  broken: Broken,
): Promise<readonly Taken[]> {
  if (!broken('batch-ends-at-the-first-error')) return Promise.all(records.map(one));
  const taken: Taken[] = [];
  for (const record of records)
    taken.push(taken.some((each) => each.taken === 'failed') ? { taken: 'accepted' } : await one(record));
  return taken;
}

/** A trigger whose sender waits for the outcome, under a key of his own. */
export function requestTrigger(broken: Broken): Trigger<KeyedRequest> {
  return {
    name: 'request',
    identity: 'sender',
    tells: true,
    senders: true,
    bytesMax: BYTES_MAX,
    event: ({ identity, input, sender }: EventText) => ({
      key: identity,
      sender,
      body: JSON.stringify(input),
    }),
    malformed: () => [
      { what: 'a body that is no JSON', event: { key: 'a-key', sender: undefined, body: '{"word":' } },
      { what: 'a key that is empty', event: { key: '', sender: undefined, body: '{"word":"keyless"}' } },
    ],
    async deliver(fn, requests, options) {
      const conclusions: Conclusion[] = [];
      const shown: string[] = [];
      for (const request of requests) {
        const taken = await answered(fn, request, options, broken);
        conclusions.push(concludedOf(taken, broken));
        shown.push(shownOf(taken), broken('secret-shown') ? MODEL_SECRET : '');
      }
      return { conclusions, shown: shown.join('\n') };
    },
  };
}

function answered(
  fn: FlowFunction<unknown, unknown>,
  { key, sender, body }: KeyedRequest,
  { deadlineMs, waitMs }: DeliverOptions,
  broken: Broken,
): Promise<Taken> {
  return understood(body, broken, async (input) => {
    if (key === '') return { taken: 'refused', reason: 'a request needs a key' };
    const scope =
      sender === undefined || broken('run-id-without-its-sender') ? '' : `${hash('sender', sender)}:`;
    const id = idOf(`${scope}${key}`, 1, input, fn, broken);
    const event: Understood = {
      id: broken('another-input-wins') ? `${id}${hash(body)}` : id,
      input,
      trigger: broken('another-input-of-a-sender-taken'),
    };
    const patience = {
      waitMs: deadlineMs === undefined ? waitMs : Math.min(waitMs, deadlineMs / 2),
      ...(deadlineMs === undefined ? {} : { deadline: processPlatform.now() + deadlineMs }),
    };
    return take(fn, event, patience, broken);
  });
}

function idOf(
  id: string,
  attempt: number,
  input: unknown,
  { flow }: FlowFunction<unknown, unknown>,
  broken: Broken,
): string {
  if (broken('run-id-of-the-attempt')) return `${id}.${attempt}`;
  if (broken('run-id-of-the-input')) return hash(JSON.stringify(input));
  if (broken('run-id-cut-off')) return id.slice(0, 24);
  return broken('run-id-of-the-process') ? `${id}${processOf(flow)}` : id;
}

/** The input of a body, if it is one. */
async function understood(
  body: string,
  broken: Broken,
  go: (input: unknown) => Promise<Taken>,
): Promise<Taken> {
  if (Buffer.byteLength(body) > BYTES_MAX) {
    if (!broken('too-large-cut-off'))
      return { taken: 'refused', reason: `it has more than ${BYTES_MAX} bytes` };
    return go({ word: 'heavy', fill: body.slice(0, 1000) });
  }
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    if (broken('malformed-delivered-again')) return { taken: 'failed', code: 'MALFORMED', shown: {} };
    if (!broken('malformed-taken-for-nothing'))
      return { taken: 'refused', reason: 'the body is not a JSON value' };
    input = { word: 'nothing' };
  }
  return go(input);
}

function concludedOf(taken: Taken, broken: Broken): Conclusion {
  switch (taken.taken) {
    case 'result':
      return { concluded: 'result', value: taken.value };
    case 'error':
      return broken('user-error-delivered-again')
        ? { concluded: 'retry' }
        : { concluded: 'error', message: taken.message };
    case 'accepted':
      return { concluded: 'accepted' };
    case 'failed':
      return { concluded: 'retry' };
    case 'refused':
      return { concluded: 'refused', reason: taken.reason };
  }
}

function shownOf(taken: Taken): string {
  return JSON.stringify('shown' in taken ? { taken: taken.taken, ...Object(taken.shown) } : taken);
}
