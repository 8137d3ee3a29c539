/** Timers: a function runs every so often, one run at a time over all workers. */
import { pause } from '../cloud-functions/push.js';
import type { Invocations } from './invocations.js';
import type { Schedule } from './ncrontab.js';
import type { FunctionMetadata, RetryContext, RetryOptions } from './protocol.js';
import { offsetTime, triggerMetadata, triggerOf } from './typed-data.js';

/** A timer of a function. */
export interface FunctionTimer {
  /** Runs that succeeded. */
  runs(): number;
  /** Runs that failed, repetitions aside. */
  failures(): number;
}

/** A timer that can be ended. */
export interface RunningTimer extends FunctionTimer {
  stop(): void;
}

const TIMER_MS_MAX = 2 ** 31 - 1;

/** Starts the timer of a function. */
export function startTimer(
  metadata: FunctionMetadata,
  schedule: Schedule,
  invocations: Invocations,
): RunningTimer {
  const stopping = new AbortController();
  const { signal } = stopping;
  let runs = 0;
  let failures = 0;
  const fire = async (due: number, last: number, isPastDue: boolean) => {
    const status = { last, next: schedule(Math.max(due, Date.now())), isPastDue };
    // Whoever failed has said why. The next run comes all the same.
    const succeeded = await runWithRetries(metadata, timerInfo(metadata, status), invocations, signal);
    if (succeeded) runs += 1;
    else failures += 1;
  };
  const run = async () => {
    let last = 0;
    if (triggerOf(metadata).binding.runOnStartup === true) {
      last = Date.now();
      await fire(last, 0, false);
    }
    for (let due = schedule(Date.now()); !signal.aborted; ) {
      await waitUntil(due, signal);
      if (signal.aborted) return;
      // One that took longer than to the next run has made that one late.
      const late = due < last;
      const before = last;
      await fire(due, before, late);
      last = Date.now();
      const next = schedule(due);
      // All that was missed is one run.
      due = next < last ? Math.max(due + 1, last - 1) : next;
    }
  };
  void run();
  return { runs: () => runs, failures: () => failures, stop: () => stopping.abort() };
}

/** A run and its repetitions, where the function has a policy for them. */
async function runWithRetries(
  metadata: FunctionMetadata,
  json: string,
  invocations: Invocations,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, retryOptions: policy } = metadata;
  const inputData = [{ name: triggerOf(metadata).name, data: { json } }];
  const maxRetryCount = policy?.maxRetryCount ?? 0;
  const most = maxRetryCount < 0 ? Number.POSITIVE_INFINITY : maxRetryCount;
  let failed = '';
  for (let retryCount = 0; retryCount <= most && !signal.aborted; retryCount++) {
    if (policy !== undefined && retryCount > 0) await pause(retryDelay(policy, retryCount), signal);
    const retryContext: RetryContext = { retryCount, maxRetryCount, exception: { message: failed } };
    const invocation = {
      inputData,
      triggerMetadata: triggerMetadata(name, {}),
      ...(retryCount > 0 ? { retryContext } : {}),
    };
    try {
      await invocations.invoke(metadata, invocation, signal);
      return true;
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error);
    }
  }
  return false;
}

/** How long a repetition waits, in ms. */
function retryDelay(policy: RetryOptions, retryCount: number): number {
  const { retryStrategy, delayInterval, minimumInterval, maximumInterval } = policy;
  const inMs = (interval: { readonly seconds?: number } | undefined) => (interval?.seconds ?? 0) * 1_000;
  if (retryStrategy === 'fixedDelay') return inMs(delayInterval);
  return Math.min(inMs(minimumInterval) * 2 ** (retryCount - 1), inMs(maximumInterval));
}

interface TimerStatus {
  readonly last: number;
  readonly next: number;
  readonly isPastDue: boolean;
}

/** What the function is given, as JSON. Where it has never run the time is that of the year 1. */
function timerInfo(metadata: FunctionMetadata, { last, next, isPastDue }: TimerStatus): string {
  const before = last === 0 ? '0001-01-01T00:00:00+00:00' : offsetTime(last);
  const status = { Last: before, Next: offsetTime(next), LastUpdated: before };
  const monitored = triggerOf(metadata).binding.useMonitor !== false;
  return JSON.stringify({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: monitored ? status : null,
    IsPastDue: isPastDue,
  });
}

async function waitUntil(due: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && due > Date.now()) await pause(Math.min(due - Date.now(), TIMER_MS_MAX), signal);
}
