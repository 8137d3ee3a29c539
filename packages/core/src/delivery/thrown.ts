/**
 * Errors as handlers throw them. A platform may show all of an error to whoever invoked: its name, its message, its stack. So
 * none has a stack of its own, and the name of ours is their code, which retriers look at.
 */
import { ERRORS, type ErrorCode, FlowstateError, isFlowstateError } from '../errors.js';

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

/** The code, or that of the infrastructure where nobody knows it. */
export function knownCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'RUN_INFRASTRUCTURE';
}

/** The error without a stack, by that name. */
export function bare<E extends Error>(error: E, name: string): E {
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  error.stack = `${name}: ${error.message}`;
  return error;
}
