/** The handler around all others: it takes Flowstate's own messages, and throws what may be shown. */
import {
  FlowstateError,
  type Message,
  parseMessage,
  type Receiver,
  type Reply,
} from '@flowstate/core/adapter';
import { inTime, shownInfrastructure } from '@flowstate/core/delivery';
import { guarded, type OnError } from '@flowstate/core/http';
import { type Invocation, invocationOf, type LambdaContext } from './deadline.js';
import { isMessage, type MessageEnvelope, packed, type ReplyEnvelope, unpacked } from './envelope.js';
import type { Answer } from './thrown.js';

/** A handler for the Lambda runtime, of events and of the messages of {@link lambdaInvoker}. */
export interface LambdaHandler<Event, Result> {
  (event: Event, context: LambdaContext): Promise<Result>;
  (event: MessageEnvelope, context: LambdaContext): Promise<ReplyEnvelope>;
}

/**
 * A handler of events that takes messages as well. They stand at the top level of the payload, where HTTP, queues, topics,
 * streams and buses have the platform's own fields: nobody forges them there. Who may invoke the function may send them;
 * where a trigger hands on somebody else's text as the whole payload, `messages: false` is needed.
 */
export function receiving<Event, Result>(
  flow: Receiver,
  told: OnError,
  handle: (event: unknown, invocation: Invocation, onError: OnError) => Promise<Answer<Result>>,
  takesMessages = true,
): LambdaHandler<Event, Result> {
  const onError = guarded(told);
  const answer = (event: unknown, context: LambdaContext): Promise<Answer<Result | ReplyEnvelope>> => {
    const invocation = invocationOf(context);
    return takesMessages && isMessage(event)
      ? replied(flow, event, invocation, onError)
      : handle(event, invocation, onError);
  };
  const handler = async (event: unknown, context: LambdaContext): Promise<Result | ReplyEnvelope> => {
    const answered = await answer(event, context).catch((error: unknown): Answer<never> => {
      onError(error);
      return { thrown: shownInfrastructure(error) };
    });
    if ('thrown' in answered) throw answered.thrown;
    return answered.answer;
  };
  // One function for both: which of them was called is in the event.
  return handler as LambdaHandler<Event, Result>;
}

async function replied(
  flow: Receiver,
  envelope: MessageEnvelope,
  { deadline, answerBy }: Invocation,
  onError: OnError,
): Promise<Answer<ReplyEnvelope>> {
  const message = parseMessage(await unpacked(envelope.message));
  const reply = await inTime(flow.receive(message, { deadline }), answerBy);
  tellMisdirected(message, reply, onError);
  return { answer: { flowstate: 1, reply: await packed(reply) } };
}

/** Whoever sends a launch does not hear that nobody here knows its function. */
function tellMisdirected(message: Message, reply: Reply, onError: OnError): void {
  if (reply.reply === 'refused' && reply.code === 'FUNCTION_UNKNOWN' && message.kind === 'launch')
    onError(new FlowstateError('FUNCTION_UNKNOWN', reply.message));
}
