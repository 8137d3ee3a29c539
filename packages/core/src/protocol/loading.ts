/**
 * Loading a run before it is replayed (verified specification of runs, 1): its intent and the gap-free prefix of its log.
 * Pages are no snapshot, so the count of delivered events is never taken from here, but from the launch or claim.
 */
import type { Row } from '../platform/store.js';
import { type Intent, intentOf } from './intent.js';
import { intentKey, runPartition } from './layout.js';
import type { Requests } from './requests.js';
import { type LogEntry, recordedEntries } from './run-log.js';

/** A run as loaded. */
export interface Loaded {
  readonly intent: Intent;
  readonly records: number;
  readonly entries: readonly LogEntry[];
}

/** The row of a run's intent. Undefined: there is no such run; one that was begun a moment ago is not taken for none. */
export function findIntent(requests: Requests, run: string): Promise<Row | undefined> {
  return requests.certain(() => requests.read(intentKey(run)));
}

/** Reads all of a run's rows. Undefined: there is no such run; a launch that is quicker than reads are is not for nothing. */
export function load(requests: Requests, run: string): Promise<Loaded | undefined> {
  return requests.certain(() => loadRows(requests, run));
}

async function loadRows(requests: Requests, run: string): Promise<Loaded | undefined> {
  const partition = runPartition(run);
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const page = await requests.query({
      table: 'runs',
      partition,
      order: 'ascending',
      limit: requests.traits.pageRowsMax,
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) break;
    after = last.key.sort;
  }
  const intent = rows.find((row) => row.key.sort === intentKey(run).sort);
  return intent === undefined ? undefined : { intent: intentOf(intent), ...recordedEntries(rows) };
}
