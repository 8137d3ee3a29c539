/** How much time the platform gives. */
import { processPlatform } from '@flowstate/core/adapter';
import { type Times, timesOf } from '@flowstate/core/delivery';

/** What the Lambda runtime hands to a handler beside the event, as far as it is looked at. */
export interface LambdaContext {
  /** The same at every retry that Lambda makes of an asynchronous invocation. */
  readonly awsRequestId: string;
  /** Milliseconds until the invocation is ended. */
  getRemainingTimeInMillis(): number;
}

/** One invocation of a handler. Times are in ms since the epoch. */
export interface Invocation extends Times {
  readonly context: LambdaContext;
  readonly begun: number;
}

/** The invocation of a context. */
export function invocationOf(context: LambdaContext): Invocation {
  const begun = processPlatform.now();
  const remaining = Math.max(0, Math.floor(context.getRemainingTimeInMillis()));
  return { context, begun, ...timesOf(begun, remaining) };
}
