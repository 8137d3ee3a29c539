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

/**
 * Where reads may be old, "no such run" is believed only once everything written before has become visible: one who looks right
 * after a run was begun would tell that there is none, or leave it to the collector.
 */
async function unlessOld<T>(requests: Requests, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const found = await look();
  if (found !== undefined || requests.traits.reads === 'linearizable') return found;
  await requests.settle();
  return look();
}

/** The row of a run's intent. Undefined: there is no such run. */
export function findIntent(requests: Requests, run: string): Promise<Row | undefined> {
  return unlessOld(requests, () => requests.read(intentKey(run)));
}

/** Reads all of a run's rows. Undefined: there is no such run. */
export function load(requests: Requests, run: string): Promise<Loaded | undefined> {
  return unlessOld(requests, () => loadRows(requests, run));
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
