/** How an invocation ends, in the service's own words. */
import type { Exit } from '../child.js';

/** What the service says of a failed invocation. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What the function answered, as JSON text, or why it did not. */
export type Outcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly payload: string; readonly error: FunctionError };

/** The largest response that the service carries: 100 bytes more than the largest request. */
export const RESPONSE_BYTES_MAX = 6 * 1024 * 1024 + 100;

/** A failed invocation. */
export function failed(error: FunctionError): Outcome {
  return { ok: false, payload: JSON.stringify(error), error };
}

/** A failure as the runtime reports it: JSON text with errorType, errorMessage and trace. */
export function reported(payload: string): Outcome {
  return { ok: false, payload, error: errorIn(payload) };
}

/** The outcome of an invocation that was not answered before the time-out. */
export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  return failed({ errorType: 'Sandbox.Timedout', errorMessage });
}

/** The outcome of an invocation whose process ended before it answered. */
export function exited(requestId: string, exit: Exit): Outcome {
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited ${reasonOf(exit)}`;
  return failed({ errorType: 'Runtime.ExitError', errorMessage });
}

/** The outcome of an invocation whose answer is too large to be carried. */
export function responseTooLarge(): Outcome {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
  return failed({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function reasonOf({ code, signal }: Exit): string {
  if (signal !== null) return `with error: signal: ${SIGNALS[signal] ?? signal}`;
  return code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
}

function errorIn(payload: string): FunctionError {
  const unknown = { errorType: 'Runtime.Unknown', errorMessage: payload };
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== 'object' || value === null) return unknown;
    const { errorType, errorMessage, trace } = value as Record<string, unknown>;
    return {
      errorType: typeof errorType === 'string' ? errorType : unknown.errorType,
      errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
      ...(Array.isArray(trace) ? { trace: trace.map(String) } : {}),
    };
  } catch {
    return unknown;
  }
}
