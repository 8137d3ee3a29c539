/** The command: understands its arguments, and answers an exit code. */
import { parseCommandLine } from './command-line.js';
import { ownStack } from './import-file.js';
import { isOnStandardOutput, prepareReports } from './report-files.js';
import { screenOn } from './screen.js';
import { watchForStop } from './stopping.js';
import { UsageError } from './usage-error.js';

/** How long a process is waited for that something keeps alive, in ms. */
const LINGER_MS = 2_000;
/** What the process itself has open: its standard streams. */
const STANDARD: ReadonlySet<string> = new Set(['PipeWrap', 'TTYWrap']);

/** Runs the command; the process ends by itself, with the exit code set, or soon after. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  process.setSourceMapsEnabled(true);
  try {
    process.exitCode = await run(args);
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : ownStack(error));
    process.exitCode = 2;
  }
  // A harness that left a timer or a connection behind must not keep the caller waiting.
  setTimeout(() => {
    const left = [...new Set(process.getActiveResourcesInfo())]
      .filter((each) => !STANDARD.has(each))
      .join(', ');
    console.error(`The harness left something open after close() (${left}): ending without it.`);
    process.exit();
  }, LINGER_MS).unref();
}

async function run(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  if (line === undefined) return 0;
  const screen = screenOn(isOnStandardOutput(line.reports) ? process.stderr : process.stdout);
  // The laws are loaded only now: bad usage is told at once.
  const { chosenLaws, lawList } = await import('./chosen-laws.js');
  const laws = chosenLaws(line.suite);
  if (line.list || line.subject === undefined) {
    screen.line(lawList(laws, screen.width));
    return 0;
  }
  prepareReports(line.reports);
  const watch = watchForStop();
  try {
    const { suiteFor } = await import('./load-harness.js');
    const { judge } = await import('./judge.js');
    const { Suite } = await import('../suite.js');
    const suite = await Promise.race([suiteFor(line.subject, line.suite), watch.stopped]);
    if (suite instanceof Suite) return await judge(suite, line, screen, watch.stopped);
    if (suite.why !== 'signal') throw suite.error;
    process.exit(suite.exitCode);
  } finally {
    watch.end();
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  // `| head` and the like: whoever read is gone. The run goes on: the harness must be closed, and the exit code be right.
  if (error.code !== 'EPIPE') throw error;
}
