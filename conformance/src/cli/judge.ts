/** One run of the suite from the command line. */
import { scheduleText } from '../bench/schedule.js';
import { consoleReport } from '../report/console.js';
import { shellWord } from '../report/replay-command.js';
import type { Suite } from '../suite.js';
import type { Verdict } from '../verdict.js';
import type { CommandLine } from './command-line.js';
import { ownStack } from './import-file.js';
import { Progress } from './progress.js';
import { writeReports } from './report-files.js';
import type { Screen } from './screen.js';
import type { Stop } from './stopping.js';

/** Set by whoever starts this command under another name: what people are told to type. */
const COMMAND = 'FLOWSTATE_CONFORMANCE_COMMAND';
/** How long a harness may take to close, in ms. */
const CLOSE_MS = 30_000;

/**
 * Runs the laws of a suite, tells, closes the harness and writes the reports.
 * @param stopped ends the run before its time, and then the process
 * @returns the exit code
 */
export async function judge(
  suite: Suite,
  { subject = '', reports, suite: { replay } }: CommandLine,
  screen: Screen,
  stopped: Promise<Stop>,
): Promise<number> {
  const command = process.env[COMMAND] ?? `npx flowstate-conformance ${shellWord(subject)}`;
  const stop = await runLaws(suite, new Progress(screen, suite, command), stopped);
  if (stop?.why === 'signal') screen.line(`stopped by ${stop.signal}: closing the harness…`);
  const closing = await closed(suite);
  const verdict = suite.verdict();
  writeReports(reports, verdict, command);
  if (stop !== undefined && stop.why !== 'signal') console.error(`\n${errorStory(suite, stop)}`);
  if (verdict.results.length > 0)
    screen.line(`\n${consoleReport(verdict, { width: screen.width, command })}`);
  // Not by the end of the process's own accord: the law that was interrupted is still at work.
  if (stop !== undefined) process.exit(stop.why === 'signal' ? stop.exitCode : 2);
  if (closing !== undefined) console.error(`\nThe harness could not be closed: ${ownStack(closing)}`);
  if (verdict.wrong > 0) return 1;
  if (closing !== undefined) return 2;
  return ranNothing(verdict) ? nothing(verdict, replay === undefined ? undefined : scheduleText(replay)) : 0;
}

/** @returns what stopped the run before its end */
async function runLaws(suite: Suite, progress: Progress, stopped: Promise<Stop>): Promise<Stop | undefined> {
  progress.begin();
  for (const law of suite.laws) {
    const settle = progress.started(law.name);
    const result = await Promise.race([
      suite.run(law).catch((error: unknown): Stop => ({ why: 'harness', error })),
      stopped,
    ]);
    settle();
    if ('why' in result) return result;
    progress.ended(result);
  }
  return undefined;
}

/** Closes the harness; what went wrong, if anything did. */
async function closed(suite: Suite): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`close() took more than ${CLOSE_MS} ms`)), CLOSE_MS);
  });
  const closing = suite.close().then(
    () => undefined,
    (error: unknown) => error ?? new Error('close() threw nothing at all'),
  );
  return await Promise.race([closing, late]).finally(() => clearTimeout(timer));
}

function errorStory(suite: Suite, { why, error }: Exclude<Stop, { why: 'signal' }>): string {
  const law = suite.laws[suite.results.length]?.name ?? 'the last law';
  const story =
    why === 'harness'
      ? `The harness failed; ${law} could not be run.`
      : `While ${law} was running, an error arose that nobody handles: a promise that the adapter or the harness let go of, or an 'error' event of its driver. It would end your users' processes as well.`;
  return `${story}\n${ownStack(error)}`;
}

/** A run that judged nothing is no verdict, unless all the cases are in other shards. */
function ranNothing({ results, shard, engine }: Verdict): boolean {
  const skippedAll = results.every(({ verdict }) => verdict === 'skipped');
  return skippedAll && (shard.of === 1 || engine.startsWith('missing: '));
}

function nothing({ results }: Verdict, replayed: string | undefined): number {
  const [reason] = results.map((result) => result.reason);
  console.error(
    replayed === undefined
      ? `\nNo law was run: ${reason ?? 'none was chosen'}.`
      : `\n${replayed} was not run: ${reason ?? ''}. Is the case spelled as the failure printed it, and the harness the same?`,
  );
  return 2;
}
