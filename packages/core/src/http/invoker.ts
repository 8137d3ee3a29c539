/** Reaches functions in other processes: signed messages to their `http.messages` handlers. */
import type { Duration } from '../context.js';
import { processPlatform, timeoutSignal } from '../default-platform.js';
import { milliseconds } from '../duration.js';
import { FlowstateError } from '../errors.js';
import type { Invoker } from '../platform/invoker.js';
import { type Message, parseReply, type Reply } from '../platform/message.js';
import { PREFER_ASYNC, PREFER_HEADER } from './messages.js';
import { type Manner, type Secret, SIGNATURE_HEADER, signerOf, signMessage } from './signature.js';

/** Options of {@link httpInvoker}. */
export interface HttpInvokerOptions {
  /** The address of the handler of messages: of all functions, or of each by its name. */
  readonly url: string | ((target: string) => string);
  /** The secret shared with the receivers; several during an exchange, the first signs. */
  readonly secret: Secret;
  /** How long a message may take to be answered. A callee that takes longer goes on, and is asked again. Default 60 s. */
  readonly timeout?: Duration;
  /** What sends requests. Default: the process's own, which keeps connections alive. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * An invoker over HTTP. Whatever is no reply (a status, a broken connection, a time-out) is thrown as RUN_INFRASTRUCTURE.
 * @throws TypeError without a secret
 */
export function httpInvoker(options: HttpInvokerOptions): Invoker {
  const { url, fetch = globalThis.fetch } = options;
  if (typeof url !== 'function') new URL(url); // Throws here, and not at the first call, where it is none.
  const addressOf = typeof url === 'function' ? url : () => url;
  const signer = signerOf('httpInvoker', options.secret);
  const timeoutMs = milliseconds('timeout', options.timeout ?? '60s');

  async function send(target: string, message: Message, manner: Manner): Promise<unknown> {
    const body = new TextEncoder().encode(JSON.stringify(message));
    const response = await fetch(addressOf(target), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: await signMessage(signer, manner, processPlatform.now(), body),
        ...(manner === 'start' ? { [PREFER_HEADER]: PREFER_ASYNC } : {}),
      },
      body,
      // A signed message goes where it was sent, and nowhere else.
      redirect: 'manual',
      signal: timeoutSignal(timeoutMs),
    });
    const text = await response.text();
    if (response.status !== (manner === 'start' ? 202 : 200)) {
      throw new FlowstateError(
        'RUN_INFRASTRUCTURE',
        `"${target}" answered with status ${response.status}${codeIn(text)}`,
      );
    }
    return manner === 'start' ? undefined : JSON.parse(text);
  }

  async function sent(target: string, message: Message, manner: Manner): Promise<unknown> {
    try {
      return await send(target, message, manner);
    } catch (cause) {
      if (cause instanceof FlowstateError) throw cause;
      throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" did not reply: ${reasonOf(cause)}`, {
        cause,
      });
    }
  }

  async function call(target: string, message: Message): Promise<Reply> {
    const value = await sent(target, message, 'call');
    try {
      return parseReply(value);
    } catch (cause) {
      throw new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" answered with something that is no reply`, {
        cause,
      });
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

/** The code of a refusal, for the one who reads the error; nothing else of the body. */
function codeIn(text: string): string {
  const [, code] = /"code":"([A-Z_]{1,40})"/.exec(text) ?? [];
  return code === undefined ? '' : ` (${code})`;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'an unknown reason';
  // fetch says only that it failed; its cause says why.
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.name;
  return cause.name === 'TimeoutError' ? 'the time is over' : code;
}
