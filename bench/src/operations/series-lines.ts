/** What reports say alike of a series, at the prices of any database. */
import type { OperationCosts, ReservationCosts, SeriesPlan } from './series.js';

/**
 * How much more than with the cheapest `entriesPerRow` a run of one operation costs, at worst: 0.05 is a twentieth more.
 * `dollars`: of an operation, with the run around it.
 */
export function excessOf<Costs>(
  operations: readonly OperationCosts<Costs>[],
  entriesPerRow: number,
  dollars: (costs: Costs) => number,
): number {
  const excesses = operations
    .filter((each) => each.entriesPerRow === entriesPerRow)
    .flatMap((mine) =>
      (['warm', 'cold'] as const).map((how) => {
        const same = operations.filter(
          ({ operation, valueBytes }) => operation === mine.operation && valueBytes === mine.valueBytes,
        );
        return dollars(mine[how]) / Math.min(...same.map((each) => dollars(each[how]))) - 1;
      }),
    );
  return Math.max(...excesses);
}

/** {@link excessOf} all settings. */
export function excessLines(plan: SeriesPlan, worst: (entriesPerRow: number) => number): string[] {
  return [
    'How much more a run of one operation costs than with the cheapest entries per row, at worst over all of the above',
    ...plan.entriesPerRow.map(
      (entriesPerRow) => `  ${entriesPerRow} entries per row: ${(100 * worst(entriesPerRow)).toFixed(1)} %`,
    ),
  ];
}

/** Whole reservations, each told by `text`. */
export function reservationLines<Costs>(
  reservations: readonly ReservationCosts<Costs>[],
  text: (costs: Costs) => string,
): string[] {
  return [
    'A whole reservation: five runs, two updates, two calls, a step, an asynchronous call, a write of a new item',
    ...reservations.map(({ entriesPerRow, whole }) => `  ${entriesPerRow} entries per row: ${text(whole)}`),
  ];
}
