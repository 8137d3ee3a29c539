/**
 * Errors as handlers throw them. The platform shows all of an error to whoever invoked: its name as `errorType`, its message,
 * its stack. So none has a stack of its own, and the name of ours is their code, which retriers and state machines look at.
 */
import {
  ERRORS,
  type ErrorCode,
  FlowstateError,
  isFlowstateError,
  type Thrown,
} from '@flowstate/core/adapter';

/** What a handler returns, or throws on purpose. */
export type Answer<Result> = { readonly answer: Result } | { readonly thrown: Error };

/** The error that a run ended with, as whoever invoked sees it: name, message, code; no class, cause or stack. */
export function shownOutcome({ name, message, code }: Thrown): Error {
  const error = bare(new Error(message), name);
  return code === undefined ? error : Object.assign(error, { code });
}

/** A refusal for good. */
export function refusal(code: string, message: string): Error {
  return bare(new FlowstateError(knownCode(code), message), code);
}

/** An error of the infrastructure: its code and no more, for whoever invoked may be a stranger. */
export function shownInfrastructure(error: unknown): Error {
  const code = isFlowstateError(error) ? error.code : 'RUN_INFRASTRUCTURE';
  return bare(
    new FlowstateError(code, `The invocation could not be carried out now. ${ERRORS[code].hint}`),
    code,
  );
}

/** A batch of which nothing is done with: thrown, it comes again as a whole, whatever the trigger is told of single ones. */
export function allAgain(count: number): Error {
  const message = count === 1 ? 'the event is' : `all ${count} events are`;
  return shownInfrastructure(new FlowstateError('RUN_INFRASTRUCTURE', `${message} to be delivered again`));
}

/** The code, or that of the infrastructure where nobody knows it. */
export function knownCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'RUN_INFRASTRUCTURE';
}

function bare<E extends Error>(error: E, name: string): E {
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  error.stack = `${name}: ${error.message}`;
  return error;
}
