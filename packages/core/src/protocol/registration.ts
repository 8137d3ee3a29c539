/**
 * Creating a run's intent: by its first execution, by whoever starts it, or by the caller that registers an asynchronous
 * call (Beldi, section 4.5; verified specification of runs, 1 and 4). One put-if-absent, whose trace is `by`.
 */
import { FlowstateError } from '../errors.js';
import type { Caller } from '../platform/message.js';
import type { Fields, Row } from '../platform/store.js';
import { type Intent, intentOf, WAKE } from './intent.js';
import { clearKey, intentKey, runKey } from './layout.js';
import type { Requests } from './requests.js';

const UNKNOWN_MAX = 5;

/** A run to be created. */
export interface NewRun {
  readonly function: string;
  readonly id: string;
  readonly input: string;
  readonly inputHash: string;
  /** A root's is fresh; a callee's is its own id. */
  readonly nonce: string;
  /** The creating pass. */
  readonly by: string;
  readonly caller: Caller | undefined;
  /** Whether the run belongs to its caller's tree: an asynchronous one is its own root. */
  readonly inherits: boolean;
}

/** `created`: by this very pass, now or in a request whose reply was lost. */
export interface Registered {
  readonly created: boolean;
  readonly intent: Intent;
}

/** Creates the intent if absent. @throws StoreError STORE_OUTCOME_UNKNOWN after bounded repetitions. */
export async function register(requests: Requests, run: NewRun, leaseMs: number): Promise<Registered> {
  const key = intentKey(runKey(run.function, run.id));
  const fields = intentFields(run, requests.now(), leaseMs);
  for (let attempt = 1; attempt <= UNKNOWN_MAX; attempt++) {
    const result = await requests.write({ write: 'create', key, fields }, { returning: true });
    if (result !== 'unknown') {
      const row: Row | null | undefined = result.row === undefined ? await requests.read(key) : result.row;
      if (row) {
        const intent = intentOf(row);
        return { created: result.applied || intent.by === run.by, intent };
      }
      if (result.applied)
        throw new FlowstateError('STORE_CORRUPT', 'the store does not return the row that it created');
    }
    await requests.backOff(attempt);
  }
  throw requests.unknownOutcome(`registration of run ${run.id}`);
}

function intentFields(run: NewRun, now: number, leaseMs: number): Fields {
  const key = runKey(run.function, run.id);
  const own = { root: `${key}.${run.nonce}`, age: now };
  const { caller } = run;
  return {
    function: run.function,
    runId: clearKey('a run id', run.id),
    input: run.input,
    inputHash: run.inputHash,
    by: run.by,
    nonce: run.nonce,
    ...(caller === undefined ? {} : { callerRun: caller.run, callerNonce: caller.nonce }),
    ...(caller !== undefined && run.inherits ? { root: caller.root, age: caller.age } : own),
    state: 'running',
    epoch: 1,
    attempts: 1,
    events: 0,
    inline: 0,
    log: {},
    queue: WAKE,
    due: now + leaseMs,
  };
}
