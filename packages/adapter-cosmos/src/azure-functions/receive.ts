/** Events that nobody waits for: done with, or thrown so that they are delivered again. */
import { type FlowFunction, FlowstateError, processPlatform } from '@flowstate/core/adapter';
import {
  carryOut,
  type DeliveryOptions,
  deliver,
  type Parcel,
  refusal,
  shownInfrastructure,
  timesOf,
} from '@flowstate/core/delivery';
import { guarded } from '@flowstate/core/http';
import type { AzureEventHandler, HookApp, TriggerContext } from './app.js';
import { type FunctionOptions, onErrorOf, refusedOf, timeoutOf } from './service.js';
import { shutdownOf, termination } from './termination.js';

/** How events are carried out. */
export interface EventOptions extends FunctionOptions, Pick<DeliveryOptions, 'refused'> {}

/** A kind of event. */
export interface EventKind {
  /** The handler's name, for errors. */
  readonly what: string;
  /** What an invocation delivers; undefined: it is no such event at all. */
  readonly parcelsOf: (event: unknown, context: TriggerContext) => readonly Parcel[] | undefined;
  /** Runs under way at once. */
  readonly concurrency: number;
}

/**
 * A handler of one kind of events. A run that ended with an error has ended: `onError` is told, and its event is done; so is
 * one whose run goes on by itself. What met an error of the infrastructure or was not reached in time is thrown, by its code
 * alone, and delivered again: of a batch the whole, and those of it that were done are the same runs then.
 */
export function receiving<Input, Output>(
  app: HookApp,
  fn: FlowFunction<Input, Output>,
  { what, parcelsOf, concurrency }: EventKind,
  options: EventOptions,
): AzureEventHandler {
  const timeoutMs = timeoutOf(what, options);
  const refused = refusedOf(what, options);
  const onError = guarded(onErrorOf(options));
  const shutdown = shutdownOf(what, app);
  // Others wait behind an ordered event, and it comes alone or with those.
  const groupOf = ({ isOrdered }: Parcel): string | undefined => (isOrdered ? 'all' : undefined);
  return (event, context) =>
    termination.during(async () => {
      const times = { ...timesOf(processPlatform.now(), timeoutMs), shutdown };
      const parcels = parcelsOf(event, context);
      if (parcels === undefined)
        throw refusal('MESSAGE_INVALID', `not an event of its trigger: ${what} takes no other`);
      const again = await carryOut(parcels, { concurrency, groupOf, until: times.answerBy }, (parcel) =>
        deliver(fn, parcel, times, { onError, refused }),
      );
      if (again.size === 0) return;
      const which = parcels.length === 1 ? 'the event is' : `${again.size} of ${parcels.length} events are`;
      throw shownInfrastructure(new FlowstateError('RUN_INFRASTRUCTURE', `${which} to be delivered again`));
    });
}
