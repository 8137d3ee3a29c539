/** Events of EventBridge, SNS, DynamoDB streams and S3. */
import { type FlowFunction, FlowstateError } from '@flowstate/core/adapter';
import {
  carryOut,
  concurrencyOf,
  type DeliveryOptions,
  deliver,
  type Parcel,
  refusal,
  shownInfrastructure,
} from '@flowstate/core/delivery';
import { toConsole } from '@flowstate/core/http';
import type { LambdaContext } from './deadline.js';
import { type DynamodbRecord, isDynamodb, itemOf } from './dynamodb-stream.js';
import type { MessageEnvelope, ReplyEnvelope } from './envelope.js';
import { type EventBridgeEvent, eventBridgeId, isEventBridge } from './eventbridge.js';
import { receiving } from './receive.js';
import { recordsOf } from './records.js';
import { isS3, type S3Record, s3Id, s3Input } from './s3.js';
import { isSns, type SnsRecord, snsInput } from './sns.js';
import type { BatchResponse } from './sqs.js';
import { type Answer, allAgain } from './thrown.js';

/** One event, whatever it came in. */
export type LambdaEvent =
  | { readonly kind: 'eventbridge'; readonly record: EventBridgeEvent }
  | { readonly kind: 'sns'; readonly record: SnsRecord }
  | { readonly kind: 'dynamodb'; readonly record: DynamodbRecord }
  | { readonly kind: 's3'; readonly record: S3Record };

/** Options of `lambda.events(fn)`. */
export interface EventsOptions<Input> extends DeliveryOptions {
  /**
   * The run's input: all that it sees of the event; of the event and nothing else. Default: of EventBridge the `detail`; of
   * SNS the message, which is JSON or a text; of a stream the record; of S3 an `S3Change`.
   */
  readonly input?: (event: LambdaEvent) => Input;
  /**
   * The run's id, where an event has one of your own. Default, and where it is undefined: of EventBridge `<source>/<id>`;
   * of SNS the id of the message; of a stream the id of the event; of S3 a hash of what was changed.
   */
  readonly id?: (event: LambdaEvent) => string | undefined;
  /**
   * Whether it takes the messages of `lambdaInvoker`: true unless given. `false` for a handler whose whole payload a stranger
   * may have written (a rule of IoT, an input path or transformer, a gateway's own integration): he could send messages.
   */
  readonly messages?: boolean;
}

/** A handler of events: of streams it answers what is to come again, of others it throws where something is. */
export interface EventsHandler {
  (event: { readonly Records: readonly DynamodbRecord[] }, context: LambdaContext): Promise<BatchResponse>;
  (
    event: EventBridgeEvent | { readonly Records: readonly (SnsRecord | S3Record)[] },
    context: LambdaContext,
  ): Promise<void>;
  (event: MessageEnvelope, context: LambdaContext): Promise<ReplyEnvelope>;
}

/**
 * `lambda.events(fn)`: every event is a run. Changes of one item of a table are carried out in their order, each when the run of the one
 * before it has ended, everything else at once. What meets an error of the infrastructure or is not reached in time comes again: of a stream the first that did
 * and all behind it (to be switched on by `FunctionResponseTypes: [ReportBatchItemFailures]`), else the whole delivery.
 *
 * A run that ended with an error has ended: its event does not come again, and `onError` is told. An event that can never
 * be run is told to `onError` and dropped: see `refused`. What is no such event at all is thrown.
 */
export function events<Input, Output>(
  fn: FlowFunction<Input, Output>,
  options: EventsOptions<Input> = {},
): EventsHandler {
  const { refused = 'drop' } = options;
  const concurrency = concurrencyOf(options);
  return receiving(
    fn.flow,
    options.onError ?? toConsole,
    async (payload, invocation, onError): Promise<Answer<BatchResponse | undefined>> => {
      const list = eventsOf(payload);
      if (list === undefined) {
        const message =
          'not an event of EventBridge, SNS, a DynamoDB stream or S3: lambda.events(fn) takes no other';
        return { thrown: refusal('MESSAGE_INVALID', message) };
      }
      const again = await carryOut(list, { concurrency, groupOf, until: invocation.answerBy }, (event) =>
        deliver(fn, parcelOf(event, options), invocation, { onError, refused }),
      );
      return answerOf(list, again);
    },
    options.messages,
  ) as EventsHandler;
}

/** The events of a payload; undefined: it holds none that is known. */
function eventsOf(payload: unknown): readonly LambdaEvent[] | undefined {
  if (isEventBridge(payload)) return [{ kind: 'eventbridge', record: payload }];
  return (
    recordsOf(payload, isDynamodb)?.map((record) => ({ kind: 'dynamodb' as const, record })) ??
    recordsOf(payload, isSns)?.map((record) => ({ kind: 'sns' as const, record })) ??
    recordsOf(payload, isS3)?.map((record) => ({ kind: 's3' as const, record }))
  );
}

function groupOf({ kind, record }: LambdaEvent): string | undefined {
  return kind === 'dynamodb' ? itemOf(record) : undefined;
}

function parcelOf<Input>(event: LambdaEvent, { input, id }: EventsOptions<Input>): Parcel {
  const own = ownId(event);
  return {
    what: `event ${own}`,
    chosenId: () => id?.(event),
    ownId: () => own,
    chosenInput: input && (() => input(event)),
    ownInput: () => ownInput(event),
    isOrdered: groupOf(event) !== undefined,
  };
}

function ownId({ kind, record }: LambdaEvent): string {
  switch (kind) {
    case 'eventbridge':
      return eventBridgeId(record);
    case 'sns':
      return record.Sns.MessageId;
    case 'dynamodb':
      return record.eventID ?? '';
    case 's3':
      return s3Id(record);
  }
}

function ownInput({ kind, record }: LambdaEvent): unknown {
  switch (kind) {
    case 'eventbridge':
      return record.detail;
    case 'sns':
      return snsInput(record);
    case 'dynamodb':
      return record;
    case 's3':
      return s3Input(record);
  }
}

function answerOf(
  list: readonly LambdaEvent[],
  again: ReadonlySet<LambdaEvent>,
): Answer<BatchResponse | undefined> {
  const first = list.find((event) => again.has(event));
  if (list[0]?.kind !== 'dynamodb') {
    if (first === undefined) return { answer: undefined };
    const message = `${again.size} of ${list.length} events are to be delivered again`;
    return { thrown: shownInfrastructure(new FlowstateError('RUN_INFRASTRUCTURE', message)) };
  }
  // Also where nobody switched partial answers on: then a batch without an error is taken for done.
  if (first === list[0]) return { thrown: allAgain(list.length) };
  // The stream goes on from there, whatever else failed.
  const from = first?.kind === 'dynamodb' ? (first.record.dynamodb?.SequenceNumber ?? '') : undefined;
  return { answer: { batchItemFailures: from === undefined ? [] : [{ itemIdentifier: from }] } };
}
