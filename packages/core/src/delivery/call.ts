/** One call of a function, carried out by this process as far as its time reaches. */
import { decode, encode } from '../codec.js';
import { processPlatform } from '../default-platform.js';
import { FlowstateError, isFlowstateError } from '../errors.js';
import type { Receiver } from '../function.js';
import { NESTING_MAX, nestsDeeper } from '../http/body.js';
import { outcomeOf as knownOutcome, statusOf } from '../http/status.js';
import type { Reply, RunStatus, Thrown } from '../platform/message.js';
import { inTime, type Times } from './deadline.js';

/** The function that is called. */
export interface Called {
  readonly name: string;
  readonly flow: Receiver;
}

/** What is called for. */
export interface CallText {
  readonly id: string;
  readonly input: unknown;
  /** The id is the platform's own: where another input comes under it, the stored one wins. */
  readonly trigger: boolean;
}

/** What became of a call. `pending`: its run is stored, and goes on by itself. */
export type Ending =
  | { readonly ended: 'result'; readonly value: unknown }
  | { readonly ended: 'error'; readonly error: Thrown }
  | ({ readonly ended: 'pending' } & Standing)
  | { readonly ended: 'refused'; readonly code: string; readonly message: string };

/** Where a run stands that has not ended. */
export type Standing = Pick<RunStatus, 'state' | 'reason'>;

const LOOK_MS = 20;
const LOOK_MS_MAX = 1000;

/**
 * Runs a function under an id, or asks what became of it. The execution is over when this returns: a process may be frozen
 * then. @throws FlowstateError for errors of the infrastructure
 */
export async function call(fn: Called, { id, input, trigger }: CallText, times: Times): Promise<Ending> {
  if (typeof id !== 'string' || id === '' || !id.isWellFormed())
    return refused('RUN_INPUT_INVALID', 'the event names no run: an id is a text that is not empty');
  const encoded = encodedInput(fn.name, input);
  if (typeof encoded !== 'string') return encoded;
  const reply = await inTime(
    fn.flow.receive(
      { kind: 'call', function: fn.name, id, input: encoded, ...(trigger ? { trigger } : {}) },
      {
        deadline: times.deadline,
        ...(times.shutdown === undefined ? {} : { shutdown: times.shutdown }),
      },
    ),
    times.answerBy,
  );
  return endingOf(fn, reply);
}

/**
 * The outcome of a run, looked for until then or until this process is to end; where it stands, if there is none.
 * @throws FlowstateError for errors of the infrastructure
 */
export async function outcomeOf(
  fn: Called,
  id: string,
  until: number,
  answerBy: number,
  shutdown?: AbortSignal,
): Promise<Ending> {
  for (let pause = LOOK_MS; ; pause = Math.min(pause * 1.5, LOOK_MS_MAX)) {
    const status = await inTime(statusOf({ ...fn, id }), answerBy);
    // The run was there when it was asked for, and is no more.
    const ending = status === undefined ? expired(fn) : (endingIn(status) ?? standingOf(fn, status));
    const left = until - processPlatform.now();
    // A run that is set aside does not go on before somebody repairs it.
    if (ending.ended !== 'pending' || ending.state === 'paused' || left <= 0 || shutdown?.aborted === true)
      return ending;
    await processPlatform.wait(Math.min(pause, left), shutdown);
  }
}

function endingOf(fn: Called, reply: Reply): Ending {
  if (reply.reply === 'pending') return standing(reply);
  if (reply.reply === 'refused')
    return reply.code === 'RUN_UNKNOWN' ? expired(fn) : refused(reply.code, reply.message);
  const ending = endingIn(reply);
  if (ending !== undefined) return ending;
  throw new FlowstateError('MESSAGE_INVALID', `a call was answered with "${reply.reply}"`);
}

/** The outcome that a reply or a status holds, if it holds one. */
function endingIn(known: Reply | RunStatus): Ending | undefined {
  const outcome = knownOutcome(known);
  if (outcome === undefined) return undefined;
  return 'ok' in outcome
    ? { ended: 'result', value: decode(outcome.ok) }
    : { ended: 'error', error: outcome.error };
}

function standingOf(fn: Called, status: RunStatus): Ending {
  return status.state === 'gone' ? expired(fn) : standing(status);
}

function standing({ state, reason }: Standing): Ending {
  return { ended: 'pending', state, ...(reason === undefined ? {} : { reason }) };
}

function refused(code: string, message: string): Ending {
  return { ended: 'refused', code, message };
}

function expired({ name }: Called): Ending {
  return refused('RUN_EXPIRED', `this run of ${name} ended and its result is no longer kept`);
}

function encodedInput(name: string, input: unknown): string | Ending {
  // Recursive code, here and in user land, must not be driven out of its stack.
  if (nestsDeeper(input, NESTING_MAX))
    return refused('VALUE_NOT_SERIALIZABLE', `the input of ${name} nests deeper than ${NESTING_MAX} levels`);
  try {
    return encode(input, `the input of ${name}`);
  } catch (error) {
    const message = isFlowstateError(error) ? error.message : `the input of ${name} cannot be stored`;
    return refused('VALUE_NOT_SERIALIZABLE', message);
  }
}
