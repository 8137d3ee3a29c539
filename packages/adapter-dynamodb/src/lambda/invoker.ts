/** Reaches functions in other Lambda functions: messages to their handlers, by the Invoke API. */
import type { LambdaClient } from '@aws-sdk/client-lambda';
import {
  type Duration,
  FlowstateError,
  type Invoker,
  type Message,
  milliseconds,
  parseReply,
  type Reply,
} from '@flowstate/core/adapter';
import { isReply, packed, unpacked } from './envelope.js';
import { reasonOf, reasonOfFunctionError } from './invoke-errors.js';

/** Options of {@link lambdaInvoker}. */
export interface LambdaInvokerOptions {
  /** Your own client, configured and destroyed by you. */
  readonly client: LambdaClient;
  /** The Lambda function that all functions of the flow are in, or that of each by its name: a name or an ARN. */
  readonly functionName: string | ((target: string) => string);
  /** The version or alias that is invoked. Default: whatever the name means. */
  readonly qualifier?: string;
  /** How long a message may take to be answered. A callee that takes longer goes on, and is asked again. Default 60 s. */
  readonly timeout?: Duration;
}

type InvocationType = 'RequestResponse' | 'Event';

/**
 * An invoker over Lambda's Invoke API. Whatever is no reply (a crash, a time-out, throttling, a function that is not there)
 * is thrown as RUN_INFRASTRUCTURE, and says what to do. The client may repeat its requests: a message may arrive twice.
 */
export function lambdaInvoker(options: LambdaInvokerOptions): Invoker {
  const { client, functionName, qualifier } = options;
  if (typeof client?.send !== 'function') throw new TypeError('lambdaInvoker: give { client }');
  if (functionName === '' || functionName === undefined)
    throw new TypeError('lambdaInvoker: give { functionName }');
  const timeoutMs = milliseconds('timeout', options.timeout ?? '60s');
  const nameOf = typeof functionName === 'function' ? functionName : () => functionName;

  async function send(target: string, message: Message, type: InvocationType): Promise<unknown> {
    const name = nameOf(target);
    const payload = JSON.stringify({ flowstate: 1, message: await packed(message) });
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // Loaded by those who have a client of it, and by no other.
      const { InvokeCommand } = await import('@aws-sdk/client-lambda');
      const command = new InvokeCommand({
        FunctionName: name,
        InvocationType: type,
        Payload: new TextEncoder().encode(payload),
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
      });
      const { StatusCode, FunctionError, Payload } = await client.send(command, { abortSignal: signal });
      if (StatusCode !== (type === 'Event' ? 202 : 200))
        throw lost(target, `Lambda answered with status ${StatusCode}`);
      if (type === 'Event') return undefined;
      // An empty payload is none, or an empty object.
      const text = ArrayBuffer.isView(Payload) ? new TextDecoder().decode(Payload) : '';
      if (FunctionError !== undefined) throw lost(target, reasonOfFunctionError(name, text));
      return await replyIn(target, text);
    } catch (cause) {
      if (cause instanceof FlowstateError) throw cause;
      throw lost(target, signal.aborted ? `no answer for ${timeoutMs} ms` : reasonOf(name, cause), cause);
    }
  }

  async function call(target: string, message: Message): Promise<Reply> {
    const value = await send(target, message, 'RequestResponse');
    try {
      return parseReply(value);
    } catch (cause) {
      throw lost(target, 'it answered with something that is no reply', cause);
    }
  }

  return {
    call,
    async start(target, message) {
      await send(target, message, 'Event');
    },
    async status(target, run) {
      const reply = await call(target, { kind: 'status', function: target, run });
      if (reply.reply === 'status') return reply.status ?? 'unknown';
      throw lost(target, `it answered "${reply.reply}" when asked for a status`);
    },
  };
}

async function replyIn(target: string, text: string): Promise<unknown> {
  try {
    const answer: unknown = JSON.parse(text);
    if (isReply(answer)) return await unpacked(answer.reply);
  } catch (cause) {
    throw lost(target, 'its answer is not JSON', cause);
  }
  throw lost(target, 'its handler is none of Flowstate: give it lambda(fn), or lambda.messages(flow)');
}

function lost(target: string, reason: string, cause?: unknown): FlowstateError {
  const details = cause === undefined ? {} : { cause };
  return new FlowstateError('RUN_INFRASTRUCTURE', `"${target}" did not reply: ${reason}`, details);
}
