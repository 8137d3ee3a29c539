/** What each operation reads and writes of Firestore's documents, for rows of few and of many log entries. */
import { firestore } from '@flowstate/adapter-firestore/store';
import { flowstate } from '@flowstate/core';
import { meanOf } from '../operations/counts.js';
import { processOn } from '../operations/process.js';
import { measureSeries, type Series, type SeriesPlan } from '../operations/series.js';
import { InProcess } from '../reservation-workload.js';
import { type Meter, meterOf } from './meter.js';
import { measurePlain } from './plain.js';
import type { Documents } from './prices.js';

export const COSTS_PLAN: SeriesPlan = {
  entriesPerRow: [8, 16, 32, 64, 128],
  valueBytes: [100, 10_240],
  operations: 128,
};

/** All that was counted. */
export interface Costs extends Series<Documents> {
  readonly plan: SeriesPlan;
  /** A run that does nothing: its intent and its completion. */
  readonly run: Documents;
  readonly plain: readonly {
    readonly valueBytes: number;
    readonly update: Documents;
    readonly read: Documents;
  }[];
  /** A pass of the collector that finds nothing to do. */
  readonly idlePass: Documents;
}

/** Counts on the database at that URL. */
export async function measureCosts(
  url: string,
  plan: SeriesPlan,
  progress: (line: string) => void,
): Promise<Costs> {
  const meter = meterOf(url);
  try {
    // While nothing is in any queue.
    const idlePass = await measureIdlePass(meter);
    const storeOf = (entriesPerRow: number) => firestore({ db: meter.db, entriesPerRow });
    const idle = processOn(storeOf(32));
    const run = await meanOf(meter, 8, (turn) => idle.run('nothing', { key: 'nothing', bytes: 100, turn }));
    const measured = (entriesPerRow: number, valueBytes: number) =>
      progress(`firestore: ${entriesPerRow} entries per row, values of ${valueBytes} bytes`);
    const { operations, reservations } = await measureSeries({ meter, storeOf, run, measured }, plan);
    const plain: Costs['plain'][number][] = [];
    for (const valueBytes of plan.valueBytes)
      plain.push({ valueBytes, ...(await measurePlain(meter, valueBytes)) });
    return { plan, run, operations, plain, reservations, idlePass };
  } finally {
    await meter.db.terminate();
  }
}

function measureIdlePass(meter: Meter): Promise<Documents> {
  const { invoker } = new InProcess();
  const flow = flowstate({ name: 'bench', store: firestore({ db: meter.db }), invoker });
  return meanOf(meter, 2, () => flow.collect());
}
