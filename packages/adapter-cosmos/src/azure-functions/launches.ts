/** Launches in a storage queue, which delivers them until they were carried out. */
import { FlowstateError, type Launch, type Receiver } from '@flowstate/core/adapter';
import { inTime, knownCode, refusal, shownInfrastructure } from '@flowstate/core/delivery';
import { messages, type OnError, type Signer, signedHeaders } from '@flowstate/core/http';
import type { AzureEventHandler } from './app.js';
import { termination } from './termination.js';

/** A `QueueClient` of @azure/storage-queue, as far as it is used. */
export interface LaunchQueue {
  sendMessage(messageText: string): Promise<unknown>;
}

/** The text of a message in the queue: its signed headers, and the body that they sign. */
interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Puts a launch into a queue. @throws FlowstateError RUN_INFRASTRUCTURE where it is not known to be there by then */
export async function launch(
  queue: LaunchQueue,
  message: Launch,
  signer: Signer,
  encoding: 'base64' | 'none',
  by: number,
): Promise<void> {
  const body = JSON.stringify(message);
  const headers = await signedHeaders(signer, 'task', new TextEncoder().encode(body));
  const text = JSON.stringify({ headers, body } satisfies Letter);
  try {
    const sending = queue.sendMessage(encoding === 'base64' ? Buffer.from(text).toString('base64') : text);
    await inTime(sending, by);
  } catch (cause) {
    throw new FlowstateError(
      'RUN_INFRASTRUCTURE',
      `the launch of "${message.function}" could not be put into its queue: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'an unknown reason';
  const status = 'statusCode' in cause && typeof cause.statusCode === 'number' ? cause.statusCode : 0;
  if (status === 404) return 'there is no such queue: create it';
  if (status === 401 || status === 403)
    return 'the client may not: it needs the role Storage Queue Data Message Sender';
  return cause.message;
}

/** How launches are received. */
export interface LaunchesOptions {
  readonly secret: Parameters<typeof messages>[1]['secret'];
  readonly timeout: number;
  readonly shutdown: AbortSignal;
  readonly onError: OnError;
}

/** A handler of launches in a queue. What is refused comes again as well, until the platform takes it for poison. */
export function launchesHandler(flow: Receiver, options: LaunchesOptions): AzureEventHandler {
  const answer = messages(flow, options);
  return (entry) =>
    termination.during(async () => {
      const letter = letterOf(entry);
      const request = letter && requestOf(letter);
      if (request === undefined) throw refused('it is no launch', options.onError);
      const response = await answer(request);
      if (response.status === 200) return;
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      // Of an error of the infrastructure has been told already.
      if (response.status >= 500)
        throw shownInfrastructure(new FlowstateError(knownCode(error.code), error.message));
      throw refused(error.message, options.onError);
    });
}

function refused(why: string, onError: OnError): Error {
  const message = `a message of the queue of launches is refused: ${why}`;
  onError(new FlowstateError('MESSAGE_INVALID', message));
  return refusal('MESSAGE_INVALID', message);
}

function letterOf(entry: unknown): Letter | undefined {
  const { headers, body } = (entry ?? {}) as Partial<Record<keyof Letter, unknown>>;
  if (typeof body !== 'string' || typeof headers !== 'object' || headers === null) return undefined;
  return Object.values(headers).every((value) => typeof value === 'string')
    ? { headers: headers as Letter['headers'], body }
    : undefined;
}

function requestOf({ headers, body }: Letter): Request | undefined {
  try {
    return new Request('https://queue.invalid/', { method: 'POST', headers, body });
  } catch {
    return undefined;
  }
}
