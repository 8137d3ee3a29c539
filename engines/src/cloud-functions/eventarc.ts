/** A trigger of Eventarc: CloudEvents in binary content mode, sent until they are answered with success. */
import { randomUUID } from 'node:crypto';
import type { Chance } from '../function-host/chance.js';
import { authorization, type OidcToken } from './identity-token.js';
import { type Backoff, isSuccess, type PushRequest, pushUntilDone } from './push.js';

/** A trigger to make. */
export interface EventTriggerOptions extends Backoff {
  /** Where in the service; `/` where not given. */
  readonly path?: string;
  /** How likely an event is delivered twice although nothing failed, from 0 to 1; as the host has it where not given. */
  readonly duplicate?: number;
  /** An event without an answer for so long comes again, in ms; 10 000 where not given. */
  readonly ackDeadlineMs?: number;
  /** The identity that events come under. */
  readonly oidcToken?: OidcToken;
}

/** An event to send. */
export interface EventToSend {
  readonly type: string;
  readonly source: string;
  /** A new one where not given. */
  readonly id?: string;
  readonly subject?: string;
  /** RFC 3339; now where not given. */
  readonly time?: string;
  /** Sent as JSON where it is neither text nor bytes. There always is some: the framework fails where there is none. */
  readonly data: string | Uint8Array | object;
  /** `application/json` where not given. */
  readonly datacontenttype?: string;
  /** Extension attributes: `{ traceparent: '…' }`. */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** A trigger. */
export interface EventTrigger {
  /** Sends an event and answers its id. */
  send(event: EventToSend): string;
  /** Deliveries that are still to be made, or to be made again. */
  size(): number;
  /** Sends no more. */
  stop(): void;
}

const ACK_DEADLINE_MS = 10_000;

/** Makes a trigger. `url` is where the events go to. */
export function startTrigger(options: EventTriggerOptions, url: string, chance: Chance): EventTrigger {
  const { ackDeadlineMs = ACK_DEADLINE_MS, duplicate } = options;
  const stopping = new AbortController();
  let open = 0;
  const deliver = async (request: PushRequest) => {
    open += 1;
    const push = { request: () => request, acknowledged: isSuccess, answerMs: ackDeadlineMs };
    await pushUntilDone(push, options, stopping.signal);
    open -= 1;
  };
  return {
    send(event) {
      const { id = randomUUID() } = event;
      const request = binaryEvent({ ...event, id }, url, authorization(options.oidcToken, url));
      for (let copies = chance.copies(duplicate); copies > 0; copies--) void deliver(request);
      return id;
    },
    size: () => open,
    stop: () => stopping.abort(),
  };
}

/** The request of an event: its attributes are headers, its data is the body. */
function binaryEvent(
  event: EventToSend & { readonly id: string },
  url: string,
  more: Readonly<Record<string, string>>,
): PushRequest {
  const { type, source, id, subject, data, extensions = {} } = event;
  const { time = new Date().toISOString(), datacontenttype = 'application/json' } = event;
  const attributes = { specversion: '1.0', type, source, id, time, ...(subject ? { subject } : {}) };
  const headers: Record<string, string> = { ...more };
  for (const [name, value] of Object.entries({ ...extensions, ...attributes })) {
    headers[`ce-${name}`] = headerText(value);
  }
  headers['content-type'] = datacontenttype;
  const body = typeof data === 'string' || data instanceof Uint8Array ? data : JSON.stringify(data);
  return { url, method: 'POST', headers, body };
}

/** An attribute in a header: what is no visible ASCII, `"` and `%` go as percent-encoded UTF-8. */
function headerText(value: string): string {
  return value.toWellFormed().replace(/[^\x21-\x7e]|["%]/gu, (character) => {
    return [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('');
  });
}
