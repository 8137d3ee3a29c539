/** The measured capacity, as tables to read. */
import type { CapacityReport, OperationUnits } from './capacity.js';
import { dollarsOfMillion, PRICES, type Units } from './prices.js';
import { OPERATIONS } from './subjects.js';

/** Text to read. */
export function capacityLines(report: CapacityReport): string[] {
  const { engine, plan, run } = report;
  return [
    `Capacity of DynamoDB, consumed in the mean of ${plan.operations} operations on one item (${engine})`,
    '  W: write units, those of the index among them; R: read units of consistent reads; rq: requests.',
    '  warm: by a process that was at the item before; cold: by one that knows nothing of it, while the item has',
    `  the rows of up to ${2 * plan.operations} operations behind it, none of them collected.`,
    `  $: for a million, at ${PRICES.millionWrites} for a million W and ${PRICES.millionReads} for a million R, on demand,`,
    `  ${PRICES.region}, list of ${PRICES.since} (${PRICES.source}).`,
    '',
    `A run, without what it does: ${unitsText(run)} (of W, ${figure(run.indexWrites)} are the index)`,
    ...plan.valueBytes.flatMap((valueBytes) => ['', ...sizeLines(report, valueBytes)]),
    '',
    ...excessLines(report),
    '',
    'A whole reservation: five runs, two updates, two calls, a step, an asynchronous call, a write of a new item',
    ...report.reservations.map(
      ({ entriesPerRow, whole }) => `  ${entriesPerRow} entries per row: ${unitsText(whole)}`,
    ),
  ];
}

function sizeLines({ operations, plain, plan, run }: CapacityReport, valueBytes: number): string[] {
  const beside = plain.find((each) => each.valueBytes === valueBytes);
  if (beside === undefined) throw new Error(`plain requests of ${valueBytes} bytes were not measured`);
  const rows = plan.entriesPerRow.map((entriesPerRow) => {
    const of = (operation: OperationUnits['operation']): OperationUnits => {
      const found = operations.find(
        (each) =>
          each.operation === operation &&
          each.entriesPerRow === entriesPerRow &&
          each.valueBytes === valueBytes,
      );
      if (found === undefined) throw new Error(`${operation} was not measured`);
      return found;
    };
    const cells = OPERATIONS.flatMap((operation) => [pair(of(operation).warm), pair(of(operation).cold)]);
    const write = of('write');
    const runs = [write.warm, write.cold].map((units) => dollarsOfMillion(units) + dollarsOfMillion(run));
    return [String(entriesPerRow), ...cells, ...runs.map((dollars) => dollars.toFixed(2))];
  });
  const head = [
    'entries',
    ...OPERATIONS.flatMap((operation) => [`${operation}, warm`, 'cold']),
    '$ run of a write',
    'cold',
  ];
  return [
    `Values of ${valueBytes} bytes, W + R of an operation; beside a plain conditional UpdateItem: ${unitsText(beside.update)};`,
    `a plain consistent GetItem: ${unitsText(beside.read)}`,
    ...aligned([head, ...rows]),
  ];
}

/** How much more than with the cheapest `entriesPerRow` a run of one operation costs, at worst: 0.05 is a twentieth more. */
export function worstExcess(report: CapacityReport, entriesPerRow: number): number {
  const { operations, run } = report;
  const dollars = (units: Units) => dollarsOfMillion(run) + dollarsOfMillion(units);
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

function excessLines(report: CapacityReport): string[] {
  return [
    'How much more a run of one operation costs than with the cheapest entries per row, at worst over all of the above',
    ...report.plan.entriesPerRow.map(
      (entriesPerRow) =>
        `  ${entriesPerRow} entries per row: ${(100 * worstExcess(report, entriesPerRow)).toFixed(1)} %`,
    ),
  ];
}

function pair({ writes, reads }: Units): string {
  return `${figure(writes)} + ${figure(reads)}`;
}

function unitsText(units: Units): string {
  const { writes, reads, requests } = units;
  return `${figure(writes)} W, ${figure(reads)} R, ${figure(requests)} rq, $ ${dollarsOfMillion(units).toFixed(2)}`;
}

function figure(value: number): string {
  // Without what only rounding leaves.
  return String(Number(value.toFixed(2)) + 0);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
