/** What `flowstate-conformance` is told. */
import { readFileSync } from 'node:fs';
import { type Duration, milliseconds } from '@flowstate/core/adapter';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Depth } from '../bench/bench.js';
import { parseSchedule, type Schedule } from '../bench/schedule.js';
import type { SuiteOptions } from '../suite.js';
import { UsageError } from './usage-error.js';

/** Files to write a report to, `-` for standard output. */
export interface ReportFiles {
  readonly json?: string;
  readonly junit?: string;
  readonly markdown?: string;
}

/** A command line, understood. */
export interface CommandLine {
  /** A harness file, or the name of a store in memory. */
  readonly subject: string | undefined;
  readonly suite: SuiteOptions;
  readonly reports: ReportFiles;
  readonly list: boolean;
}

/** The options as commander gives them. */
interface Values extends ReportFiles {
  readonly only: readonly string[];
  readonly seed?: number;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly budget?: number;
  readonly depth: Depth;
  readonly replay?: Schedule;
  readonly list?: true;
}

const EXAMPLES = `
A harness file's default export, or its export named harness, is { name, open(options), close(), rawRows(where) }, or a
function that gives one. TypeScript runs as it is. docs/ADAPTERS.md is the way there.

Examples:
  flowstate-conformance ./my-adapter.ts
  flowstate-conformance ./my-adapter.ts --only store,wire --seed 7
  flowstate-conformance ./my-adapter.ts --shard 2/8 --budget 5m --json out.json --junit out.xml
  flowstate-conformance ./my-adapter.ts --replay 'store/create-once#first@7'
  flowstate-conformance --list --only store

Exit codes: 0 every law that was run holds; 1 a law is broken; 2 nothing could be judged: bad usage, or the harness
failed; 130 stopped by Ctrl-C, reports hold what was known and say that they are incomplete.`;

/** @throws UsageError where it means nothing; undefined where help or the version was asked for, and printed. */
export function parseCommandLine(args: readonly string[]): CommandLine | undefined {
  const command = described().exitOverride();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(`${error.message.replace(/^error: /, '')}\nSee flowstate-conformance --help.`);
  }
  const values = command.opts<Values>();
  const { only, seed, shard, budget, depth, replay, list = false, ...files } = values;
  const [subject] = command.args;
  if (subject === undefined && !list)
    throw new UsageError(
      'Which adapter? Give a harness file, or memory, memory-versioned or memory-stale.\nSee flowstate-conformance --help.',
    );
  const suite: SuiteOptions = {
    depth,
    ...(only.length === 0 ? {} : { only }),
    ...(seed === undefined ? {} : { seed }),
    ...(shard === undefined ? {} : { shard }),
    ...(budget === undefined ? {} : { budgetMs: budget }),
    ...(replay === undefined ? {} : { replay }),
  };
  return { subject, suite, reports: files, list };
}

function described(): Command {
  return new Command('flowstate-conformance')
    .description('Judges a Flowstate adapter: runs every law on it and says which hold.')
    .argument('[harness]', 'a harness file (.ts, .js, .mjs), or memory, memory-versioned, memory-stale')
    .addOption(
      new Option('--only <law or group>', 'only these: repeat it, or separate by commas')
        .argParser(names)
        .default([], 'all'),
    )
    .option('--seed <n>', 'the number that every decision follows from (default: a random one)', seedOf)
    .option('--shard <part/of>', 'one part of the cases, such as 2/8', shardOf)
    .option('--budget <time>', 'how long the whole may take, such as 90s or 5m', budgetOf)
    .addOption(
      new Option('--depth <depth>', 'everything, or the slice that tests of an adapter run')
        .choices(['full', 'slice'])
        .default('full'),
    )
    .addOption(
      new Option('--replay <schedule>', 'one case and no other: a failure prints its schedule')
        .argParser(scheduleOf)
        .conflicts(['only', 'seed', 'shard', 'budget']),
    )
    .option('--json <file>', 'write the verdict as JSON (- for standard output)')
    .option('--junit <file>', 'write the verdict as JUnit XML')
    .option('--markdown <file>', 'write the verdict as Markdown')
    .option('--list', 'print every law with its text, and run nothing')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print this')
    .addHelpText('after', EXAMPLES)
    .configureOutput({ outputError: () => undefined })
    .allowExcessArguments(false)
    .showSuggestionAfterError(true);
}

function names(text: string, before: readonly string[]): readonly string[] {
  const given = text.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('A name is missing.');
  return [...before, ...given];
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('A seed is a whole number from 0 to 2^53 - 1, such as 7.');
}

function shardOf(text: string): { readonly index: number; readonly of: number } {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new InvalidArgumentError('A shard is one part of some, counted from 1, such as 2/8.');
}

function budgetOf(text: string): number {
  try {
    const ms = milliseconds('--budget', text as Duration);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new InvalidArgumentError('A budget is a time with its unit, such as 90s or 5m.');
}

function scheduleOf(text: string): Schedule {
  try {
    return parseSchedule(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidArgumentError(
      'A failure prints its schedule: <law>#<case>@<seed>, such as store/create-once#first@7. Quote it.',
    );
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: found }: { version: string } = JSON.parse(text);
  return found;
}
