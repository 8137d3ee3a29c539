/** The suite in a test runner, whichever it is: one test for each law. */
import type { Depth } from '../bench/bench.js';
import type { Harness } from '../harness.js';
import type { Law } from '../law.js';
import { failureText } from '../report/failure.js';
import { replayCommand } from '../report/replay-command.js';
import { Suite, type SuiteOptions } from '../suite.js';
import type { LawResult } from '../verdict.js';
import { afterHookOf } from './after-hook.js';

/**
 * What registers a test: `test` of vitest, jest, node:test and tape is such a function. `context` is whatever the
 * runner hands to a test; `timeoutMs` means something to vitest and jest, the others do not look at it.
 */
export type RegisterTest = (
  name: string,
  body: (...context: unknown[]) => Promise<void>,
  timeoutMs?: number,
) => unknown;

/** What is run, as for the suite, and how it is bound to the runner. */
export interface ConformanceOptions extends SuiteOptions {
  /** How far the laws go: 'slice' unless given. */
  readonly depth?: Depth;
  /** Longest time of a law, in ms, where the runner takes one: 30 minutes. */
  readonly timeoutMs?: number;
  /** What a failure tells to type, before `--replay`: `npx flowstate-conformance <harness file>`. */
  readonly command?: string;
  /** The runner's own "after all tests", where `test` does not lead to it: closes the harness. */
  readonly after?: (close: () => Promise<void>) => unknown;
}

const TIMEOUT_MS = 30 * 60_000;
const COMMAND = 'npx flowstate-conformance <harness file>';

/**
 * Registers a test for each law. A law that is skipped is skipped in the runner, with its reason; where the runner has no
 * skipping while a test runs, it passes and the reason is printed. The harness is closed after the last test.
 * @throws TypeError where this is no harness, or a name in `only` fits no law
 */
export function conformance(harness: Harness, test: RegisterTest, options: ConformanceOptions = {}): void {
  const { timeoutMs = TIMEOUT_MS, command = COMMAND, after, depth = 'slice', ...rest } = options;
  const suite = new Suite(harness, { ...rest, depth });
  let last: Promise<unknown> = Promise.resolve();
  const close = (): Promise<void> => last.then(() => suite.close());
  const hook = after ?? afterHookOf(test);
  if (hook === undefined) process.once('beforeExit', () => void close());
  else hook(close);

  const lawTest = async (law: Law, ...[context]: unknown[]): Promise<void> => {
    // One at a time, even where the runner would have several at once: they share what is counted.
    const running = last.then(() => suite.run(law));
    last = running.catch(() => undefined);
    try {
      tell(await running, context, (result) => failed(result, command, depth));
    } finally {
      if (hook === undefined && law === suite.laws.at(-1)) await close();
    }
  };
  // Bound, so that the function has no parameters: jest would take the first for a callback.
  for (const law of suite.laws) test(`${law.name}: ${law.says}`, lawTest.bind(undefined, law), timeoutMs);
}

function tell(result: LawResult, context: unknown, failure: (result: LawResult) => Error): void {
  const { law, verdict, reason = '', schedules } = result;
  if (verdict === 'failed') throw failure(result);
  if (verdict === 'passed') {
    // A runner that counts assertions is given one.
    if (hasMethod(context, 'pass')) context.pass(`${schedules} schedules`);
  } else if (hasMethod(context, 'skip')) context.skip(`${law}: ${reason}`);
  else console.info(`skipped: ${law}: ${reason}`);
}

/** The whole story as an error, without a stack: where the suite threw it tells nothing. */
function failed({ law, failure }: LawResult, command: string, depth: Depth): Error {
  if (failure === undefined) return new Error(`${law} is broken`);
  const replay = replayCommand(command, failure.schedule, depth);
  const error = new Error(failureText(failure, { width: process.stdout.columns || 100, replay }));
  error.name = 'LawFailed';
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function hasMethod<M extends string>(
  value: unknown,
  method: M,
): value is Readonly<Record<M, (text: string) => unknown>> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof Reflect.get(value, method) === 'function';
}
