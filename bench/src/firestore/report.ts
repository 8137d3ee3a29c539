/** Costs and contention, as tables to read. */
import { OPERATIONS } from '../operations/process.js';
import { costsOf } from '../operations/series.js';
import { excessLines, excessOf, reservationLines } from '../operations/series-lines.js';
import { aligned, figure } from '../text-table.js';
import type { Contention, Progress } from './contention.js';
import type { Costs } from './costs.js';
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
    ...excessLines(plan, (entriesPerRow) => worstExcess(costs, entriesPerRow)),
    '',
    ...reservationLines(costs.reservations, text),
    '',
    ...contentionLines(contention),
  ];
}

function sizeLines(costs: Costs, valueBytes: number): string[] {
  const { operations, plain, plan, run } = costs;
  const beside = plain.find((each) => each.valueBytes === valueBytes);
  if (beside === undefined) throw new Error(`plain requests of ${valueBytes} bytes were not counted`);
  const rows = plan.entriesPerRow.map((entriesPerRow) => {
    const mine = OPERATIONS.map((operation) => costsOf(operations, { entriesPerRow, valueBytes, operation }));
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

/** {@link excessOf} a setting, at the prices of the list. */
export function worstExcess({ operations, run }: Costs, entriesPerRow: number): number {
  const dollars = (documents: Documents) => dollarsOfMillion(sum(run, documents), 'us-central1');
  return excessOf(operations, entriesPerRow, dollars);
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
