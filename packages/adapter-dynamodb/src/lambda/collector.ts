/** The collector as the target of a schedule. One is needed; any number does no harm. */
import type { Duration, Flow } from '@flowstate/core/adapter';
import { type CollectedCounts, collecting, everyMsOf, shownInfrastructure } from '@flowstate/core/delivery';
import { type OnError, toConsole } from '@flowstate/core/http';
import { type LambdaHandler, receiving } from './receive.js';

/** Options of `lambda.collector(flow)`. */
export interface CollectorOptions {
  /** Passes so often, until a minute or the time of the invocation is over. Default: one pass. */
  readonly every?: Duration;
  /** Told of every pass that failed. Default: one line on the error output. */
  readonly onError?: OnError;
}

/**
 * `lambda.collector(flow)`: for a schedule of EventBridge, each minute; what it delivers is not looked at. With `every` the
 * invocation lasts up to a minute, and what crashed is found as soon.
 *
 * Throws where every pass failed. The flow needs an invoker: what is launched in this process is frozen with it.
 */
export function collector(
  flow: Flow,
  options: CollectorOptions = {},
): LambdaHandler<unknown, CollectedCounts> {
  const everyMs = everyMsOf('lambda.collector', options.every);
  const onError = options.onError ?? toConsole;
  return receiving(flow, onError, async (_, { begun, answerBy }) => {
    try {
      return { answer: await collecting(flow, { everyMs, begun, answerBy, onError }) };
    } catch (error) {
      // Each pass has told of its own.
      return { thrown: shownInfrastructure(error) };
    }
  });
}
