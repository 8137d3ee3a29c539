/** How much time the platform gives. */
import { FlowstateError, processPlatform } from '@flowstate/core/adapter';

/** What the Lambda runtime hands to a handler beside the event, as far as it is looked at. */
export interface LambdaContext {
  /** The same at every retry that Lambda makes of an asynchronous invocation. */
  readonly awsRequestId: string;
  /** Milliseconds until the invocation is ended. */
  getRemainingTimeInMillis(): number;
}

/** One invocation of a handler. Times are in ms since the epoch. */
export interface Invocation {
  readonly context: LambdaContext;
  readonly begun: number;
  /** When the platform ends it: executions hand over before. */
  readonly deadline: number;
  /** When the answer has to be ready. */
  readonly answerBy: number;
}

/** Left for the answer: so long, but no more than a share of what there is. */
const ANSWER_MS = 500;
const ANSWER_SHARE_MAX = 1 / 8;

/** The invocation of a context. */
export function invocationOf(context: LambdaContext): Invocation {
  const begun = processPlatform.now();
  const remaining = Math.max(0, Math.floor(context.getRemainingTimeInMillis()));
  const deadline = begun + remaining;
  const answerBy = deadline - Math.min(ANSWER_MS, remaining * ANSWER_SHARE_MAX);
  return { context, begun, deadline, answerBy };
}

/** What somebody answers by then. @throws FlowstateError RUN_INFRASTRUCTURE where nothing came; what comes later is not heard */
export async function inTime<T>(work: Promise<T>, by: number): Promise<T> {
  const answered = new AbortController();
  const late = processPlatform
    .wait(Math.max(0, by - processPlatform.now()), answered.signal)
    .then((): never => {
      throw new FlowstateError('RUN_INFRASTRUCTURE', 'no answer before the time was over');
    });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    work.catch(() => undefined);
    answered.abort();
  }
}
