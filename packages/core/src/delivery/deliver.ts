/** Events that nobody waits for: each is a run, and either done with or to be delivered again. */
import { rebuildError } from '../codec.js';
import { FlowstateError, isFlowstateError } from '../errors.js';
import type { OnError } from '../http/answers.js';
import { type Called, type CallText, call, type Ending, outcomeOf } from './call.js';
import type { Times } from './deadline.js';
import { knownCode } from './thrown.js';

/** What becomes of an event that can never be run: see {@link DeliveryOptions.refused}. */
export type Refused = 'drop' | 'redeliver';

/** How events are carried out. */
export interface DeliveryOptions {
  /**
   * What becomes of an event that is refused for good: its body is malformed, the schema refuses its input, `input` throws a
   * `FlowstateError` RUN_INPUT_INVALID, or no row could hold it. `drop`, the default: it is told to `onError` and not delivered again, for it would be refused for ever and be
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
  readonly chosenId: () => unknown;
  readonly ownId: () => string;
  /** What the user's options make of the event; undefined: there is no such option. */
  readonly chosenInput: (() => unknown) | undefined;
  /** The platform's own reading of the event. @throws where it is malformed */
  readonly ownInput: () => unknown;
  /** Whether others wait behind it: then it is done with only when its run has ended, or was set aside. */
  readonly isOrdered: boolean;
  /**
   * Whether the platform delivers it again at once, and only a few times: then, where others wait behind it, the end of its
   * run is waited for here, as long as there is time.
   */
  readonly comesAtOnce?: boolean;
}

/** `done`: it has ended, or goes on by itself. `again`: nobody knows, and it is to be delivered again. */
export type Fate = 'done' | 'again';

/** How an event is carried out. */
export interface Carrying {
  readonly refused?: Refused;
  readonly onError: OnError;
}

/** Left for the last look at a run, in ms. */
const LAST_LOOK_MS = 1000;

/** The event cannot be run as the options make it: a mistake of the code, and no reason to lose an event. */
class Mistaken extends Error {}
/** Nobody could ever run the event. */
class Malformed extends Error {}

/** Carries one event out. Never throws. */
export async function deliver(
  fn: Called,
  parcel: Parcel,
  times: Times,
  { refused = 'drop', onError }: Carrying,
): Promise<Fate> {
  const dropped: Fate = refused === 'drop' ? 'done' : 'again';
  const { what } = parcel;
  let text: CallText | undefined;
  try {
    text = textOf(parcel);
    const ending = await endOf(fn, parcel, text, times);
    // It has come before, and its run ended so long ago that nothing is left of it.
    if (ending.ended === 'refused' && ending.code === 'RUN_EXPIRED') return 'done';
    if (ending.ended === 'refused') {
      const isMistake = parcel.chosenInput !== undefined && ending.code === 'VALUE_NOT_SERIALIZABLE';
      onError(
        new FlowstateError(knownCode(ending.code), `${what} is refused: ${ending.message}`, {
          runId: text.id,
        }),
      );
      return isMistake ? 'again' : dropped;
    }
    if (ending.ended === 'pending') return parcel.isOrdered && ending.state !== 'paused' ? 'again' : 'done';
    if (ending.ended === 'error') {
      const { name, message } = ending.error;
      const ended = `${what}: run ${text.id} of ${fn.name} ended with an error: ${name}: ${message}`;
      onError(new Error(ended, { cause: rebuildError(ending.error) }));
    }
    return 'done';
  } catch (cause) {
    if (cause instanceof Malformed || cause instanceof Mistaken) {
      const { message, cause: why } = cause;
      onError(new FlowstateError('RUN_INPUT_INVALID', `${what} ${message}`, { cause: why }));
      return cause instanceof Malformed ? dropped : 'again';
    }
    const goesOn = text !== undefined && !parcel.isOrdered && (await isLeft(fn, text, times));
    const code = isFlowstateError(cause) ? cause.code : 'RUN_INFRASTRUCTURE';
    const fate = goesOn ? 'is left to the collector' : 'is to be delivered again';
    const why = cause instanceof Error ? cause.message : String(cause);
    onError(new FlowstateError(code, `${what} ${fate}: ${why}`, { cause }));
    return goesOn ? 'done' : 'again';
  }
}

async function endOf(fn: Called, parcel: Parcel, text: CallText, times: Times): Promise<Ending> {
  const ending = await call(fn, text, times);
  const isOver = ending.ended !== 'pending' || ending.state === 'paused';
  if (isOver || !parcel.isOrdered || parcel.comesAtOnce !== true) return ending;
  return outcomeOf(fn, text.id, times.answerBy - LAST_LOOK_MS, times.answerBy, times.shutdown);
}

/**
 * Whether the event's run is stored, and goes on by itself. Under an id of its own an event that comes again until it is given
 * up, and is sent once more from there, has another id, and would be carried out twice. A chosen id stays what it is.
 */
async function isLeft(fn: Called, { id, trigger }: CallText, { answerBy }: Times): Promise<boolean> {
  if (!trigger) return false;
  try {
    const { ended } = await outcomeOf(fn, id, 0, answerBy);
    return ended !== 'refused';
  } catch {
    // It has been told that the infrastructure fails.
    return false;
  }
}

function textOf(parcel: Parcel): CallText {
  const chosen = chosenBy('id', parcel.chosenId) ?? undefined;
  if (chosen !== undefined && (typeof chosen !== 'string' || chosen === '' || !chosen.isWellFormed()))
    throw new Mistaken('cannot be read: the option id gave no text, or an empty one');
  const { chosenInput } = parcel;
  const input = chosenInput === undefined ? ownInput(parcel) : chosenBy('input', chosenInput);
  return { id: chosen ?? parcel.ownId(), input, trigger: chosen === undefined };
}

function chosenBy(option: string, choose: () => unknown): unknown {
  try {
    return choose();
  } catch (cause) {
    if (isFlowstateError(cause, 'RUN_INPUT_INVALID'))
      throw new Malformed(`is refused: ${cause.message}`, { cause });
    throw new Mistaken(`cannot be read: the option ${option} threw`, { cause });
  }
}

function ownInput(parcel: Parcel): unknown {
  try {
    return parcel.ownInput();
  } catch (cause) {
    throw new Malformed('is refused: it cannot be read', { cause });
  }
}
