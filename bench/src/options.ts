/** What can be said on the command line. */
import { Command, InvalidArgumentError, Option } from 'commander';

/** What is measured. */
export const WORKLOADS = [
  'write',
  'reservation',
  'memory',
  'dynamodb-capacity',
  'firestore',
  'cosmos',
  'bundle',
] as const;
/** One of {@link WORKLOADS}. */
export type Workload = (typeof WORKLOADS)[number];

/** The options, checked. */
export interface Options {
  /** How many clients work at once: one measurement for each number. */
  readonly clients: readonly number[];
  /** How long each subject is measured in each round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Runs that pass through one process while its memory is watched. */
  readonly runs: number;
  readonly only: Workload | undefined;
  /** Named statements, on both sides. */
  readonly prepared: boolean;
  /** Where the report is written as JSON. */
  readonly file: string | undefined;
}

const CLIENTS_MAX = 128;

interface Given extends Omit<Options, 'only' | 'prepared' | 'file'> {
  readonly only?: Workload;
  readonly prepared?: boolean;
  readonly json?: string;
}

/** Reads the command line; ends the process with a message where it makes no sense, or asks for help. */
export function optionsOf(argv: readonly string[]): Options {
  const command = new Command('bench')
    .description(
      'A logged write and a whole reservation beside the raw driver doing the same unlogged work, as ratios, ' +
        'and the memory of a process while runs pass through it. On a real PostgreSQL. And, each only when asked for by ' +
        'name: the capacity that operations consume of DynamoDB, the documents that they read and write of Firestore ' +
        'and how rivals get on there, the requests that they send to Cosmos DB, and the size and import time of a bundled function.',
    )
    .option('--clients <list>', 'how many clients at once, such as 1,32', clientsOf, [1, 32])
    .option('--seconds <n>', 'how long each subject is measured in each round', seconds, 1.5)
    .option('--rounds <n>', 'how many rounds; another subject begins each', whole(1, 100), 5)
    .option('--runs <n>', 'how many runs while memory is watched', whole(100, 10_000_000), 100_000)
    .addOption(new Option('--only <workload>', 'measure nothing else').choices(WORKLOADS))
    .option('--prepared', 'named statements, on both sides (default: unnamed, on both sides)')
    .option('--json <file>', 'write everything to a file: machine, versions, settings, every round')
    .allowExcessArguments(false)
    .parse([...argv]);
  const { only, prepared = false, json: file, ...given } = command.opts<Given>();
  return { ...given, only, prepared, file };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 0.1 && value <= 600) return value;
  throw new InvalidArgumentError('Give a number from 0.1 to 600.');
}

function clientsOf(text: string): number[] {
  const one = whole(1, CLIENTS_MAX);
  const clients = [...new Set(text.split(',').map((part) => one(part.trim())))];
  return clients.sort((a, b) => a - b);
}
