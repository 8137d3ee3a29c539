/** Progress (V14): without further faults every run is done within a bounded number of collector passes. */
import type { Row } from '@flowstate/core/adapter';
import { rowLine } from '../bench/tape.js';

/** A deployment in which nothing breaks any more, as far as progress is concerned. */
export interface Healing {
  /** Moves on to that moment (ms since the epoch), where it is not over yet: whatever is due then is due. */
  reach(due: number): Promise<void>;
  /** One collector pass, and all that it launches, to its end. */
  collect(): Promise<unknown>;
  /** The rows of every run, as they are now. */
  runs(): Promise<readonly Row[]>;
}

/** How it went. */
export interface Healed {
  readonly passes: number;
  /** What is still due; nothing, where all is well. */
  readonly stillDue: readonly string[];
}

/** Collects until nothing is due any more, or the passes are used up. */
export async function heal(deployment: Healing, passesMax: number): Promise<Healed> {
  for (let passes = 0; ; passes++) {
    const rows = await deployment.runs();
    const stillDue = dueRuns(rows);
    if (stillDue.length === 0 || passes === passesMax) return { passes, stillDue };
    const due = rows.flatMap(({ fields }) =>
      fields.queue === 'wake' && typeof fields.due === 'number' ? [fields.due] : [],
    );
    await deployment.reach(Math.max(...due));
    await deployment.collect();
  }
}

/** The runs that a collector still has to look at, each with its row. */
export function dueRuns(rows: readonly Row[]): string[] {
  return intents(rows)
    .filter(({ fields }) => fields.queue === 'wake')
    .map((row) => `${nameOf(row)} is ${String(row.fields.state)} and due: ${rowLine(row)}`);
}

/**
 * What is wrong with the progress of any number of runs once nothing is due: asleep for ever, set aside, or launched more
 * often than so many times.
 */
export function progressViolations(rows: readonly Row[], launchesMax: number): string[] {
  return intents(rows).flatMap((row) => {
    const { state, queue, epoch, reason } = row.fields;
    const found: string[] = [];
    if (state === 'waiting' && queue === undefined)
      found.push(`${nameOf(row)} waits and nobody will wake it: ${rowLine(row)}`);
    if (state === 'running' && queue !== 'wake')
      found.push(`${nameOf(row)} is running and nobody will look at it: ${rowLine(row)}`);
    if (state === 'paused') found.push(`${nameOf(row)} was set aside (${String(reason)}): ${rowLine(row)}`);
    if (typeof epoch === 'number' && epoch > launchesMax)
      found.push(
        `${nameOf(row)} was launched ${epoch} times where ${launchesMax} should do: ${rowLine(row)}`,
      );
    return found;
  });
}

function intents(rows: readonly Row[]): Row[] {
  return rows.filter(({ key }) => key.table === 'runs' && key.sort === 'intent');
}

function nameOf({ fields }: Row): string {
  return `run ${String(fields.runId)} of ${String(fields.function)}`;
}
