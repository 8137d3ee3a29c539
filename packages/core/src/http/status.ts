/** What is answered of a run, to the one who asked for it and to whoever holds the address of its status. */
import { decode, decodeOutcome } from '../codec.js';
import { type ErrorCode, FlowstateError, isFlowstateError } from '../errors.js';
import type { Receiver } from '../function.js';
import { parseThrown, type Reply, type RunStatus, type Thrown } from '../platform/message.js';
import { runKey } from '../protocol/layout.js';
import { isFlowRefusal, json, OUTCOME_HEADER, Refusal, runIdHeader, shownError } from './answers.js';
import { type Signer, statusClaim } from './signature.js';

/** A run, and how it is shown. */
export interface ShownRun {
  readonly flow: Receiver;
  readonly name: string;
  readonly id: string;
  /** What clients see of a result. Default: the value, as JSON. */
  readonly output?: ((value: never) => unknown) | undefined;
}

type Outcome = ReturnType<typeof decodeOutcome>;

/** Where a run stands; undefined: there is none. @throws FlowstateError for infrastructure errors */
export async function statusOf({
  flow,
  name,
  id,
}: Pick<ShownRun, 'flow' | 'name' | 'id'>): Promise<RunStatus | undefined> {
  const reply = await flow.receive({ kind: 'status', function: name, run: runKey(name, id) });
  if (reply.reply !== 'status')
    throw new FlowstateError('MESSAGE_INVALID', `a status was answered with "${reply.reply}"`);
  return reply.status;
}

/** The outcome that a status or a reply holds, if it holds one. */
export function outcomeOf(known: RunStatus | Reply): Outcome | undefined {
  if (!('reply' in known)) return known.outcome === undefined ? undefined : decodeOutcome(known.outcome);
  if (known.reply === 'result') return { ok: known.value };
  return known.reply === 'error' ? { error: parseThrown(JSON.parse(known.error)) } : undefined;
}

/** The answer to the one who asked: the result as it is, the handler's error as a 500 that says it is an outcome. */
export function answerOutcome(run: ShownRun, outcome: Outcome): Response {
  const headers = { ...runIdHeader(run.id) };
  if ('error' in outcome) return errorOutcome(outcome.error, headers);
  return json(200, shownResult(run, outcome.ok), { ...headers, [OUTCOME_HEADER]: 'result' });
}

function errorOutcome(error: Thrown, headers: Record<string, string>): Response {
  return json(500, { outcome: 'error', error: shownError(error) }, { ...headers, [OUTCOME_HEADER]: 'error' });
}

/** What clients see of a result. @throws Refusal HTTP_OUTPUT where it cannot be shown; the run is done all the same. */
function shownResult({ name, output }: ShownRun, encoded: string): unknown {
  // The value is what the handler returned: of the type that its `output` takes.
  const value = decode(encoded) as never;
  try {
    const shown = output === undefined ? value : output(value);
    return shown === undefined || JSON.stringify(shown) === undefined ? null : shown;
  } catch (cause) {
    throw new Refusal('HTTP_OUTPUT', `the result of ${name} cannot be shown as JSON`, {}, { cause });
  }
}

/** The answer of a run's status. @throws Refusal RUN_UNKNOWN, RUN_EXPIRED */
export async function answerStatus(run: ShownRun): Promise<Response> {
  const status = await statusOf(run);
  if (status === undefined) throw new Refusal('RUN_UNKNOWN', `${run.name} has no run of this id`);
  const outcome = outcomeOf(status);
  if (status.state === 'gone' && outcome === undefined) throw expired(run);
  const { state, reason } = status;
  const shown =
    outcome === undefined
      ? reason === undefined
        ? {}
        : { reason }
      : 'error' in outcome
        ? { error: shownError(outcome.error) }
        : { result: shownResult(run, outcome.ok) };
  return json(200, { state, ...shown }, runIdHeader(run.id));
}

/** What a flow refused, for the one who asked. A code that is the infrastructure's is an error like any other. */
export function refusalOf(run: ShownRun, { code, message }: Extract<Reply, { reply: 'refused' }>): Error {
  // The run was there when it was asked for, and is no more.
  if (code === 'RUN_UNKNOWN') return expired(run);
  const known = isFlowstateError({ code, hint: '' }) ? (code as ErrorCode) : 'RUN_INFRASTRUCTURE';
  return isFlowRefusal(known)
    ? new Refusal(known, message)
    : new FlowstateError(known, message, { runId: run.id });
}

/** The refusal of a run that ended too long ago. */
export function expired({ name }: ShownRun): Refusal {
  return new Refusal('RUN_EXPIRED', `this run of ${name} ended and its result is no longer kept`);
}

/** The signature that opens a run's status. */
export function statusSignature(signer: Signer, { name, id }: ShownRun): Promise<string> {
  return signer.sign(statusClaim(name, id));
}

/** @throws Refusal HTTP_UNAUTHORIZED where the signature does not open this run's status. */
export async function checkStatusSignature(
  signer: Signer,
  { name, id }: ShownRun,
  signature: string,
): Promise<void> {
  if (await signer.verify(signature, statusClaim(name, id))) return;
  const hint = 'Use the whole address that the 202 gave, with its signature.';
  throw new Refusal('HTTP_UNAUTHORIZED', 'the address of this status is not signed', {}, { hint });
}
