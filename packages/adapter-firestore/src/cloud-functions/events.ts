/** Events that nobody waits for: acknowledged, or thrown so that they are delivered again. */
import { type FlowFunction, FlowstateError, processPlatform } from '@flowstate/core/adapter';
import {
  type DeliveryOptions,
  deliver,
  type Parcel,
  refusal,
  shownInfrastructure,
  timesOf,
} from '@flowstate/core/delivery';
import { guarded } from '@flowstate/core/http';
import { onErrorOf, type ServiceOptions, timeoutOf } from './service.js';
import { termination } from './termination.js';

/** How events are carried out. */
export interface EventOptions extends ServiceOptions, Pick<DeliveryOptions, 'refused'> {}

/** A kind of event. */
export interface EventKind<Event> {
  /** The handler's name, for errors. */
  readonly what: string;
  /** What is no such event at all; undefined: it is one. */
  readonly fault: (event: unknown) => string | undefined;
  readonly parcelOf: (event: Event) => Parcel;
}

/**
 * A handler of one kind of events. A run that ended with an error has ended: `onError` is told, and its event is acknowledged;
 * so is one whose run goes on by itself. What met an error of the infrastructure or was not reached in time is thrown, by its
 * code alone, and delivered again.
 */
export function eventHandler<Input, Output, Event>(
  fn: FlowFunction<Input, Output>,
  { what, fault, parcelOf }: EventKind<Event>,
  options: EventOptions,
): (event: Event) => Promise<void> {
  const timeoutMs = timeoutOf(what, options);
  const refused = refusedOf(what, options);
  const onError = guarded(onErrorOf(options));
  const shutdown = termination.signal();
  return (event) =>
    termination.during(async () => {
      const wrong = fault(event);
      if (wrong !== undefined) throw refusal('MESSAGE_INVALID', wrong);
      const times = { ...timesOf(processPlatform.now(), timeoutMs), shutdown };
      const fate = await deliver(fn, parcelOf(event), times, { onError, refused });
      if (fate === 'done') return;
      throw shownInfrastructure(
        new FlowstateError('RUN_INFRASTRUCTURE', 'the event is to be delivered again'),
      );
    });
}

function refusedOf(what: string, { refused = 'drop' }: EventOptions): 'drop' | 'redeliver' {
  if (refused === 'drop' || refused === 'redeliver') return refused;
  throw new TypeError(`${what}: refused is 'drop' or 'redeliver'`);
}
