/** The errors of the invoke API: the caller hears them, and no function ran. */

/** An error of the service, as the SDK of any language reads it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    /** The name of the error in the service's API. */
    readonly code: string,
    readonly status: number,
    message: string,
    /** More fields of the answer. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** No function has that name. */
export function functionNotFound(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', 404, `Function not found: ${arn}`, { Type: 'User' });
}

/** All of the function's reserved concurrency is in use. */
export function throttled(): ServiceError {
  return new ServiceError('TooManyRequestsException', 429, 'Rate Exceeded.', {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Type: 'User',
  });
}

/** The payload is no JSON. */
export function notJson(reason: string): ServiceError {
  const message = `Could not parse request body into json: ${reason}`;
  return new ServiceError('InvalidRequestContentException', 400, message, { Type: 'User' });
}

/** A parameter has a value that it cannot have. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', 400, message, { Type: 'User' });
}

/** The payload is too large for its type of invocation. */
export function requestTooLarge(message: string): ServiceError {
  return new ServiceError('RequestTooLargeException', 413, message, { Type: 'User' });
}

/** Whether an error says that the function has no concurrency left. */
export function isThrottled(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'TooManyRequestsException';
}
