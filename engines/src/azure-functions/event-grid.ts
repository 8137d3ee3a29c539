/** Event Grid: events for a function, in its own schema or as CloudEvents, sent until one is taken or given up. */
import { randomUUID } from 'node:crypto';
import { type Backoff, pause } from '../cloud-functions/push.js';
import type { Chance } from '../function-host/chance.js';
import type { Invocations } from './invocations.js';
import type { FunctionMetadata } from './protocol.js';
import { triggerMetadata, triggerOf } from './typed-data.js';

/** How events are delivered to a function. */
export interface EventGridOptions extends Backoff {
  /** After so many attempts an event is dead; 30 where not given, as the platform has it. */
  readonly maxDeliveryAttempts?: number;
  /** How likely an event is delivered twice although nothing failed, from 0 to 1; as the host has it where not given. */
  readonly duplicate?: number;
}

/** An event in Event Grid's own schema. */
export interface EventGridEventToSend {
  readonly eventType: string;
  readonly subject: string;
  readonly data: unknown;
  /** A new one where not given. */
  readonly id?: string;
  /** The resource that it comes from; one of a subscription without a name where not given. */
  readonly topic?: string;
  /** ISO 8601; now where not given. */
  readonly eventTime?: string;
  readonly dataVersion?: string;
}

/** An event in the schema of CloudEvents 1.0. */
export interface CloudEventToSend {
  readonly type: string;
  readonly source: string;
  readonly data?: unknown;
  /** A new one where not given. */
  readonly id?: string;
  readonly subject?: string;
  /** RFC 3339; now where not given. */
  readonly time?: string;
  readonly datacontenttype?: string;
  /** Extension attributes: `{ traceparent: '…' }`. */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** An event subscription of a function. */
export interface EventGridSubscription {
  /** Sends an event, in the schema that it is written in, and answers its id. */
  send(event: EventGridEventToSend | CloudEventToSend): string;
  /** Deliveries that are still to be made, or to be made again. */
  size(): number;
  /** The events that were given up, the first one first, as they were delivered. */
  deadLetters(): readonly Readonly<Record<string, unknown>>[];
  /** Sends no more. */
  stop(): void;
}

const TOPIC = '/subscriptions/local/resourceGroups/local/providers/Microsoft.EventGrid/topics/local';
const ATTEMPTS = 30;
const MIN_MS = 20;
const MAX_MS = 500;

/** Makes the subscription of a function. */
export function subscribe(
  metadata: FunctionMetadata,
  options: EventGridOptions,
  invocations: Invocations,
  chance: Chance,
): EventGridSubscription {
  const { maxDeliveryAttempts = ATTEMPTS, minBackoffMs = MIN_MS, maxBackoffMs = MAX_MS } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const dead: Record<string, unknown>[] = [];
  let open = 0;
  const deliver = async (event: Record<string, unknown>) => {
    open += 1;
    const invocation = invocationOf(metadata, event);
    for (let attempt = 1; !signal.aborted; attempt++) {
      // Whoever failed has said why.
      const taken = await invocations.invoke(metadata, invocation, signal).then(
        () => true,
        () => false,
      );
      if (taken || signal.aborted) break;
      if (attempt >= maxDeliveryAttempts) {
        dead.push(event);
        break;
      }
      await pause(Math.min(minBackoffMs * 2 ** (attempt - 1), maxBackoffMs), signal);
    }
    open -= 1;
  };
  return {
    send(event) {
      const id = event.id ?? randomUUID();
      const sent = 'eventType' in event ? gridEvent(event, id) : cloudEvent(event, id);
      for (let copies = chance.copies(options.duplicate); copies > 0; copies--) void deliver(sent);
      return id;
    },
    size: () => open,
    deadLetters: () => dead,
    stop: () => stopping.abort(),
  };
}

function gridEvent(event: EventGridEventToSend, id: string): Record<string, unknown> {
  const { topic = TOPIC, eventTime = new Date().toISOString(), dataVersion = '1.0', ...rest } = event;
  return { ...rest, id, topic, eventTime, dataVersion, metadataVersion: '1' };
}

function cloudEvent(event: CloudEventToSend, id: string): Record<string, unknown> {
  const { extensions = {}, time = new Date().toISOString(), ...rest } = event;
  return { ...extensions, ...rest, id, time, specversion: '1.0' };
}

function invocationOf(metadata: FunctionMetadata, event: Record<string, unknown>) {
  // The event is an object for the function, whatever its data is.
  const json = JSON.stringify(event);
  const { data } = event;
  return {
    inputData: [{ name: triggerOf(metadata).name, data: { json } }],
    triggerMetadata: triggerMetadata(metadata.name, data === undefined ? {} : { data }),
  };
}
