/** Subjects take turns, another begins each round; what one costs is divided by what the other costs in the same round. */
import { type Measured, measure, type Subject, work } from './closed-loop.js';
import type { Database, Sides } from './database.js';
import { type Spread, spread } from './statistics.js';

/** What is set beside what. */
export interface Compared {
  readonly what: string;
  /** The subject that does the same with the raw driver. */
  readonly beside: string;
  /** The subject that it is of: as a whole, or each of its operations, less the cost of a subject without any. */
  readonly of: { readonly run: string; readonly less?: string; readonly each?: number };
  /** Statements that the design allows it, apart from rows of items that overflow and from rivals. */
  readonly budget: number;
}

/** The subjects of a workload on a pair of sides, which are warm: their items exist. */
export interface Prepared {
  subjectsOn(sides: Sides): Promise<readonly Subject[]>;
}

/** A workload of subjects to be compared. */
export interface Workbench {
  readonly name: string;
  readonly compared: readonly Compared[];
  prepare(database: Database, clients: number): Promise<Prepared>;
}

/** One subject in one round. */
export interface Row extends Measured {
  readonly workload: string;
  readonly clients: number;
  readonly round: number;
  readonly subject: string;
  /** Statements of one operation, counted apart. */
  readonly statements: number;
}

/** A ratio of each kind, over all rounds. Times in microseconds, of the middle round. */
export interface Comparison {
  readonly workload: string;
  readonly clients: number;
  readonly what: string;
  readonly beside: string;
  /** Of the time that passes for each operation: the inverse of throughput. */
  readonly cost: Spread;
  /** Of the median latency. Of an operation inside a run: measured around it, in the handler. */
  readonly p50: Spread;
  /** Of the processor time of this process and the database together, where it can be seen. */
  readonly cpu?: Spread;
  readonly p50Us: number;
  readonly besideP50Us: number;
  readonly perSecond: number;
  readonly besidePerSecond: number;
  readonly statements: number;
  readonly besideStatements: number;
  readonly budget: number;
}

/** How a workload is measured. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly prepared: boolean;
  progress(line: string): void;
}

/** Measures a workload at one number of clients. */
export async function measureWorkload(
  bench: Workbench,
  database: Database,
  clients: number,
  plan: Plan,
): Promise<readonly Row[]> {
  const { prepared, rounds, seconds, progress } = plan;
  const world = await bench.prepare(database, clients);
  const statements = await countStatements(world, database, clients, plan);
  const sides = database.sides({ clients, prepared });
  try {
    const subjects = await world.subjectsOn(sides);
    const rows: Row[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const subject of rotated(subjects, round)) {
        await database.checkpoint();
        const measured = await measure(subject, clients, seconds * 1000, database.meter);
        const { name } = subject;
        rows.push({
          workload: bench.name,
          clients,
          round,
          subject: name,
          statements: statements.get(name)!,
          ...measured,
        });
        progress(
          `${bench.name}, ${clients} at once, round ${round + 1} of ${rounds}: ${name}, ${measured.costUs.toFixed(0)} µs each`,
        );
      }
    }
    return rows;
  } finally {
    await sides.close();
  }
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** It is the same each time. */
const COUNTED_MS = 1000;

/** Apart from the timing, and after each subject has been at work: the first time, some items are unknown. */
async function countStatements(
  world: Prepared,
  database: Database,
  clients: number,
  { prepared, seconds }: Plan,
): Promise<ReadonlyMap<string, number>> {
  const sides = database.sides({ clients, prepared, counted: true });
  try {
    const counts = new Map<string, number>();
    const ms = Math.min(COUNTED_MS, seconds * 1000);
    for (const subject of await world.subjectsOn(sides)) {
      await work(subject, clients, { ms });
      const before = sides.statements();
      const { length } = await work(subject, clients, { ms });
      counts.set(subject.name, (sides.statements() - before) / length);
    }
    return counts;
  } finally {
    await sides.close();
  }
}

/** The ratios of a workload at one number of clients. */
export function compare(compared: readonly Compared[], rows: readonly Row[]): Comparison[] {
  return compared.map((pair) => {
    const rounds = [...new Set(rows.map(({ round }) => round))].map((round) =>
      inRound(
        pair,
        rows.filter((row) => row.round === round),
      ),
    );
    const ratios = (pick: (side: Side) => number) =>
      spread(rounds.map(({ mine, raw }) => pick(mine) / pick(raw)));
    const middle = (pick: (round: { mine: Side; raw: Side }) => number) => spread(rounds.map(pick)).median;
    const [{ workload, clients }] = rows as readonly [Row, ...Row[]];
    const hasCpu = rows.every(({ cpu }) => cpu.databaseUs !== undefined);
    return {
      workload,
      clients,
      what: pair.what,
      beside: pair.beside,
      cost: ratios(({ costUs }) => costUs),
      p50: ratios(({ p50Us }) => p50Us),
      ...(hasCpu ? { cpu: ratios(({ cpuUs }) => cpuUs) } : {}),
      p50Us: middle(({ mine }) => mine.p50Us),
      besideP50Us: middle(({ raw }) => raw.p50Us),
      perSecond: middle(({ mine }) => 1_000_000 / mine.costUs),
      besidePerSecond: middle(({ raw }) => 1_000_000 / raw.costUs),
      statements: middle(({ mine }) => mine.statements),
      besideStatements: middle(({ raw }) => raw.statements),
      budget: pair.budget,
    };
  });
}

interface Side {
  readonly costUs: number;
  readonly p50Us: number;
  readonly cpuUs: number;
  readonly statements: number;
}

function inRound({ beside, of }: Compared, rows: readonly Row[]): { mine: Side; raw: Side } {
  const sideOf = (name: string): Side => {
    const row = rows.find(({ subject }) => subject === name);
    if (row === undefined) throw new Error(`"${name}" was not measured`);
    const { costUs, p50Us, insideP50Us, cpu, statements } = row;
    return {
      costUs,
      p50Us: insideP50Us ?? p50Us,
      cpuUs: cpu.applicationUs + (cpu.databaseUs ?? 0),
      statements,
    };
  };
  const whole = sideOf(of.run);
  if (of.less === undefined || of.each === undefined) return { mine: whole, raw: sideOf(beside) };
  const less = sideOf(of.less);
  const each = of.each;
  const share = (pick: (side: Side) => number) => (pick(whole) - pick(less)) / each;
  return {
    mine: {
      costUs: share(({ costUs }) => costUs),
      p50Us: whole.p50Us,
      cpuUs: share(({ cpuUs }) => cpuUs),
      statements: share(({ statements }) => statements),
    },
    raw: sideOf(beside),
  };
}
