/** One run of the benchmarks. */
import { type Engine, start } from '@flowstate/engines';
import { BUNDLES, type BundleReport, measureBundle } from './bundle/bundle.js';
import { type Comparison, compare, measureWorkload, type Row, type Workbench } from './comparison.js';
import { COSMOS_PLAN, measureCosmos } from './cosmos/measure.js';
import { openDatabase } from './database.js';
import { CAPACITY_PLAN, measureCapacity } from './dynamodb/capacity.js';
import { FIRESTORE_PLAN, measureFirestore } from './firestore/measure.js';
import { watchMemory } from './memory-workload.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { reservationWorkload } from './reservation-workload.js';
import { describeMachine, describeServer } from './server.js';
import { writeWorkload } from './write-workload.js';

/** Where engines come from, and where progress goes. */
export interface Surroundings {
  /** `durable`: with the flush of every commit, as its makers ship it. */
  engine(options: { durable: boolean }): Promise<Engine>;
  progress(line: string): void;
  /** The program of the process whose memory is watched. */
  readonly memoryProgram?: string;
}

/** A real PostgreSQL, and progress on standard error. */
export const SURROUNDINGS: Surroundings = {
  engine: (options) => start('postgres', options),
  progress: (line) => void process.stderr.write(`${line}\n`),
};

/** Fresh processes in which the bundle is imported. */
const IMPORTS = 20;

/** Measures what the options ask for. */
export async function bench(options: Options, surroundings: Surroundings = SURROUNDINGS): Promise<Report> {
  const { only, seconds, rounds, prepared } = options;
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  const benches = [writeWorkload, reservationWorkload].filter(
    ({ name }) => only === undefined || only === name,
  );
  const ratios = benches.length === 0 ? undefined : await measureRatios(benches, options, surroundings);
  const memory =
    only === undefined || only === 'memory' ? await measureMemory(options, surroundings) : undefined;
  const capacity =
    only === 'dynamodb-capacity' ? await measureCapacity(CAPACITY_PLAN, surroundings.progress) : undefined;
  const firestore =
    only === 'firestore' ? await measureFirestore(FIRESTORE_PLAN, surroundings.progress) : undefined;
  const cosmos = only === 'cosmos' ? await measureCosmos(COSMOS_PLAN, surroundings.progress) : undefined;
  const bundles = only === 'bundle' ? await measureBundles() : undefined;
  return {
    startedAt,
    machine,
    options: { seconds, rounds, prepared },
    comparisons: [],
    rows: [],
    ...ratios,
    ...(memory === undefined ? {} : { memory }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(firestore === undefined ? {} : { firestore }),
    ...(cosmos === undefined ? {} : { cosmos }),
    ...(bundles === undefined ? {} : { bundles }),
  };
}

async function measureBundles(): Promise<BundleReport[]> {
  const reports: BundleReport[] = [];
  for (const subject of BUNDLES) reports.push(await measureBundle(subject, IMPORTS));
  return reports;
}

async function measureRatios(
  benches: readonly Workbench[],
  { clients: each, seconds, rounds, prepared }: Options,
  { engine: begin, progress }: Surroundings,
): Promise<Pick<Report, 'comparisons' | 'rows'> & { server: NonNullable<Report['server']> }> {
  const engine = await begin({ durable: true });
  try {
    const all: Row[] = [];
    const comparisons: Comparison[] = [];
    const database = await openDatabase(engine);
    try {
      const server = await describeServer(engine, database);
      const plan = { rounds, seconds, prepared, progress };
      for (const clients of each) {
        for (const one of benches) {
          const rows = await measureWorkload(one, database, clients, plan);
          all.push(...rows);
          comparisons.push(...compare(one.compared, rows));
        }
      }
      return { server, comparisons, rows: all };
    } finally {
      await database.close();
    }
  } finally {
    await engine.stop();
  }
}

/** Without the flush: the subject is this process's memory, and the disk would only make it wait. */
async function measureMemory(
  { runs, clients, prepared }: Options,
  { engine: begin, progress, memoryProgram }: Surroundings,
): Promise<NonNullable<Report['memory']>> {
  const engine = await begin({ durable: false });
  try {
    const database = await openDatabase(engine);
    try {
      const server = await describeServer(engine, database);
      const plan = { runs, clients: Math.max(...clients), prepared, progress };
      return { server, ...(await watchMemory(database, plan, memoryProgram)) };
    } finally {
      await database.close();
    }
  } finally {
    await engine.stop();
  }
}
