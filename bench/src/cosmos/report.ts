/** What was counted, as tables to read. */
import { OPERATIONS } from '../operations/process.js';
import { costsOf } from '../operations/series.js';
import { aligned, figure } from '../text-table.js';
import type { CosmosReport } from './measure.js';
import type { Requests } from './meter.js';

/** Text to read. */
export function cosmosLines(report: CosmosReport): string[] {
  const { engine, chargeIsConstant, plan, run, idlePass } = report;
  return [
    `Requests to Cosmos DB, in the mean of ${plan.operations} operations on one item (${engine})`,
    '  rq: requests, w: documents written, r: read, q: queries and their plans, B: bytes of the documents that are written.',
    '  warm: by a process that was at the item before; cold: by one that knows nothing of it.',
    chargeIsConstant
      ? '  RU: this engine says 1 of every request, so that its RU are the requests again, and no measurement. What the'
      : '  RU: as the service charged them. What the',
    '  documentation says of costs (1 RU for a read of 1 KiB, more with bytes and indexed paths) is not measured here.',
    '',
    `A run, without what it does: ${text(run)}`,
    `A pass of the collector that finds nothing: ${text(idlePass)}`,
    ...plan.valueBytes.flatMap((valueBytes) => ['', ...sizeLines(report, valueBytes)]),
  ];
}

function sizeLines({ operations, plain, plan }: CosmosReport, valueBytes: number): string[] {
  const beside = plain.find((each) => each.valueBytes === valueBytes);
  if (beside === undefined) throw new Error(`plain requests of ${valueBytes} bytes were not counted`);
  const rows = plan.entriesPerRow.map((entriesPerRow) => {
    const mine = OPERATIONS.map((operation) => costsOf(operations, { entriesPerRow, valueBytes, operation }));
    const writes = mine.filter(({ operation }) => operation !== 'read');
    return [
      String(entriesPerRow),
      ...mine.flatMap(({ warm, cold }) => [pair(warm), pair(cold)]),
      ...writes.map(({ warm }) => figure(warm.writeBytes)),
    ];
  });
  const head = [
    'entries',
    ...OPERATIONS.flatMap((operation) => [`${operation}, warm`, 'cold']),
    ...OPERATIONS.filter((operation) => operation !== 'read').map((operation) => `B of a ${operation}`),
  ];
  return [
    `Values of ${valueBytes} bytes, w + r + q of an operation; beside a plain replacement under its entity tag: ${text(beside.replace)};`,
    `a plain read: ${text(beside.read)}`,
    ...aligned([head, ...rows]),
  ];
}

function pair({ writes, reads, queries }: Requests): string {
  return [writes, reads, queries].map(figure).join(' + ');
}

function text({ requests, writes, refused, reads, queries, writeBytes, charge }: Requests): string {
  const again = refused === 0 ? '' : ` (${figure(refused)} refused)`;
  return `${figure(requests)} rq, ${figure(writes)} w${again}, ${figure(reads)} r, ${figure(queries)} q, ${figure(writeBytes)} B, ${figure(charge)} RU`;
}
