/** What can be said on the command line. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Place } from './places.js';
import type { Size } from './plan.js';

/** The options, checked. */
export interface Options extends Omit<Size, 'seed'> {
  readonly on: string;
  /** Ends after the table. */
  readonly once: boolean;
  /** Where the result is written as JSON. */
  readonly file: string | undefined;
  /** Of the page; a free one where not given. */
  readonly port: number | undefined;
  /** A chance one where not given. */
  readonly seed: number | undefined;
  /** Shows where an error comes from. */
  readonly verbose: boolean;
}

interface Given {
  readonly on: string;
  readonly once?: boolean;
  readonly json?: string;
  readonly port?: number;
  readonly seed?: number;
  readonly reservations?: number;
  readonly kills?: number;
  readonly freezes?: number;
  readonly timeouts?: number;
  readonly verbose?: boolean;
}

/** Reads the command line; ends the process with a message where it makes no sense, or asks for help. */
export function optionsOf(argv: readonly string[], places: Readonly<Record<string, Place>>): Options {
  const command = new Command('travel')
    .description(
      'Travel reservations through workers that are killed all the time: nothing is lost, nothing doubled.',
    )
    .addOption(
      new Option('--on <host>', 'where the functions run').choices(Object.keys(places)).default('node'),
    )
    .option('--once', 'end after the table: exit code 0 only if nothing was lost or doubled')
    .option('--json <file>', 'write the result to a file')
    .option('--reservations <n>', 'how many reservations', whole(1, 5000))
    .option('--kills <n>', 'how many workers are killed meanwhile', whole(0, 1000))
    .option(
      '--freezes <n>',
      'how many workers are stopped for longer than the lease, and go on',
      whole(0, 100),
    )
    .option('--timeouts <n>', 'how many workers hang until the platform ends them', whole(0, 100))
    .option('--seed <n>', 'the same trips and moments again', whole(0, 2 ** 31 - 1))
    .option('--port <n>', 'the port of the page (default: a free one)', whole(1, 65_535))
    .option('--verbose', 'show where an error comes from')
    .allowExcessArguments(false)
    .parse([...argv]);
  const { on, once = false, json: file, port, seed, verbose = false, ...size } = command.opts<Given>();
  const place = places[on];
  if (place === undefined) throw new Error(`there is no host "${on}"`);
  if (!place.timesOut && (size.timeouts ?? 0) > 0)
    command.error(`error: --timeouts: on ${on} nothing ends what takes too long`);
  return { on, once, file, port, seed, verbose, ...place.size, ...size };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
