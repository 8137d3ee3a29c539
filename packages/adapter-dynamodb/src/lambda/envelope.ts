/** The form in which messages and replies of functions travel through Lambda. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { FlowstateError } from '@flowstate/core/adapter';

/** What is longer as JSON is compressed, in bytes: a synchronous payload has at most 6 MiB, in either direction. */
const PLAIN_BYTES_MAX = 6_000_000;
/** Longer than any message whose input a store takes, in bytes. */
const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A message of a function. Inputs of asynchronous calls are in the store, and never in a message. */
export interface MessageEnvelope {
  readonly flowstate: 1;
  /** The message, or it compressed. */
  readonly message: unknown;
}

/** What a message is answered with. */
export interface ReplyEnvelope {
  readonly flowstate: 1;
  /** The reply, or it compressed. */
  readonly reply: unknown;
}

/** Whether a payload is a message. What API Gateway, queues and event buses deliver has a top level of their own. */
export function isMessage(payload: unknown): payload is MessageEnvelope {
  return isEnvelope(payload) && 'message' in payload;
}

/** Whether an answer is a reply. */
export function isReply(payload: unknown): payload is ReplyEnvelope {
  return isEnvelope(payload) && 'reply' in payload;
}

function isEnvelope(payload: unknown): payload is { readonly flowstate: 1 } {
  return typeof payload === 'object' && payload !== null && 'flowstate' in payload && payload.flowstate === 1;
}

/** A message or a reply as it is sent. */
export async function packed(content: unknown): Promise<unknown> {
  const json = JSON.stringify(content);
  if (Buffer.byteLength(json) <= PLAIN_BYTES_MAX) return content;
  return { gzip: (await compress(json)).toString('base64') };
}

/** A message or a reply as it was before {@link packed}. @throws FlowstateError MESSAGE_INVALID */
export async function unpacked(content: unknown): Promise<unknown> {
  if (typeof content !== 'object' || content === null || !('gzip' in content)) return content;
  try {
    const bytes = await decompress(Buffer.from(String(content.gzip), 'base64'), {
      maxOutputLength: UNPACKED_BYTES_MAX,
    });
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new FlowstateError('MESSAGE_INVALID', 'the compressed part is not compressed JSON', { cause });
  }
}
