/** The measured capacity, as tables to read. */
import { OPERATIONS, type Operation } from '../operations/process.js';
import { costsOf } from '../operations/series.js';
import { excessLines, excessOf, reservationLines } from '../operations/series-lines.js';
import { aligned, decimals } from '../text-table.js';
import type { CapacityReport } from './capacity.js';
import { dollarsOfMillion, PRICES, type Units } from './prices.js';

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
    ...excessLines(plan, (entriesPerRow) => worstExcess(report, entriesPerRow)),
    '',
    ...reservationLines(report.reservations, unitsText),
  ];
}

function sizeLines({ operations, plain, plan, run }: CapacityReport, valueBytes: number): string[] {
  const beside = plain.find((each) => each.valueBytes === valueBytes);
  if (beside === undefined) throw new Error(`plain requests of ${valueBytes} bytes were not measured`);
  const rows = plan.entriesPerRow.map((entriesPerRow) => {
    const of = (operation: Operation) => costsOf(operations, { entriesPerRow, valueBytes, operation });
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

/** {@link excessOf} a setting, at the prices of the list. */
export function worstExcess({ operations, run }: CapacityReport, entriesPerRow: number): number {
  const dollars = (units: Units) => dollarsOfMillion(run) + dollarsOfMillion(units);
  return excessOf(operations, entriesPerRow, dollars);
}

function pair({ writes, reads }: Units): string {
  return `${figure(writes)} + ${figure(reads)}`;
}

function unitsText(units: Units): string {
  const { writes, reads, requests } = units;
  return `${figure(writes)} W, ${figure(reads)} R, ${figure(requests)} rq, $ ${dollarsOfMillion(units).toFixed(2)}`;
}

function figure(value: number): string {
  return decimals(value, 2);
}
