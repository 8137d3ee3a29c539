/** A function that takes the messages of other functions, and nothing else. */
import type { Receiver } from '@flowstate/core/adapter';
import { refusal } from '@flowstate/core/delivery';
import { type OnError, toConsole } from '@flowstate/core/http';
import type { LambdaContext } from './deadline.js';
import type { MessageEnvelope, ReplyEnvelope } from './envelope.js';
import { receiving } from './receive.js';

/** Options of `lambda.messages(flow)`. */
export interface MessagesOptions {
  /** Told of errors of the infrastructure. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** A handler of messages. */
export type MessagesHandler = (event: MessageEnvelope, context: LambdaContext) => Promise<ReplyEnvelope>;

/**
 * `lambda.messages(flow)`: for functions that only others of the flow call. Whoever may invoke the Lambda function may run
 * them; every other handler takes messages as well.
 */
export function messages(flow: Receiver, { onError = toConsole }: MessagesOptions = {}): MessagesHandler {
  return receiving<MessageEnvelope, never>(flow, onError, async () => ({
    thrown: refusal(
      'MESSAGE_INVALID',
      'not a message of lambdaInvoker: lambda.messages(flow) takes no other',
    ),
  }));
}
