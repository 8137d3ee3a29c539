/** Requests through API Gateway, function URLs and load balancers. */
import { type FlowFunction, milliseconds } from '@flowstate/core/adapter';
import { refusal } from '@flowstate/core/delivery';
import { answerError, entry, type HttpOptions, toConsole } from '@flowstate/core/http';
import type { Invocation } from './deadline.js';
import { type HttpEvent, type HttpResult, isHttpEvent, requestOf, resultOf } from './http-events.js';
import { principalOf } from './principal.js';
import { type LambdaHandler, receiving } from './receive.js';

/** Options of `lambda.http(fn)`. */
export interface LambdaHttpOptions<Input, Output, Event extends HttpEvent = HttpEvent>
  extends Omit<HttpOptions<Input, Output>, 'timeout' | 'background' | 'input' | 'id' | 'principal'> {
  /** The run's input: all that it sees of the request. Default: the body. */
  readonly input?: (request: Request, body: unknown, event: Event) => Input | Promise<Input>;
  /** The run's id; undefined: the Idempotency-Key decides. */
  readonly id?: (
    request: Request,
    body: unknown,
    event: Event,
  ) => string | undefined | Promise<string | undefined>;
  /**
   * Who sends it: an Idempotency-Key counts per principal. Default: whom the platform has authenticated (a token's issuer
   * and subject, an identity of a pool, an ARN, the `principalId` of a Lambda authorizer), else a hash of Authorization.
   */
  readonly principal?: (request: Request, event: Event) => string | undefined | Promise<string | undefined>;
}

/** API Gateway waits for 29 s: the answer is to be out before. */
const WAIT = '28s';

/**
 * `lambda.http(fn)`: answers as `http(fn)` does everywhere. `wait` is 28 s unless given, which API Gateway allows, and ends
 * before the invocation in any case. A run that is not done then is handed over to the collector, and the answer is a 202.
 * An event that is no request at all is thrown. @throws TypeError for options that cannot be
 */
export function http<Input, Output, Event extends HttpEvent = HttpEvent>(
  fn: FlowFunction<Input, Output>,
  options: LambdaHttpOptions<Input, Output, Event> = {},
): LambdaHandler<Event, HttpResult> {
  const { onError = toConsole } = options;
  milliseconds('wait', options.wait ?? WAIT);
  return receiving(fn.flow, onError, async (event, invocation) => {
    if (!isHttpEvent(event)) {
      const message = 'not a request of API Gateway or a function URL: lambda.http(fn) takes no other';
      return { thrown: refusal('MESSAGE_INVALID', message) };
    }
    // The user's word for what else is in an event.
    const response = await answered(fn, event as Event, invocation, { ...options, onError });
    return { answer: await resultOf(event, response) };
  });
}

async function answered<Input, Output, Event extends HttpEvent>(
  fn: FlowFunction<Input, Output>,
  event: Event,
  { begun, deadline }: Invocation,
  options: LambdaHttpOptions<Input, Output, Event> & { readonly onError: (error: unknown) => void },
): Promise<Response> {
  const { input, id, principal, wait = WAIT, ...shared } = options;
  let request: Request;
  try {
    request = requestOf(event);
  } catch (error) {
    return answerError(error, undefined, options.onError);
  }
  // Made anew for each request: the time that is left is its own.
  const answer = entry(fn, {
    ...shared,
    wait,
    timeout: deadline - begun,
    background: false,
    principal: (its) => (principal === undefined ? principalOf(event) : principal(its, event)),
    ...(input === undefined ? {} : { input: (its, body) => input(its, body, event) }),
    ...(id === undefined ? {} : { id: (its, body) => id(its, body, event) }),
  });
  return answer(request);
}
