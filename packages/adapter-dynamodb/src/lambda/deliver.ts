/** Events that nobody waits for: each is a run, and either done with or to be delivered again. */
import { FlowstateError, isFlowstateError, rebuildError } from '@flowstate/core/adapter';
import type { OnError } from '@flowstate/core/http';
import { type Called, call, type Ending } from './call.js';
import type { Invocation } from './deadline.js';
import { knownCode } from './thrown.js';

/** What becomes of an event that can never be run: see {@link DeliveryOptions.refused}. */
export type Refused = 'drop' | 'redeliver';

/** How events are carried out. */
export interface DeliveryOptions {
  /**
   * What becomes of an event that is refused for good: its body is malformed, the schema refuses its input, or no row could
   * hold it. `drop`, the default: it is told to `onError` and not delivered again, for it would be refused for ever and be
   * in the way of others. `redeliver`: it is told and delivered again until the platform gives it up, so that the
   * dead-letter queue of the trigger gets it: only where there is one.
   */
  readonly refused?: Refused;
  /** How many runs are under way at once. Default 10. */
  readonly concurrency?: number;
  /**
   * Told of refused events, of runs that ended with an error, and of errors of the infrastructure. Default: one line on the
   * error output.
   */
  readonly onError?: OnError;
}

/** An event on its way to a function. */
export interface Parcel {
  /** Names it, for those who read of errors. */
  readonly what: string;
  /** An id that the user's options choose; undefined: the platform's own. */
  readonly chosenId: () => string | undefined;
  readonly ownId: () => string;
  readonly input: () => unknown;
}

/** `done`: it has ended, or goes on by itself. `again`: nobody knows, and it is to be delivered again. */
export type Fate = 'done' | 'again';

/** Carries one event out. Never throws. */
export async function deliver(
  fn: Called,
  parcel: Parcel,
  { deadline, answerBy }: Invocation,
  { refused = 'drop', onError }: { readonly refused?: Refused; readonly onError: OnError },
): Promise<Fate> {
  const dropped: Fate = refused === 'drop' ? 'done' : 'again';
  const { what } = parcel;
  let id: string | undefined;
  let ending: Ending;
  try {
    const text = textOf(parcel);
    if ('cause' in text) {
      const malformed = text.cause instanceof SyntaxError || text.cause instanceof URIError;
      const so = malformed ? 'is refused: it cannot be read' : 'cannot be read: an option threw';
      onError(new FlowstateError('RUN_INPUT_INVALID', `${what} ${so}`, text));
      // What is no JSON stays so; an option that throws is a mistake of the code, and no reason to lose an event.
      return malformed ? dropped : 'again';
    }
    id = text.id;
    ending = await call(fn, text, { deadline, answerBy });
  } catch (cause) {
    const code = isFlowstateError(cause) ? cause.code : 'RUN_INFRASTRUCTURE';
    const why = cause instanceof Error ? cause.message : String(cause);
    onError(new FlowstateError(code, `${what} is to be delivered again: ${why}`, { cause }));
    return 'again';
  }
  // It has come before, and its run ended so long ago that nothing is left of it.
  if (ending.ended === 'refused' && ending.code === 'RUN_EXPIRED') return 'done';
  if (ending.ended === 'refused') {
    const message = `${what} is refused: ${ending.message}`;
    onError(new FlowstateError(knownCode(ending.code), message, { runId: id }));
    return dropped;
  }
  if (ending.ended === 'error') {
    const { name, message } = ending.error;
    const ended = `${what}: run ${id} of ${fn.name} ended with an error: ${name}: ${message}`;
    onError(new Error(ended, { cause: rebuildError(ending.error) }));
  }
  return 'done';
}

function textOf(
  parcel: Parcel,
): { readonly id: string; readonly input: unknown; readonly trigger: boolean } | { readonly cause: unknown } {
  try {
    const chosen = parcel.chosenId();
    return { id: chosen ?? parcel.ownId(), input: parcel.input(), trigger: chosen === undefined };
  } catch (cause) {
    return { cause };
  }
}
