import { decodeOutcome, type Outcome, unwrap } from '../codec.js';
import type { Duration } from '../context.js';
import { milliseconds } from '../duration.js';
import { FlowstateError } from '../errors.js';
import type { RunStatus } from '../platform/message.js';
import type { Platform } from '../platform/platform.js';
import { intentOf, resumePaused } from '../protocol/intent.js';
import { intentKey, runKey } from '../protocol/layout.js';
import { findIntent, load } from '../protocol/loading.js';
import type { Requests } from '../protocol/requests.js';
import { decodeRecord, type LogEntry } from '../protocol/run-log.js';
import { launch, transition } from '../protocol/waking.js';
import { statusOf } from '../run/replies.js';

const LOOK_MS = 20;
const LOOK_MS_MAX = 1000;

/** One step of a run, as recorded. */
export interface HistoryStep {
  /** Such as `2.0.1`: a counter behind the path of its branch. */
  readonly path: string;
  /** `read`, `write`, `step`, `syncInvoke`, … */
  readonly kind: string;
  readonly name: string;
  /** When its outcome was learnt. */
  readonly at: Date;
  readonly value?: unknown;
  readonly error?: Error;
}

/** A run, seen from outside. */
export interface RunHandle<Output> {
  readonly id: string;
  /** Where the run stands; undefined: no run has this id, which is known after a while where the store's reads may be old. */
  status(): Promise<RunStatus | undefined>;
  /** Waits for the result. @throws what the handler threw; RUN_PAUSED, RUN_UNKNOWN; RUN_IN_PROGRESS after `timeout` */
  result(options?: { readonly timeout?: Duration; readonly signal?: AbortSignal }): Promise<Output>;
  /** The steps recorded so far, by path. */
  history(): Promise<readonly HistoryStep[]>;
  /** Lets a paused run go on. False: it was not paused. */
  resume(): Promise<boolean>;
}

/** A handle of a run of a function. */
export function runHandle<Output>(
  platform: Platform,
  requests: Requests,
  functionName: string,
  id: string,
): RunHandle<Output> {
  const run = runKey(functionName, id);

  async function status(): Promise<RunStatus | undefined> {
    const row = await findIntent(requests, run);
    return row === undefined ? undefined : statusOf(intentOf(row));
  }

  async function result(options: { timeout?: Duration; signal?: AbortSignal } = {}): Promise<Output> {
    const until =
      options.timeout === undefined
        ? Number.POSITIVE_INFINITY
        : platform.now() + milliseconds('timeout', options.timeout);
    for (let wait = LOOK_MS; ; wait = Math.min(wait * 1.5, LOOK_MS_MAX)) {
      options.signal?.throwIfAborted();
      const now = await status();
      if (now === undefined)
        throw new FlowstateError('RUN_UNKNOWN', `${functionName} has no run "${id}"`, { runId: id });
      // The caller's word for the type: what the handler returned, stored and read back.
      if (now.outcome !== undefined) return unwrap(decodeOutcome(now.outcome)) as Output;
      if (now.state === 'gone')
        throw new FlowstateError(
          'RUN_EXPIRED',
          `the result of run "${id}" of ${functionName} is no longer kept`,
          { runId: id },
        );
      if (now.state === 'paused')
        throw new FlowstateError(
          'RUN_PAUSED',
          `run "${id}" of ${functionName} is paused: ${now.reason ?? 'no reason'}`,
          { runId: id },
        );
      if (platform.now() >= until)
        throw new FlowstateError('RUN_IN_PROGRESS', `run "${id}" of ${functionName} is ${now.state}`, {
          runId: id,
        });
      await platform.wait(Math.min(wait, until - platform.now()), options.signal);
    }
  }

  async function history(): Promise<HistoryStep[]> {
    const loaded = await load(requests, run);
    if (loaded === undefined)
      throw new FlowstateError('RUN_UNKNOWN', `${functionName} has no run "${id}"`, { runId: id });
    const trailing = loaded.intent.row.fields.record;
    const last = typeof trailing === 'string' ? decodeRecord(trailing) : [];
    return [...loaded.entries, ...last]
      .filter((entry) => entry.kind !== 'started')
      .map(historyStep)
      .sort((a, b) => comparePaths(a.path, b.path));
  }

  async function resume(): Promise<boolean> {
    const resumed = await transition(requests, intentKey(run), resumePaused(requests.now()));
    if (resumed === 'unknown')
      throw new FlowstateError('STORE_OUTCOME_UNKNOWN', `resume of run "${id}" was not answered`, {
        runId: id,
      });
    if (!resumed.applied || resumed.row === undefined) return false;
    await launch(requests, intentOf(resumed.row));
    return true;
  }

  return { id, status, result, history, resume };
}

function historyStep(entry: LogEntry): HistoryStep {
  const { path, kind, name, at } = entry;
  return { path, kind, name, at: new Date(at), ...shown(entry.outcome) };
}

function shown(outcome: Outcome): { value: unknown } | { error: Error } {
  try {
    return { value: unwrap(outcome) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
