/** What is answered of a run as its intent shows it. */
import { encodeOutcome, rebuildError, unwrap } from '../codec.js';
import { type ErrorCode, FlowstateError, isFlowstateError } from '../errors.js';
import { parseThrown, type Reply, type RunStatus, refused } from '../platform/message.js';
import type { Intent } from '../protocol/intent.js';

/** The stored outcome of a finished run. */
export function replyOf(intent: Intent): Reply {
  const { outcome, run } = intent;
  if (outcome === undefined)
    throw new FlowstateError('STORE_CORRUPT', `run ${intent.id} is done and has no outcome`);
  return 'ok' in outcome
    ? { reply: 'result', run, value: outcome.ok }
    : { reply: 'error', run, error: JSON.stringify(outcome.error) };
}

/** Not done: running, waiting or paused. */
export function pending(intent: Intent): Reply {
  const { run, reason } = intent;
  const state = intent.state === 'waiting' || intent.state === 'paused' ? intent.state : 'running';
  return { reply: 'pending', run, state, ...(reason === undefined ? {} : { reason }) };
}

/** There is no such run, or no more. */
export function unknownRun(run: string): Reply {
  return refused('RUN_UNKNOWN', `no run has the key ${run}`);
}

/** Where a run stands. */
export function statusOf(intent: Intent): RunStatus {
  const { function: name, id, run, state, attempts, epoch, reason, outcome } = intent;
  return {
    function: name,
    id,
    run,
    state,
    attempts,
    epoch,
    ...(reason === undefined ? {} : { reason }),
    ...(outcome === undefined ? {} : { outcome: encodeOutcome(outcome) }),
  };
}

/** The value of a reply, or its error thrown. */
export function outputOf(reply: Reply, id: string): unknown {
  switch (reply.reply) {
    case 'result':
      return unwrap({ ok: reply.value });
    case 'error':
      throw rebuildError(parseThrown(JSON.parse(reply.error)));
    case 'refused': {
      const code = isFlowstateError({ code: reply.code, hint: '' })
        ? (reply.code as ErrorCode)
        : 'RUN_INFRASTRUCTURE';
      throw new FlowstateError(code, reply.message, { runId: id });
    }
    default:
      throw new FlowstateError('MESSAGE_INVALID', `a call was answered with "${reply.reply}"`, { runId: id });
  }
}
