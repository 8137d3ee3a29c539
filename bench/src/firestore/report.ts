/** Costs and contention, as tables to read. */
import { OPERATIONS } from '../dynamodb/subjects.js';
import type { Contention, Progress } from './contention.js';
import type { Costs, OperationCosts } from './costs.js';
import type { FirestoreReport } from './measure.js';
import { type Documents, dollarsOfMillion, type Location, PRICES } from './prices.js';

const LOCATIONS = Object.keys(PRICES.locations) as Location[];

/** Text to read. */
export function firestoreLines({ engine, costs, contention }: FirestoreReport): string[] {
  const { plan, run, idlePass } = costs;
  return [
    `Documents of Firestore, in the mean of ${plan.operations} operations on one item (${engine})`,
    '  r: documents read, w: written, d: deleted, rq: requests, B: bytes of the messages that write.',
    '  warm: by a process that was at the item before; cold: by one that knows nothing of it, while the item has',
    `  the rows of up to ${2 * plan.operations} operations behind it, none of them collected.`,
    `  $: for a million, in ${LOCATIONS.join(' and ')}, by the list as of ${PRICES.since}: check ${PRICES.source} before quoting.`,
    '  Index entries are not billed; a query that finds nothing is billed as one read, a refused write as a write.',
    '',
    `A run, without what it does: ${text(run)}`,
    `A pass of the collector that finds nothing: ${text(idlePass)}; one query for each shard, table and queue`,
    ...plan.valueBytes.flatMap((valueBytes) => ['', ...sizeLines(costs, valueBytes)]),
    '',
    'How much more a run of one operation costs than with the cheapest entries per row, at worst over all of the above',
    ...plan.entriesPerRow.map(
      (entriesPerRow) =>
        `  ${entriesPerRow} entries per row: ${(100 * worstExcess(costs, entriesPerRow)).toFixed(1)} %`,
    ),
    '',
    'A whole reservation: five runs, two updates, two calls, a step, an asynchronous call, a write of a new item',
    ...costs.reservations.map(
      ({ entriesPerRow, whole }) => `  ${entriesPerRow} entries per row: ${text(whole)}`,
    ),
    '',
    ...contentionLines(contention),
  ];
}

function sizeLines(costs: Costs, valueBytes: number): string[] {
  const { operations, plain, plan, run } = costs;
  const beside = plain.find((each) => each.valueBytes === valueBytes);
  if (beside === undefined) throw new Error(`plain requests of ${valueBytes} bytes were not counted`);
  const rows = plan.entriesPerRow.map((entriesPerRow) => {
    const mine = OPERATIONS.map((operation) => found(operations, { entriesPerRow, valueBytes, operation }));
    const [write] = mine;
    if (write === undefined) throw new Error('nothing was counted');
    const dollars = ([write.warm, write.cold] as const).map((of) => dollarsText(sum(run, of)));
    const bytes = figure(write.warm.writeBytes);
    return [
      String(entriesPerRow),
      ...mine.flatMap(({ warm, cold }) => [pair(warm), pair(cold)]),
      bytes,
      ...dollars,
    ];
  });
  const head = [
    'entries',
    ...OPERATIONS.flatMap((operation) => [`${operation}, warm`, 'cold']),
    'B of a write',
    '$ run of a write',
    'cold',
  ];
  return [
    `Values of ${valueBytes} bytes, w + r of an operation; beside a plain update under a version: ${text(beside.update)};`,
    `a plain read: ${text(beside.read)}`,
    ...aligned([head, ...rows]),
  ];
}

function found(
  all: readonly OperationCosts[],
  {
    entriesPerRow,
    valueBytes,
    operation,
  }: Pick<OperationCosts, 'entriesPerRow' | 'valueBytes' | 'operation'>,
): OperationCosts {
  const one = all.find(
    (each) =>
      each.operation === operation && each.entriesPerRow === entriesPerRow && each.valueBytes === valueBytes,
  );
  if (one === undefined) throw new Error(`${operation} was not counted`);
  return one;
}

/** How much more than with the cheapest `entriesPerRow` a run of one operation costs, at worst: 0.05 is a twentieth more. */
export function worstExcess({ operations, run }: Costs, entriesPerRow: number): number {
  const dollars = (documents: Documents) => dollarsOfMillion(sum(run, documents), 'us-central1');
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

function contentionLines({ plan, store, transactions }: Contention): string[] {
  return [
    `${plan.writers} writers that change one document for ${plan.seconds} s`,
    `  by the store, which compares versions: ${progressText(store)}`,
    `  by runTransaction, which locks: ${progressText(transactions)}`,
    transactions.changes === 0
      ? '  transactions made no change in the time'
      : `  ratio: ${(store.changes / transactions.changes).toFixed(0)}`,
  ];
}

function progressText({ changes, failures, perSecond, exact }: Progress): string {
  const kept = exact ? 'each of them kept' : 'SOME LOST OR MADE TWICE';
  return `${changes} changes, ${perSecond.toFixed(1)} a second, ${failures} tries given up, ${kept}`;
}

function sum(one: Documents, other: Documents): Documents {
  const keys = Object.keys(one) as (keyof Documents)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as Record<
    keyof Documents,
    number
  >;
}

function pair({ writes, reads }: Documents): string {
  return `${figure(writes)} + ${figure(reads)}`;
}

function text(documents: Documents): string {
  const { reads, writes, deletes, requests, refused, writeBytes } = documents;
  const again = refused === 0 ? '' : ` (${figure(refused)} refused)`;
  return `${figure(writes)} w${again}, ${figure(reads)} r, ${figure(deletes)} d, ${figure(requests)} rq, ${figure(writeBytes)} B, $ ${dollarsText(documents)}`;
}

function dollarsText(documents: Documents): string {
  return LOCATIONS.map((location) => dollarsOfMillion(documents, location).toFixed(2)).join('/');
}

function figure(value: number): string {
  // Without what only rounding leaves.
  return String(Number(value.toFixed(value >= 100 ? 0 : 2)) + 0);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
