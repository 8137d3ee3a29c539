/** What each operation reads and writes of Firestore's documents, for rows of few and of many log entries. */
import { firestore } from '@flowstate/adapter-firestore/store';
import { flowstate } from '@flowstate/core';
import { OPERATIONS, type Operation, type Process, type Work } from '../dynamodb/subjects.js';
import { agencyOf, InProcess } from '../reservation-workload.js';
import { type Meter, meterOf } from './meter.js';
import type { Documents } from './prices.js';
import { less, mean, meanOf, measurePlain, processOn } from './subjects.js';

/** What is tried. `operations`: of each kind, a multiple of all `entriesPerRow`, so that whole rows are filled. */
export interface CostsPlan {
  readonly entriesPerRow: readonly number[];
  readonly valueBytes: readonly number[];
  readonly operations: number;
}

export const COSTS_PLAN: CostsPlan = {
  entriesPerRow: [8, 16, 32, 64, 128],
  valueBytes: [100, 10_240],
  operations: 128,
};

/** One operation, without the run around it. */
export interface OperationCosts {
  readonly entriesPerRow: number;
  readonly valueBytes: number;
  readonly operation: Operation;
  /** By a process that was at the item before. */
  readonly warm: Documents;
  /** By a process that knows nothing of the item, which has the rows of so many operations behind it. */
  readonly cold: Documents;
}

/** All that was counted. */
export interface Costs {
  readonly plan: CostsPlan;
  /** A run that does nothing: its intent and its completion. */
  readonly run: Documents;
  readonly operations: readonly OperationCosts[];
  readonly plain: readonly {
    readonly valueBytes: number;
    readonly update: Documents;
    readonly read: Documents;
  }[];
  /** A reservation of a hotel, a flight, a payment and an order, with its five runs. */
  readonly reservations: readonly { readonly entriesPerRow: number; readonly whole: Documents }[];
  /** A pass of the collector that finds nothing to do. */
  readonly idlePass: Documents;
}

/** Counts on the database at that URL. */
export async function measureCosts(
  url: string,
  plan: CostsPlan,
  progress: (line: string) => void,
): Promise<Costs> {
  const meter = meterOf(url);
  try {
    // While nothing is in any queue.
    const idlePass = await measureIdlePass(meter);
    const idle = processOn(meter.db, 32);
    const run = await meanOf(meter, 8, (turn) => idle.run('nothing', { key: 'nothing', bytes: 100, turn }));
    const operations: OperationCosts[] = [];
    const reservations: Costs['reservations'][number][] = [];
    for (const entriesPerRow of plan.entriesPerRow) {
      for (const valueBytes of plan.valueBytes) {
        operations.push(...(await measureOperations(meter, plan, entriesPerRow, valueBytes, run)));
        progress(`firestore: ${entriesPerRow} entries per row, values of ${valueBytes} bytes`);
      }
      reservations.push({ entriesPerRow, whole: await measureReservation(meter, plan, entriesPerRow) });
    }
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

async function measureOperations(
  meter: Meter,
  plan: CostsPlan,
  entriesPerRow: number,
  bytes: number,
  run: Documents,
): Promise<OperationCosts[]> {
  const begin = () => processOn(meter.db, entriesPerRow);
  const measured: OperationCosts[] = [];
  for (const operation of OPERATIONS) {
    const workAt = (turn: number): Work => ({ key: `${operation}-${entriesPerRow}-${bytes}`, bytes, turn });
    const { warm, cold } =
      operation === 'read'
        ? await measureReads(meter, plan.operations, workAt, begin)
        : await measureWrites(meter, plan.operations, operation, workAt, begin);
    measured.push({
      ...{ entriesPerRow, valueBytes: bytes, operation },
      ...{ warm: less(warm, run), cold: less(cold, run) },
    });
  }
  return measured;
}

interface Means {
  readonly warm: Documents;
  readonly cold: Documents;
}

/** First by one process, again and again; then by a new one each time. */
async function measureWrites(
  meter: Meter,
  times: number,
  operation: Operation,
  workAt: (turn: number) => Work,
  begin: () => Process,
): Promise<Means> {
  const process = begin();
  await process.run(operation, workAt(0));
  const warm = await meanOf(meter, times, (turn) => process.run(operation, workAt(turn)));
  const cold = await meanOf(meter, times, (turn) => begin().run(operation, workAt(turn)));
  return { warm, cold };
}

/** While another process writes: at each filling of the row once. */
async function measureReads(
  meter: Meter,
  times: number,
  workAt: (turn: number) => Work,
  begin: () => Process,
): Promise<Means> {
  const [writer, reader] = [begin(), begin()];
  await writer.run('write', workAt(0));
  await reader.run('read', workAt(0));
  const parts: Means[] = [];
  for (let turn = 0; turn < times; turn++) {
    await writer.run('write', workAt(turn));
    const warm = await meanOf(meter, 1, () => reader.run('read', workAt(turn)));
    const cold = await meanOf(meter, 1, () => begin().run('read', workAt(turn)));
    parts.push({ warm, cold });
  }
  return { warm: mean(parts.map(({ warm }) => warm)), cold: mean(parts.map(({ cold }) => cold)) };
}

/** One hotel and one flight, which the process knows; each order is a new item. */
async function measureReservation(
  meter: Meter,
  { operations }: CostsPlan,
  entriesPerRow: number,
): Promise<Documents> {
  const functions = new InProcess();
  const store = firestore({ db: meter.db, entriesPerRow });
  const flow = flowstate({ name: 'bench', store, invoker: functions.invoker });
  functions.use(flow);
  const { reserve, open } = agencyOf(flow);
  const place = `place-${entriesPerRow}`;
  await open.invoke(place);
  return meanOf(meter, operations, async (turn) => {
    const id = `trip-${entriesPerRow}-${turn}`;
    const trip = { id, customer: 'customer-1', hotel: place, flight: place, price: 25_000 };
    await functions.done('order', await reserve.invoke(trip, { id }));
  });
}
