/** Messages of SQS queues, standard and FIFO. */
import type { FlowFunction } from '@flowstate/core/adapter';
import {
  carryOut,
  concurrencyOf,
  type DeliveryOptions,
  deliver,
  type Parcel,
  refusal,
} from '@flowstate/core/delivery';
import { toConsole } from '@flowstate/core/http';
import { type LambdaHandler, receiving } from './receive.js';
import { isObject, recordsOf } from './records.js';
import { allAgain } from './thrown.js';

/** A message, as far as it is looked at. */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventSource: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
}

/** What an event source mapping of a queue delivers. */
export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

/** What is delivered again of a batch: to be switched on by `FunctionResponseTypes: [ReportBatchItemFailures]`. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Options of `lambda.sqs(fn)`. */
export interface SqsOptions<Input, Rec extends SqsRecord = SqsRecord> extends DeliveryOptions {
  /** The run's input: all that it sees of the message; of the record and nothing else. Default: the body, which is JSON. */
  readonly input?: (record: Rec) => Input;
  /** The run's id, chosen by whoever sent the message. Default, and where it is undefined: the id of the message. */
  readonly id?: (record: Rec) => string | undefined;
}

/**
 * `lambda.sqs(fn)`: every message is a run. Of a batch, the messages come again that met an error of the infrastructure or
 * were not reached in time, and those behind them in their group of a FIFO queue; no other.
 *
 * A run that ended with an error has ended: its message does not come again, and `onError` is told. A run that is not done
 * when the time is over goes on by itself, and so does one that waits; of a FIFO queue its message comes again, until it has
 * ended, and holds back those behind it in its group. A message that can never be run is told to `onError` and dropped: see
 * `refused`.
 */
export function sqs<Input, Output, Rec extends SqsRecord = SqsRecord>(
  fn: FlowFunction<Input, Output>,
  options: SqsOptions<Input, Rec> = {},
): LambdaHandler<{ readonly Records: readonly Rec[] }, BatchResponse> {
  const { refused = 'drop' } = options;
  const concurrency = concurrencyOf(options);
  return receiving(fn.flow, options.onError ?? toConsole, async (event, invocation, onError) => {
    const records = recordsOf(event, isMessage);
    if (records === undefined)
      return { thrown: refusal('MESSAGE_INVALID', 'not an event of SQS: lambda.sqs(fn) takes no other') };
    const again = await carryOut(
      records,
      { concurrency, groupOf, until: invocation.answerBy },
      // The user's word for what else is in a record.
      (record) => deliver(fn, parcelOf(record as Rec, options), invocation, { onError, refused }),
    );
    // Also where nobody switched partial answers on: then a batch without one is taken for done.
    if (again.size === records.length) return { thrown: allAgain(records.length) };
    const failed = records.filter((record) => again.has(record));
    return { answer: { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) } };
  });
}

function isMessage(value: unknown): value is SqsRecord {
  return (
    isObject(value) &&
    value.eventSource === 'aws:sqs' &&
    typeof value.messageId === 'string' &&
    typeof value.body === 'string'
  );
}

/** Only FIFO queues keep an order: in others a group stands for a share of the queue. */
function groupOf({ eventSourceARN, attributes }: SqsRecord): string | undefined {
  return String(eventSourceARN).endsWith('.fifo') ? (attributes?.MessageGroupId ?? '') : undefined;
}

function parcelOf<Input, Rec extends SqsRecord>(record: Rec, { input, id }: SqsOptions<Input, Rec>): Parcel {
  return {
    what: `message ${record.messageId}`,
    chosenId: () => id?.(record),
    ownId: () => record.messageId,
    chosenInput: input && (() => input(record)),
    ownInput: () => JSON.parse(record.body),
    isOrdered: groupOf(record) !== undefined,
  };
}
