/** What each operation consumes of DynamoDB's capacity, for rows of few and of many log entries, and for values of all sizes. */
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { setup } from '@flowstate/adapter-dynamodb/setup';
import { dynamodb } from '@flowstate/adapter-dynamodb/store';
import { flowstate } from '@flowstate/core';
import { type Engine, start } from '@flowstate/engines';
import { agencyOf, InProcess } from '../reservation-workload.js';
import { clientOf, type Meter, meterOf } from './meter.js';
import type { Units } from './prices.js';
import {
  less,
  meanOf,
  measurePlain,
  OPERATIONS,
  type Operation,
  type Process,
  processOn,
  type Work,
} from './subjects.js';

/** What is tried. `operations`: of each kind, a multiple of all `entriesPerRow`, so that whole rows are filled. */
export interface CapacityPlan {
  readonly entriesPerRow: readonly number[];
  readonly valueBytes: readonly number[];
  readonly operations: number;
}

/** What the design asks for. */
export const CAPACITY_PLAN: CapacityPlan = {
  entriesPerRow: [4, 8, 16, 32, 64],
  valueBytes: [100, 1024, 10_240],
  operations: 64,
};

/** One operation, without the run around it. */
export interface OperationUnits {
  readonly entriesPerRow: number;
  readonly valueBytes: number;
  readonly operation: Operation;
  /** By a process that was at the item before. */
  readonly warm: Units;
  /** By a process that knows nothing of the item, which has the rows of so many operations behind it. */
  readonly cold: Units;
}

/** All that was measured. */
export interface CapacityReport {
  readonly engine: string;
  readonly plan: CapacityPlan;
  /** A run that does nothing: its intent and its completion. */
  readonly run: Units;
  readonly operations: readonly OperationUnits[];
  readonly plain: readonly { readonly valueBytes: number; readonly update: Units; readonly read: Units }[];
  /** A reservation of a hotel, a flight, a payment and an order, with its five runs. */
  readonly reservations: readonly { readonly entriesPerRow: number; readonly whole: Units }[];
}

const ASIDE = 'aside';

/** Measures on DynamoDB Local. @throws EngineMissing */
export async function measureCapacity(
  plan: CapacityPlan,
  progress: (line: string) => void,
  begin: () => Promise<Engine> = () => start('dynamodb'),
): Promise<CapacityReport> {
  const engine = await begin();
  const url = await engine.database();
  const own = clientOf(url);
  const meter = meterOf(url, ASIDE);
  try {
    await setup({ client: own });
    await createAside(own);
    const idle = processOn(meter.client, 16);
    const run = await meanOf(meter, 8, (turn) =>
      idle.run('nothing', { key: 'nothing-16-100', bytes: 100, turn }),
    );
    const operations: OperationUnits[] = [];
    const reservations: { entriesPerRow: number; whole: Units }[] = [];
    for (const entriesPerRow of plan.entriesPerRow) {
      for (const valueBytes of plan.valueBytes) {
        operations.push(...(await measureOperations(meter, plan, entriesPerRow, valueBytes, run)));
        progress(`dynamodb-capacity: ${entriesPerRow} entries per row, values of ${valueBytes} bytes`);
      }
      reservations.push({ entriesPerRow, whole: await measureReservation(meter, plan, entriesPerRow) });
    }
    const plain = [];
    for (const valueBytes of plan.valueBytes)
      plain.push({ valueBytes, ...(await measurePlain(meter, ASIDE, valueBytes)) });
    return { engine: engine.version, plan, run, operations, plain, reservations };
  } finally {
    meter.client.destroy();
    own.destroy();
    await engine.stop();
  }
}

/** The same key, no index: for plain items, and for copies of rows. */
async function createAside(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: ASIDE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
}

async function measureOperations(
  meter: Meter,
  plan: CapacityPlan,
  entriesPerRow: number,
  bytes: number,
  run: Units,
): Promise<OperationUnits[]> {
  const begin = () => processOn(meter.client, entriesPerRow);
  const measured: OperationUnits[] = [];
  for (const operation of OPERATIONS) {
    const workAt = (turn: number): Work => ({ key: `${operation}-${entriesPerRow}-${bytes}`, bytes, turn });
    const { warm, cold } =
      operation === 'read'
        ? await measureReads(meter, plan.operations, workAt, begin)
        : await measureWrites(meter, plan.operations, operation, workAt, begin);
    measured.push({
      entriesPerRow,
      valueBytes: bytes,
      operation,
      warm: less(warm, run),
      cold: less(cold, run),
    });
  }
  return measured;
}

interface Means {
  readonly warm: Units;
  readonly cold: Units;
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

function mean(all: readonly Units[]): Units {
  const of = (pick: (units: Units) => number) => all.reduce((sum, each) => sum + pick(each), 0) / all.length;
  return {
    writes: of(({ writes }) => writes),
    indexWrites: of(({ indexWrites }) => indexWrites),
    reads: of(({ reads }) => reads),
    requests: of(({ requests }) => requests),
  };
}

/** One hotel and one flight, which the process knows; each order is a new item. */
async function measureReservation(
  meter: Meter,
  { operations }: CapacityPlan,
  entriesPerRow: number,
): Promise<Units> {
  const functions = new InProcess();
  const store = dynamodb({ client: meter.client, entriesPerRow });
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
