/** The receiving side of {@link httpInvoker}: signed messages of other functions, collectors and entries. */
import type { Duration } from '../context.js';
import { processPlatform, toConsole } from '../default-platform.js';
import { milliseconds } from '../duration.js';
import { FlowstateError } from '../errors.js';
import type { Receiver } from '../function.js';
import { type Message, parseMessage, type Reply } from '../platform/message.js';
import { answerError, checkMethod, type FetchHandler, json, type OnError, Refusal } from './answers.js';
import { bytesOf, checkJson, parseJson } from './body.js';
import { openJson } from './open-answer.js';
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

const ACCEPTED = { accepted: true };

/** The header that says how a message is answered (RFC 7240), and its values; without it, with its reply. */
export const PREFER_HEADER = 'Prefer';
export const PREFERENCES: Readonly<Partial<Record<Manner, string>>> = {
  start: 'respond-async',
  task: 'flowstate-task',
};

/** How messages are received. */
export interface MessagesOptions {
  /** The invokers' secret; several during an exchange. */
  readonly secret: Secret;
  /** The largest message, in bytes. Default 16 MiB. */
  readonly bodyBytesMax?: number;
  /** The platform's own limit of one request: an execution hands its run over before. Default: none. */
  readonly timeout?: Duration;
  /**
   * Whether an execution goes on behind its answer, in this process: true unless given. `false` for platforms that stop a
   * process once it has answered: a message that is started is answered 202 at once, with a body that ends with the work.
   */
  readonly background?: boolean;
  /** Aborted when this process is to end: executions hand over at once. */
  readonly shutdown?: AbortSignal;
  /** Told of infrastructure errors. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** A handler of signed messages. @throws TypeError without a secret */
export function messages(flow: Receiver, options: MessagesOptions): FetchHandler {
  const signer = signerOf('http.messages', options.secret);
  const timeoutMs = options.timeout === undefined ? undefined : milliseconds('timeout', options.timeout);
  const { onError = toConsole, background = true, shutdown } = options;
  return async (request) => {
    const begun = processPlatform.now();
    try {
      const { manner, message } = await received(request, signer, options.bodyBytesMax ?? MESSAGE_BYTES_MAX);
      const work = () =>
        flow.receive(message, {
          ...(timeoutMs === undefined ? {} : { deadline: begun + timeoutMs }),
          ...(shutdown === undefined ? {} : { shutdown }),
        });
      if (manner === 'call') return json(200, await work());
      if (!flow.functions().includes(message.function)) {
        throw new Refusal(
          'FUNCTION_UNKNOWN',
          `function "${message.function}" is not registered in flow "${flow.name}"`,
        );
      }
      return await answerStarted(manner, work, background, onError);
    } catch (error) {
      return answerError(error, undefined, onError);
    }
  };
}

/** The answer to a message whose sender hears of no reply. */
async function answerStarted(
  manner: Manner,
  work: () => Promise<Reply>,
  background: boolean,
  onError: OnError,
): Promise<Response> {
  if (manner === 'task') {
    await work();
    return json(200, ACCEPTED);
  }
  // Goes on behind the answer, in this process; where it dies, the collector goes on.
  const ended = work().then(() => undefined, onError);
  return background ? json(202, ACCEPTED) : openJson(202, ACCEPTED, ended);
}

async function received(
  request: Request,
  signer: Signer,
  bytesMax: number,
): Promise<{ manner: Manner; message: Message }> {
  checkMethod(request, 'POST');
  const manner = mannerOf(request);
  const signature = parseSignature(manner, request.headers.get(SIGNATURE_HEADER), processPlatform.now());
  if (signature === undefined)
    throw new Refusal('HTTP_UNAUTHORIZED', 'the message has no signature of this time');
  checkJson(request);
  const bytes = await bytesOf(request, bytesMax);
  if (!(await verifyMessage(signer, manner, signature, bytes)))
    throw new Refusal('HTTP_UNAUTHORIZED', 'the signature is not right');
  const message = messageOf(parseJson(bytes));
  // What arrives so late may only go on with a run that is there: a call would begin one that was forgotten meanwhile.
  if (manner === 'task' && message.kind !== 'launch')
    throw new Refusal('MESSAGE_INVALID', `a task holds a launch, and no ${message.kind}`);
  return { manner, message };
}

function mannerOf({ headers }: Request): Manner {
  const preference = headers.get(PREFER_HEADER);
  if (preference === PREFERENCES.start) return 'start';
  return preference === PREFERENCES.task ? 'task' : 'call';
}

function messageOf(value: unknown): Message {
  try {
    return parseMessage(value);
  } catch (error) {
    if (error instanceof FlowstateError) throw new Refusal('MESSAGE_INVALID', error.message);
    throw error;
  }
}
