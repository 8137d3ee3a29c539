/** Operations and reservations for rows of few and of many log entries, and for values of all sizes. */
import { flowstate } from '@flowstate/core';
import type { Store } from '@flowstate/core/adapter';
import { agencyOf, InProcess } from '../reservation-workload.js';
import { type Counter, type Counts, less, meanOf } from './counts.js';
import { OPERATIONS, type Operation, processOn, type Work } from './process.js';
import { measureReads, measureWrites } from './warm-and-cold.js';

/** What is tried. `operations`: of each kind, a multiple of all `entriesPerRow`, so that whole rows are filled. */
export interface SeriesPlan {
  readonly entriesPerRow: readonly number[];
  readonly valueBytes: readonly number[];
  readonly operations: number;
}

/** Which operation was measured. */
export interface Kind {
  readonly entriesPerRow: number;
  readonly valueBytes: number;
  readonly operation: Operation;
}

/** One operation, without the run around it. */
export interface OperationCosts<Costs> extends Kind {
  /** By a process that was at the item before. */
  readonly warm: Costs;
  /** By a process that knows nothing of the item, which has the rows of so many operations behind it. */
  readonly cold: Costs;
}

/** A reservation of a hotel, a flight, a payment and an order, with its five runs. */
export interface ReservationCosts<Costs> {
  readonly entriesPerRow: number;
  readonly whole: Costs;
}

/** What is measured. */
export interface SeriesSubject<Field extends string> {
  readonly meter: Counter<Field>;
  /** A store whose requests the meter counts. */
  storeOf(entriesPerRow: number): Store;
  /** What a run costs that does nothing. */
  readonly run: Counts<Field>;
  /** So far it has come. */
  measured(entriesPerRow: number, valueBytes: number): void;
}

/** All that was measured. */
export interface Series<Costs> {
  readonly operations: readonly OperationCosts<Costs>[];
  readonly reservations: readonly ReservationCosts<Costs>[];
}

/** Measures all that is planned. */
export async function measureSeries<Field extends string>(
  subject: SeriesSubject<Field>,
  plan: SeriesPlan,
): Promise<Series<Counts<Field>>> {
  const operations: OperationCosts<Counts<Field>>[] = [];
  const reservations: ReservationCosts<Counts<Field>>[] = [];
  for (const entriesPerRow of plan.entriesPerRow) {
    for (const valueBytes of plan.valueBytes) {
      for (const operation of OPERATIONS)
        operations.push(
          await measureOperation(subject, { entriesPerRow, valueBytes, operation }, plan.operations),
        );
      subject.measured(entriesPerRow, valueBytes);
    }
    const whole = await measureReservations(subject, entriesPerRow, plan.operations);
    reservations.push({ entriesPerRow, whole });
  }
  return { operations, reservations };
}

/** One of those that were measured. @throws Error where it was not */
export function costsOf<Costs>(
  operations: readonly OperationCosts<Costs>[],
  { entriesPerRow, valueBytes, operation }: Kind,
): OperationCosts<Costs> {
  const found = operations.find(
    (each) =>
      each.operation === operation && each.entriesPerRow === entriesPerRow && each.valueBytes === valueBytes,
  );
  if (found === undefined) throw new Error(`${operation} was not measured`);
  return found;
}

/** What an operation does at each turn: all its turns are at one item of its own. */
export function workOf({ operation, entriesPerRow, valueBytes: bytes }: Kind): (turn: number) => Work {
  return (turn) => ({ key: `${operation}-${entriesPerRow}-${bytes}`, bytes, turn });
}

async function measureOperation<Field extends string>(
  { meter, storeOf, run }: SeriesSubject<Field>,
  kind: Kind,
  times: number,
): Promise<OperationCosts<Counts<Field>>> {
  const begin = () => processOn(storeOf(kind.entriesPerRow));
  const { warm, cold } =
    kind.operation === 'read'
      ? await measureReads(meter, times, workOf(kind), begin)
      : await measureWrites(meter, times, kind.operation, workOf(kind), begin);
  return { ...kind, warm: less(warm, run), cold: less(cold, run) };
}

/** One hotel and one flight, which the process knows; each order is a new item. */
async function measureReservations<Field extends string>(
  { meter, storeOf }: SeriesSubject<Field>,
  entriesPerRow: number,
  times: number,
): Promise<Counts<Field>> {
  const functions = new InProcess();
  const flow = flowstate({ name: 'bench', store: storeOf(entriesPerRow), invoker: functions.invoker });
  functions.use(flow);
  const { reserve, open } = agencyOf(flow);
  const place = `place-${entriesPerRow}`;
  await open.invoke(place);
  return meanOf(meter, times, async (turn) => {
    const id = `trip-${entriesPerRow}-${turn}`;
    const trip = { id, customer: 'customer-1', hotel: place, flight: place, price: 25_000 };
    await functions.done('order', await reserve.invoke(trip, { id }));
  });
}
