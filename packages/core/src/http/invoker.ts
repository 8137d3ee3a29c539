/** Reaches functions in other processes: signed messages to their `http.messages` handlers. */
import type { Duration } from '../context.js';
import { processPlatform } from '../default-platform.js';
import { inTime } from '../delivery/deadline.js';
import { milliseconds } from '../duration.js';
import { type ErrorCode, FlowstateError } from '../errors.js';
import type { Invoker } from '../platform/invoker.js';
import { type Message, parseReply, type Reply } from '../platform/message.js';
import type { RefusalCode } from './answers.js';
import { PREFER_HEADER, PREFERENCES } from './messages.js';
import {
  type Manner,
  type Secret,
  SIGNATURE_HEADER,
  type Signer,
  signerOf,
  signMessage,
} from './signature.js';

/** Options of {@link httpInvoker}. */
export interface HttpInvokerOptions {
  /** The address of the handler of messages: of all functions, or of each by its name. */
  readonly url: string | ((target: string) => string);
  /** The secret shared with the receivers; several during an exchange, the first signs. */
  readonly secret: Secret;
  /** How long a message may take to be answered. A callee that takes longer goes on, and is asked again. Default 60 s. */
  readonly timeout?: Duration;
  /** More headers for each message, such as a token that the platform in front of the callee asks for. */
  readonly headers?: (target: string) => MessageHeaders | Promise<MessageHeaders>;
  /** What sends requests. Default: the process's own, which keeps connections alive. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Headers by their names. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** The headers of a message, with its signature of now. */
export async function signedHeaders(
  signer: Signer,
  manner: Manner,
  body: Uint8Array,
): Promise<MessageHeaders> {
  const preference = PREFERENCES[manner];
  return lowered({
    'content-type': 'application/json',
    [SIGNATURE_HEADER]: await signMessage(signer, manner, processPlatform.now(), body),
    ...(preference === undefined ? {} : { [PREFER_HEADER]: preference }),
  });
}

/** Names in lower case: of two spellings of one name both would be sent. */
function lowered(headers: MessageHeaders): MessageHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Sends a message, and answers the value of its reply: none where it is only started. */
type Send = (target: string, message: Message, manner: Manner) => Promise<unknown>;

function sending(options: HttpInvokerOptions, what: string): Send {
  const { url, fetch = globalThis.fetch } = options;
  // Here, and not at the first call.
  if (typeof url !== 'function' && !isAddress(url)) throw new TypeError(noAddress(what, url));
  const signer = signerOf(what, options.secret);
  const timeoutMs = milliseconds('timeout', options.timeout ?? '60s');

  function addressOf(target: string): string {
    const address = typeof url === 'function' ? url(target) : url;
    if (isAddress(address)) return address;
    throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}": ${noAddress(what, address)}`);
  }

  async function send(target: string, message: Message, manner: Manner): Promise<unknown> {
    const address = addressOf(target);
    const body = new TextEncoder().encode(JSON.stringify(message));
    const until = processPlatform.now() + timeoutMs;
    const given = await inTime(Promise.resolve(options.headers?.(target)), until);
    const limit = timeLimit(timeoutMs);
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { ...lowered(given ?? {}), ...(await signedHeaders(signer, manner, body)) },
        body,
        // A signed message goes where it was sent, and nowhere else.
        redirect: 'manual',
        signal: limit.signal,
      });
      if (manner === 'start' && response.status === 202) return drain(response);
      const text = await response.text();
      if (response.status === 200 && manner !== 'start') return JSON.parse(text);
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        `"${target}" at ${new URL(address).origin} answered with status ${statusAdvised(response.status, text)}`,
      );
    } finally {
      limit.lift();
    }
  }

  return async (target, message, manner) => {
    try {
      return await send(target, message, manner);
    } catch (cause) {
      if (cause instanceof FlowstateError) throw cause;
      throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" did not reply: ${reasonOf(cause)}`, {
        cause,
      });
    }
  };
}

/**
 * An invoker over HTTP. Whatever is no reply (a status, a broken connection, a time-out) is thrown as RUN_INFRASTRUCTURE.
 * `what` is its name for the user. @throws TypeError without an address or a secret
 */
export function httpInvoker(options: HttpInvokerOptions, what = 'httpInvoker'): Invoker {
  const sent = sending(options, what);

  async function call(target: string, message: Message): Promise<Reply> {
    const value = await sent(target, message, 'call');
    try {
      return parseReply(value);
    } catch (cause) {
      const message = `"${target}" answered with something that is no reply: ${WRONG_PLACE}`;
      throw new FlowstateError('RUN_INFRASTRUCTURE', message, { cause });
    }
  }

  return {
    call,
    async start(target, message) {
      await sent(target, message, 'start');
    },
    async status(target, run) {
      const reply = await call(target, { kind: 'status', function: target, run });
      if (reply.reply === 'status') return reply.status ?? 'unknown';
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        `"${target}" answered "${reply.reply}" when asked for a status`,
      );
    },
  };
}

/**
 * Reads on what nobody waits for: some callees are given time only for as long as their request lasts. Where it breaks off,
 * the collector repeats the message.
 */
function drain(response: Response): void {
  response.arrayBuffer().catch(() => undefined);
}

/** A signal that is aborted after so many ms, unless it was lifted before. */
function timeLimit(ms: number): { readonly signal: AbortSignal; lift(): void } {
  const limit = new AbortController();
  const lifted = new AbortController();
  const wait = async (): Promise<void> => {
    await processPlatform.wait(ms, lifted.signal);
    if (!lifted.signal.aborted) limit.abort(new DOMException('no answer in time', 'TimeoutError'));
  };
  void wait();
  return { signal: limit.signal, lift: () => lifted.abort() };
}

const WRONG_PLACE = 'is it a handler of messages?';
/** What a handler of messages refuses: it is one. */
const REFUSED: ReadonlySet<string | undefined> = new Set<ErrorCode | RefusalCode>([
  'FUNCTION_UNKNOWN',
  'MESSAGE_INVALID',
  'HTTP_BODY_TOO_LARGE',
]);

/** A status with the code of a refusal and what may be wrong, for the one who reads the error; nothing else of the body. */
function statusAdvised(status: number, text: string): string {
  const [, code] = /"code":"([A-Z_]{1,40})"/.exec(text) ?? [];
  const shown = code === undefined ? `${status}` : `${status} (${code})`;
  if (code === 'HTTP_UNAUTHORIZED') return `${shown}: the secrets differ, or the clocks`;
  // Of these, the last ones are what platforms answer where a service is busy or away.
  const isOne = REFUSED.has(code) || status === 429 || status > 500;
  return isOne ? shown : `${shown}: ${WRONG_PLACE}`;
}

function isAddress(url: unknown): url is string {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function noAddress(what: string, url: unknown): string {
  return `${what}: '${String(url)}' is no address: give https://…`;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'an unknown reason';
  // fetch says only that it failed; its cause says why.
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
  return cause.name === 'TimeoutError' ? 'the time is over' : code;
}
