/** What handlers throw: the platform shows its name as `errorType`, its message, its stack. */
import { FlowstateError, type Thrown } from '@flowstate/core/adapter';
import { bare, shownInfrastructure } from '@flowstate/core/delivery';

/** What a handler returns, or throws on purpose. */
export type Answer<Result> = { readonly answer: Result } | { readonly thrown: Error };

/** The error that a run ended with, as whoever invoked sees it: name, message, code; no class, cause or stack. */
export function shownOutcome({ name, message, code }: Thrown): Error {
  const error = bare(new Error(message), name);
  return code === undefined ? error : Object.assign(error, { code });
}

/** A batch of which nothing is done with: thrown, it comes again as a whole, whatever the trigger is told of single ones. */
export function allAgain(count: number): Error {
  const message = count === 1 ? 'the event is' : `all ${count} events are`;
  return shownInfrastructure(new FlowstateError('RUN_INFRASTRUCTURE', `${message} to be delivered again`));
}
