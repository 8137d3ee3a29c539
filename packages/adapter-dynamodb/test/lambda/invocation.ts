/** A Lambda function in this process: events and answers pass through JSON, and what is thrown becomes a function error. */
import { randomUUID } from 'node:crypto';
import type { LambdaContext } from '../../src/lambda.js';

/** A handler, whatever it takes. */
export type AnyHandler = (event: never, context: LambdaContext) => Promise<unknown>;

/** An error as Lambda shows it to whoever invoked. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What whoever invoked is told. */
export type Invoked = { readonly payload: unknown } | { readonly functionError: FunctionError };

/** The longest that Lambda lets a function work, in ms. */
const REMAINING_MS = 15 * 60_000;

/** What the runtime hands to a handler. `remainingMs`: from now. */
export function contextOf({
  remainingMs = REMAINING_MS,
  requestId = randomUUID() as string,
} = {}): LambdaContext {
  const end = Date.now() + remainingMs;
  return { awsRequestId: requestId, getRemainingTimeInMillis: () => Math.max(0, end - Date.now()) };
}

/** Invokes a handler. */
export async function invoked(
  handler: AnyHandler,
  event: unknown,
  options: { readonly remainingMs?: number; readonly requestId?: string } = {},
): Promise<Invoked> {
  try {
    const result = await handler(JSON.parse(JSON.stringify(event)) as never, contextOf(options));
    return { payload: JSON.parse(JSON.stringify(result) ?? 'null') };
  } catch (error) {
    return { functionError: functionErrorOf(error) };
  }
}

/** What the runtime makes of what a handler throws. */
export function functionErrorOf(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}
