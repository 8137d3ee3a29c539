/** The receiving side of {@link httpInvoker}: signed messages of other functions, collectors and entries. */
import type { Duration } from '../context.js';
import { processPlatform, toConsole } from '../default-platform.js';
import { milliseconds } from '../duration.js';
import { FlowstateError } from '../errors.js';
import type { Flow } from '../flow.js';
import { type Message, parseMessage } from '../platform/message.js';
import { answerError, checkMethod, type FetchHandler, json, type OnError, Refusal } from './answers.js';
import { bytesOf, checkJson, parseJson } from './body.js';
import {
  type Manner,
  parseSignature,
  type Secret,
  SIGNATURE_HEADER,
  type Signer,
  signerOf,
  verifyMessage,
} from './signature.js';

/** The largest message where nothing else is said: 16 MiB, since an input is JSON in JSON. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** The header of a message that is answered at once (RFC 7240), and its value. */
export const PREFER_HEADER = 'Prefer';
export const PREFER_ASYNC = 'respond-async';

/** How messages are received. */
export interface MessagesOptions {
  /** The invokers' secret; several during an exchange. */
  readonly secret: Secret;
  /** The largest message, in bytes. Default 16 MiB. */
  readonly bodyBytesMax?: number;
  /** The platform's own limit of one request: an execution hands its run over before. Default: none. */
  readonly timeout?: Duration;
  /** Told of infrastructure errors. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** A handler of signed messages. @throws TypeError without a secret */
export function messages(flow: Flow, options: MessagesOptions): FetchHandler {
  const signer = signerOf('http.messages', options.secret);
  const timeoutMs = options.timeout === undefined ? undefined : milliseconds('timeout', options.timeout);
  const onError = options.onError ?? toConsole;
  return async (request) => {
    try {
      const { manner, message } = await received(request, signer, options.bodyBytesMax ?? MESSAGE_BYTES_MAX);
      const work = () =>
        flow.receive(message, timeoutMs === undefined ? {} : { deadline: processPlatform.now() + timeoutMs });
      if (manner === 'call') return json(200, await work());
      if (!flow.functions().includes(message.function)) {
        throw new Refusal(
          'FUNCTION_UNKNOWN',
          `function "${message.function}" is not registered in flow "${flow.name}"`,
        );
      }
      // Goes on behind the answer, in this process; where it dies, the collector goes on.
      work().catch(onError);
      return json(202, { accepted: true });
    } catch (error) {
      return answerError(error, undefined, onError);
    }
  };
}

async function received(
  request: Request,
  signer: Signer,
  bytesMax: number,
): Promise<{ manner: Manner; message: Message }> {
  checkMethod(request, 'POST');
  const signature = parseSignature(request.headers.get(SIGNATURE_HEADER), processPlatform.now());
  if (signature === undefined)
    throw new Refusal('HTTP_UNAUTHORIZED', 'the message has no signature of this time');
  checkJson(request);
  const bytes = await bytesOf(request, bytesMax);
  const manner = request.headers.get(PREFER_HEADER) === PREFER_ASYNC ? 'start' : 'call';
  if (!(await verifyMessage(signer, manner, signature, bytes)))
    throw new Refusal('HTTP_UNAUTHORIZED', 'the signature is not right');
  return { manner, message: messageOf(parseJson(bytes)) };
}

function messageOf(value: unknown): Message {
  try {
    return parseMessage(value);
  } catch (error) {
    if (error instanceof FlowstateError) throw new Refusal('MESSAGE_INVALID', error.message);
    throw error;
  }
}
