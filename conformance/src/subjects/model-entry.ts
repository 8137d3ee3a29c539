/** What every entry of the model platform does with one event: a message to the flow, and what its reply means. */
import {
  type Call,
  decode,
  encode,
  type FlowFunction,
  isFlowstateError,
  parseThrown,
  processPlatform,
  type Reply,
  runKey,
} from '@flowstate/core/adapter';
import type { Broken } from './model-faults.js';

/** What became of an event. */
export type Taken =
  | { readonly taken: 'result'; readonly value: unknown }
  | { readonly taken: 'error'; readonly message: string; readonly shown: unknown }
  | { readonly taken: 'accepted' }
  | { readonly taken: 'failed'; readonly code: string; readonly shown: unknown }
  | { readonly taken: 'refused'; readonly reason: string };

/** An event that was understood. */
export interface Understood {
  readonly id: string;
  readonly input: unknown;
  /** Whether the id is the platform's own. */
  readonly trigger: boolean;
}

/** How an entry may take its time. */
export interface Patience {
  /** When the platform ends the entry, in ms since the epoch. */
  readonly deadline?: number;
  /** How long to wait for a run that goes on, in ms; undefined: until its execution ends. */
  readonly waitMs?: number;
}

const LOOK_MS = 5;

/** Hands an event to the flow. Never throws. */
export async function take(
  fn: FlowFunction<unknown, unknown>,
  { id, input, trigger }: Understood,
  patience: Patience,
  broken: Broken,
): Promise<Taken> {
  try {
    const call: Call = {
      kind: 'call',
      function: fn.name,
      id,
      input: encode(input),
      ...(trigger ? { trigger } : {}),
    };
    const delivery =
      patience.deadline === undefined || broken('deadline-ignored')
        ? {}
        : { deadline: broken('deadline-in-seconds') ? patience.deadline * 1000 : patience.deadline };
    const execution = fn.flow.receive(call, delivery);
    if (broken('accepted-before-it-is-stored')) {
      execution.catch(() => undefined);
      return { taken: 'accepted' };
    }
    const reply = await waited(fn, id, execution, patience);
    return reply === 'stored' ? { taken: 'accepted' } : meaning(reply, input, broken);
  } catch (error) {
    return failure(error, broken);
  }
}

/** The reply; 'stored': the run goes on for longer than anybody waits. */
async function waited(
  fn: FlowFunction<unknown, unknown>,
  id: string,
  execution: Promise<Reply>,
  { waitMs }: Patience,
): Promise<Reply | 'stored'> {
  if (waitMs === undefined) return execution;
  const until = processPlatform.now() + waitMs;
  for (;;) {
    const late = processPlatform.wait(LOOK_MS).then(() => undefined);
    const reply = await Promise.race([execution, late]);
    if (reply !== undefined) return reply;
    // What nobody has stored yet was not accepted: its execution says what becomes of it.
    if (processPlatform.now() < until || !(await isStored(fn, id))) continue;
    execution.catch(() => undefined); // the collector goes on
    return 'stored';
  }
}

async function isStored(fn: FlowFunction<unknown, unknown>, id: string): Promise<boolean> {
  const reply = await fn.flow.receive({ kind: 'status', function: fn.name, run: runKey(fn.name, id) });
  return reply.reply === 'status' && reply.status !== undefined;
}

function meaning(reply: Reply, input: unknown, broken: Broken): Taken {
  switch (reply.reply) {
    case 'result':
      return { taken: 'result', value: decode(reply.value) };
    case 'error': {
      const { message, cause } = parseThrown(JSON.parse(reply.error));
      const shown = broken('cause-shown') ? { message, cause } : { message };
      return broken('user-error-told-as-a-result')
        ? { taken: 'result', value: shown }
        : { taken: 'error', message, shown };
    }
    case 'pending':
      return broken('pending-told-as-a-result') ? { taken: 'result', value: null } : { taken: 'accepted' };
    case 'refused': {
      if (broken('refused-delivered-again')) return { taken: 'failed', code: reply.code, shown: {} };
      if (broken('refused-without-a-reason')) return { taken: 'refused', reason: '' };
      const of = broken('input-shown') ? ` in ${JSON.stringify(input)}` : '';
      return { taken: 'refused', reason: `${reply.code}: ${reply.message}${of}` };
    }
    default:
      return { taken: 'failed', code: 'RUN_INFRASTRUCTURE', shown: {} };
  }
}

/** An error of the infrastructure: nothing but its code is shown. */
function failure(error: unknown, broken: Broken): Taken {
  const code = isFlowstateError(error) ? error.code : 'RUN_INFRASTRUCTURE';
  if (broken('infrastructure-error-told-as-an-error'))
    return { taken: 'error', message: code, shown: { message: code } };
  if (broken('infrastructure-error-acknowledged')) return { taken: 'accepted' };
  if (broken('infrastructure-error-refused')) return { taken: 'refused', reason: code };
  if (broken('only-known-errors-are-infrastructure') && !isFlowstateError(error))
    return { taken: 'refused', reason: 'it cannot be served' };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const shown = {
    ...(broken('store-error-shown') ? { message } : {}),
    ...(broken('stack-shown') ? { stack } : {}),
  };
  return { taken: 'failed', code, shown };
}
