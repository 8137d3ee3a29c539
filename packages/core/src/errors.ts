/**
 * The one table of errors. Codes never change within a major version, messages may. Programmer mistakes are plain
 * TypeErrors. `applied` says of a store error whether the request may have taken effect.
 */
export const ERRORS = {
  STORE_UNAVAILABLE: {
    applied: 'no',
    retry: true,
    hint: 'The database refused or was not reached. Nothing was applied; it is tried again.',
  },
  STORE_OUTCOME_UNKNOWN: {
    applied: 'unknown',
    retry: true,
    hint: 'A request was sent and not answered. The protocol looks for its trace before it goes on.',
  },
  STORE_LIMIT_EXCEEDED: {
    applied: 'no',
    retry: false,
    hint: 'Store less: keep large values elsewhere and only their reference in the item.',
  },
  STORE_MISCONFIGURED: {
    applied: 'no',
    retry: false,
    hint: "Run the adapter's setup and check the credentials and the table names.",
  },
  STORE_CORRUPT: {
    applied: 'no',
    retry: false,
    hint: 'A row is not one that Flowstate wrote. Look for writers that bypass the library.',
  },
  RUN_INFRASTRUCTURE: {
    applied: 'unknown',
    retry: true,
    hint: 'Deliver again under the same run id, or leave it to the collector: nothing happens twice.',
  },
  RUN_IN_PROGRESS: {
    applied: 'no',
    retry: true,
    hint: 'Another execution is at work. Ask again later, or wait with run.result().',
  },
  RUN_PAUSED: {
    applied: 'no',
    retry: false,
    hint: 'Read the reason, repair the cause, then resume the run.',
  },
  RUN_ID_REUSED: {
    applied: 'no',
    retry: false,
    hint: 'A run id is an idempotency key: use a new id for a new input.',
  },
  RUN_UNKNOWN: { applied: 'no', retry: false, hint: 'No run has this id. Check the function and the id.' },
  RUN_EXPIRED: { applied: 'no', retry: false, hint: 'The run ended and its result is no longer kept.' },
  RUN_INPUT_INVALID: {
    applied: 'no',
    retry: false,
    hint: "The input does not fit the function's schema. Nothing was stored.",
  },
  FUNCTION_UNKNOWN: {
    applied: 'no',
    retry: false,
    hint: 'Register it with flow.function(...) in the process that receives it, or correct the name.',
  },
  MESSAGE_INVALID: { applied: 'no', retry: false, hint: 'The body is not a message of this version.' },
  VALUE_NOT_SERIALIZABLE: {
    applied: 'no',
    retry: false,
    hint: 'Use plain data: objects, arrays, Date, Map, Set, BigInt, typed arrays, errors.',
  },
  VALUE_TOO_LARGE: {
    applied: 'no',
    retry: false,
    hint: 'Store less: keep large values elsewhere and only their reference here. Nothing was written.',
  },
} as const satisfies Record<string, { applied: 'no' | 'unknown'; retry: boolean; hint: string }>;

/** The stable code of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** The codes that a store may throw. */
export type StoreErrorCode = Extract<ErrorCode, `STORE_${string}`>;

/** What else an error can name. */
export interface ErrorDetails {
  readonly cause?: unknown;
  readonly runId?: string;
  /** The step path, such as `2.0.1`. */
  readonly step?: string;
}

/** An error with a stable code and a hint that says what to do. */
export class FlowstateError extends Error {
  override readonly name: string = 'FlowstateError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly applied: 'no' | 'unknown';
  readonly retry: boolean;
  // Declared only: an error is not to be shown with what it does not have.
  declare readonly runId?: string;
  declare readonly step?: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = ERRORS[code].hint;
    this.applied = ERRORS[code].applied;
    this.retry = ERRORS[code].retry;
    if (details.runId !== undefined) this.runId = details.runId;
    if (details.step !== undefined) this.step = details.step;
  }
}

/** An error of a store: the adapter's translation of what its driver threw. */
export class StoreError extends FlowstateError {
  override readonly name = 'StoreError';
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, details: ErrorDetails = {}) {
    super(code, message, details);
  }
}

/** Whether an error is Flowstate's, of that code where given. Looks at the code, not at the class: two copies may be loaded. */
export function isFlowstateError(error: unknown, code?: ErrorCode): error is FlowstateError {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('hint' in error)) return false;
  return (
    typeof error.code === 'string' &&
    Object.hasOwn(ERRORS, error.code) &&
    (code === undefined || error.code === code)
  );
}
