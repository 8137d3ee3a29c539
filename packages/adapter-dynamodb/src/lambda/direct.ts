/** Invocations of the function itself, whose payload is the input and whose answer is the result. */
import { type Duration, type FlowFunction, milliseconds } from '@flowstate/core/adapter';
import { call, type Ending, outcomeOf, refusal } from '@flowstate/core/delivery';
import { type OnError, toConsole } from '@flowstate/core/http';
import type { Invocation, LambdaContext } from './deadline.js';
import { type LambdaHandler, receiving } from './receive.js';
import { type Answer, shownOutcome } from './thrown.js';

/** Options of `lambda(fn)`. */
export interface DirectOptions<Event, Input, Output, Shown> {
  /** The run's input: all that it sees of the payload. Default: the payload. */
  readonly input?: (event: Event, context: LambdaContext) => Input;
  /** The run's id, chosen by whoever invokes. Default, and where it is undefined: the request id of the invocation. */
  readonly id?: (event: Event, context: LambdaContext) => string | undefined;
  /** What whoever invoked sees of the result, as JSON. Default: the result. */
  readonly output?: (value: Output) => Shown;
  /**
   * How long the run is waited for, at most; then it is handed over to the collector, for nothing goes on behind an answer.
   * Default: as long as the invocation may take.
   */
  readonly wait?: Duration;
  /**
   * Whether it takes the messages of `lambdaInvoker`: true unless given. `false` for a handler whose whole payload a stranger
   * may have written (a rule of IoT, an input path or transformer, a gateway's own integration): he could send messages.
   */
  readonly messages?: boolean;
  /** Told of errors of the infrastructure, of which only the code is shown. Default: one line on the error output. */
  readonly onError?: OnError;
}

/** The answer where the time was over before the run was: it is stored, and goes on by itself. */
export interface Accepted {
  readonly flowstate: 'accepted';
  /** The run's id. */
  readonly run: string;
  readonly state: string;
  /** Why it does not go on, where it was set aside. */
  readonly reason?: string;
}

/**
 * `lambda(fn)`: answers the result. An error that the run ended with is thrown by its name and message; so is what is
 * refused, and what the infrastructure could not do, by its code.
 *
 * Lambda's own retries of an asynchronous invocation have its request id, and are the same run: one that ended with an error
 * is not begun again, and the destination for failures gets that error. Who repeats synchronous invocations himself gives
 * `id`, since each has a request id of its own. Under an id of the option another input is refused.
 *
 * Whoever may invoke the Lambda function may also send messages to every function of the flow: IAM decides.
 */
export function direct<Input, Output, Event = Input, Shown = Output>(
  fn: FlowFunction<Input, Output>,
  options: DirectOptions<Event, Input, Output, Shown> = {},
): LambdaHandler<Event, Shown | Accepted> {
  const waitMs = options.wait === undefined ? Number.POSITIVE_INFINITY : milliseconds('wait', options.wait);
  const onError = options.onError ?? toConsole;
  return receiving(
    fn.flow,
    onError,
    async (payload, invocation) => {
      // The user's word for what the function is invoked with; a schema of the function looks at its input.
      const event = payload as Event;
      const asked = askedFor(event, invocation, options, onError);
      if ('thrown' in asked) return asked;
      const { id, ...text } = asked.answer;
      const until = Math.min(invocation.answerBy, invocation.begun + waitMs);
      const deadline = Math.min(invocation.deadline, invocation.begun + waitMs);
      const { answerBy } = invocation;
      const first = await call(fn, { id, ...text }, { deadline, answerBy });
      const last = first.ended === 'pending' ? await outcomeOf(fn, id, until, answerBy) : first;
      return answerOf(id, last, (value) => shownResult(fn.name, options.output, value, onError));
    },
    options.messages,
  );
}

function askedFor<Event, Input>(
  event: Event,
  { context }: Invocation,
  options: Pick<DirectOptions<Event, Input, never, unknown>, 'id' | 'input'>,
  onError: OnError,
): Answer<{ readonly id: string; readonly input: unknown; readonly trigger: boolean }> {
  try {
    const chosen = options.id?.(event, context) ?? undefined;
    const input = options.input === undefined ? event : options.input(event, context);
    return { answer: { id: chosen ?? context.awsRequestId, input, trigger: chosen === undefined } };
  } catch (cause) {
    onError(cause);
    return { thrown: refusal('RUN_INPUT_INVALID', 'the payload cannot be read as an id and an input') };
  }
}

function answerOf<Shown>(
  id: string,
  ending: Ending,
  shown: (value: unknown) => Answer<Shown>,
): Answer<Shown | Accepted> {
  switch (ending.ended) {
    case 'result':
      return shown(ending.value);
    case 'error':
      return { thrown: shownOutcome(ending.error) };
    case 'refused':
      return { thrown: refusal(ending.code, ending.message) };
    case 'pending': {
      const { state, reason } = ending;
      return {
        answer: { flowstate: 'accepted', run: id, state, ...(reason === undefined ? {} : { reason }) },
      };
    }
  }
}

/** What is shown of a result. Where it cannot be, the run is done all the same. */
function shownResult<Output, Shown>(
  name: string,
  output: ((value: Output) => Shown) | undefined,
  value: unknown,
  onError: OnError,
): Answer<Shown> {
  try {
    // The value is what the handler returned: of the type that `output` takes, or shown as it is.
    const shown = output === undefined ? (value as Shown) : output(value as Output);
    JSON.stringify(shown);
    return { answer: shown };
  } catch (cause) {
    onError(cause);
    const message = `the run of ${name} is done, and its result cannot be shown as JSON: give an output`;
    return { thrown: refusal('VALUE_NOT_SERIALIZABLE', message) };
  }
}
