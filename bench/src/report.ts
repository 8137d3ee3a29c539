/** The report: ratios first, as a table to read and as JSON to keep. */
import { type BundleReport, bundleLines } from './bundle/bundle.js';
import type { Comparison, Row } from './comparison.js';
import type { CosmosReport } from './cosmos/measure.js';
import { cosmosLines } from './cosmos/report.js';
import type { CapacityReport } from './dynamodb/capacity.js';
import { capacityLines } from './dynamodb/capacity-report.js';
import type { FirestoreReport } from './firestore/measure.js';
import { firestoreLines } from './firestore/report.js';
import { HEAP_BYTES_PER_RUN_MAX, RSS_BYTES_PER_RUN_MAX, type Verdict, WARM_RUNS } from './memory.js';
import { type MemoryReport, mebibytes } from './memory-workload.js';
import type { Machine, Server } from './server.js';
import type { Spread } from './statistics.js';
import { aligned } from './text-table.js';

/** Everything that was measured. */
export interface Report {
  readonly startedAt: string;
  readonly machine: Machine;
  readonly options: { readonly seconds: number; readonly rounds: number; readonly prepared: boolean };
  /** The server that ratios were measured on. */
  readonly server?: Server;
  readonly comparisons: readonly Comparison[];
  readonly rows: readonly Row[];
  readonly memory?: MemoryReport & { readonly server: Server };
  readonly capacity?: CapacityReport;
  readonly firestore?: FirestoreReport;
  readonly cosmos?: CosmosReport;
  readonly bundles?: readonly BundleReport[];
}

/** Text to read. */
export function textOf(report: Report): string {
  const { machine, options, server, comparisons, memory } = report;
  const lines = [
    `Node ${machine.node}, ${machine.driver}, ${machine.processors}, load ${machine.load.toFixed(1)}`,
  ];
  if (server !== undefined) {
    lines.push(serverLine(server));
    lines.push(
      `Ratios to the raw driver in the same run: median of ${options.rounds} rounds (least to most); ` +
        `${options.prepared ? 'named' : 'unnamed'} statements on both sides.`,
      '  time: that passes for each operation of all clients; p50: median latency; cpu: of this process and the database.',
    );
    for (const clients of new Set(comparisons.map((one) => one.clients))) {
      lines.push('', `${clients} ${clients === 1 ? 'client' : 'clients'}`);
      lines.push(
        ...tableOf(
          comparisons.filter((one) => one.clients === clients),
          server,
        ),
      );
    }
    lines.push(
      '',
      'statements: sent for each operation, counted at the driver; in brackets the budget of the design,',
    );
    lines.push('apart from item rows that overflow (at most 2 statements in 16 writes) and from rivals.');
  }
  if (memory !== undefined) lines.push(...(server === undefined ? [] : ['']), ...memoryLines(memory));
  if (report.capacity !== undefined) lines.push(...capacityLines(report.capacity));
  if (report.firestore !== undefined) lines.push(...firestoreLines(report.firestore));
  if (report.cosmos !== undefined) lines.push(...cosmosLines(report.cosmos));
  for (const [i, bundle] of (report.bundles ?? []).entries())
    lines.push(...(i === 0 ? [] : ['']), ...bundleLines(bundle));
  return lines.join('\n');
}

function serverLine({ version, source, settings, flushUs }: Server): string {
  const { fsync, synchronous_commit: commit } = settings;
  return `PostgreSQL ${version} (${source}), fsync ${fsync}, synchronous_commit ${commit}, flush ${ms(flushUs)}`;
}

const HEAD = [
  'time',
  'p50',
  'cpu',
  'of',
  'beside',
  'p50 (flush)',
  'beside',
  'per s',
  'beside',
  'statements',
  'beside',
];

function tableOf(comparisons: readonly Comparison[], { flushUs }: Server): string[] {
  const cells = comparisons.map((one) => [
    ratio(one.cost),
    ratio(one.p50),
    one.cpu === undefined ? '-' : ratio(one.cpu),
    one.what,
    one.beside,
    `${ms(one.p50Us)} (${ms(flushUs)})`,
    ms(one.besideP50Us),
    one.perSecond.toFixed(0),
    one.besidePerSecond.toFixed(0),
    `${one.statements.toFixed(2)} (${one.budget})`,
    one.besideStatements.toFixed(2),
  ]);
  return aligned([HEAD, ...cells]);
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`;
}

function memoryLines({
  server,
  runs,
  clients,
  samples,
  verdict,
}: MemoryReport & { server: Server }): string[] {
  const cells = samples.map((sample) => [
    String(sample.runs),
    mebibytes(sample.heapUsed),
    mebibytes(sample.external),
    mebibytes(sample.rss),
    `${sample.seconds.toFixed(1)} s`,
  ]);
  return [
    `Memory of one process while ${runs} runs pass through it, ${clients} at once, each after a collection of garbage`,
    serverLine(server),
    ...aligned([['runs', 'heap', 'external', 'rss', 'after'], ...cells]),
    verdictLine(verdict),
  ];
}

function verdictLine(verdict: Verdict | undefined): string {
  if (verdict === undefined)
    return `Too few runs to tell whether memory is flat: it is warm after ${WARM_RUNS} of them.`;
  const { heapBytesPerRun, rssBytesPerRun, flat } = verdict;
  return (
    `Memory is ${flat ? 'flat' : 'NOT FLAT'}: each run leaves ${heapBytesPerRun.toFixed(1)} bytes of heap ` +
    `(limit ${HEAP_BYTES_PER_RUN_MAX}) and ${rssBytesPerRun.toFixed(1)} of rss (limit ${RSS_BYTES_PER_RUN_MAX}), ` +
    `by the slope of the samples after ${WARM_RUNS} runs.`
  );
}
