/**
 * The run's one numbered log, deferred (verified specification of runs, section 2; the read log and the invoke log of the
 * Beldi paper are its entries, by kind).
 *
 * Guarantee: all executions go on with the same values. Invariant: records are immutable and gap-free; an effect implies that
 * every volatile outcome before it is recorded.
 * Volatile outcomes (reads, clocks, step results) are kept in memory; everything pending of the whole run, all branches, is
 * written as the next record, put-if-absent, before the next effect of any branch. Whoever loses that put abandons its pass:
 * its code has branched on its own values. Stable outcomes, kept elsewhere under our token, owe no record and ride along.
 *
 * | it stops after | the next execution finds     | and does                                   |
 * |----------------|------------------------------|--------------------------------------------|
 * | a read         | no record                    | reads again, perhaps another value         |
 * | the flush      | the record, not the effect   | takes the values; the effect happens now   |
 * | a lost reply   | its own record, by this pass | goes on; by another pass: begins again     |
 */
import * as v from 'valibot';
import { decodeOutcome, encodeOutcome, type Outcome } from '../codec.js';
import { StoreError } from '../errors.js';
import { byteLength, limitsOf } from '../platform/limits.js';
import type { Row } from '../platform/store.js';
import { recordKey, recordNumber } from './layout.js';
import type { Requests } from './requests.js';

/** What a step is: its path, its kind and what it was about. A recorded entry is only ever given to the same step. */
export interface Fingerprint {
  readonly path: string;
  readonly kind: string;
  readonly name: string;
}

/** One step's recorded outcome. `at`: when it was learnt, in ms; for people, never for the protocol. */
export interface LogEntry extends Fingerprint {
  readonly outcome: Outcome;
  readonly at: number;
}

const recordSchema = v.array(v.tuple([v.string(), v.string(), v.string(), v.string(), v.number()]));

function encodeEntry(entry: LogEntry): string {
  return JSON.stringify([entry.path, entry.kind, entry.name, encodeOutcome(entry.outcome), entry.at]);
}

/** A batch of entries as one string. Sorted by path: branches finish in any order. */
export function encodeRecord(entries: readonly LogEntry[]): string {
  return `[${[...entries]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(encodeEntry)
    .join(',')}]`;
}

/** The entries of a record. @throws StoreError STORE_CORRUPT */
export function decodeRecord(text: string): LogEntry[] {
  const parsed = v.safeParse(recordSchema, JSON.parse(text));
  if (!parsed.success)
    throw new StoreError('STORE_CORRUPT', "a record of a run's log does not have its form");
  return parsed.output.map(([path, kind, name, outcome, at]) => ({
    path,
    kind,
    name,
    outcome: decodeOutcome(outcome),
    at,
  }));
}

/** The records among a run's rows: the gap-free prefix only, for pages are no snapshot. */
export function recordedEntries(rows: readonly Row[]): {
  readonly records: number;
  readonly entries: LogEntry[];
} {
  const byNumber = new Map<number, string>();
  for (const row of rows) {
    const n = recordNumber(row.key.sort);
    if (n !== undefined) byNumber.set(n, String(row.fields.record));
  }
  const entries: LogEntry[] = [];
  let records = 0;
  for (; byNumber.has(records); records++) entries.push(...decodeRecord(byNumber.get(records)!));
  return { records, entries };
}

/** The log of one pass over a handler. */
export class RunLog {
  private readonly recorded: ReadonlyMap<string, LogEntry>;
  private readonly unreached: Set<string>;
  private readonly riding: LogEntry[] = [];
  private readonly pending: LogEntry[] = [];
  private readonly recordsFound: number;
  private flushing: Promise<'recorded' | 'lost'> | undefined;

  constructor(
    private readonly requests: Requests,
    private readonly run: string,
    /** This pass, not this process: a copy of an older pass's put may still land. */
    private readonly by: string,
    private records: number,
    entries: readonly LogEntry[],
  ) {
    this.recordsFound = records;
    this.recorded = new Map(entries.map((entry) => [entry.path, entry]));
    this.unreached = new Set(this.recorded.keys());
  }

  /** The recorded entry of a path; whoever comes to a step has passed the mark that it was begun (`<path>!`). */
  at(path: string): LogEntry | undefined {
    this.unreached.delete(path);
    this.unreached.delete(`${path}!`);
    return this.recorded.get(path);
  }

  /** Recorded entries that the handler has not come to. */
  notReached(): LogEntry[] {
    return [...this.unreached].map((path) => this.recorded.get(path)!);
  }

  /** Whether everything the handler does now was done before. */
  get replaying(): boolean {
    return this.unreached.size > 0;
  }

  /** Whether this pass wrote a record. */
  get hasWritten(): boolean {
    return this.records > this.recordsFound;
  }

  /** An outcome that could differ another time: owes a record before the next effect. */
  volatile(entry: LogEntry): void {
    this.pending.push(entry);
  }

  /** An outcome that asking again would give again: rides with the next record. */
  stable(entry: LogEntry): void {
    this.riding.push(entry);
  }

  /** Steps done since the last record: kept with the outcome for people to look at. */
  get trailing(): readonly LogEntry[] {
    return this.riding;
  }

  /** Writes everything pending as the next record, and what rides with it. 'all': also where nothing is pending. 'lost': another pass wrote it, or nobody can say; begin again. */
  async flush(what: 'pending' | 'all' = 'pending'): Promise<'recorded' | 'lost'> {
    // Looked at anew after every wait: of all who wait for a put, one alone may begin the next.
    for (;;) {
      if (this.flushing !== undefined) {
        if ((await this.flushing) === 'lost') return 'lost';
      } else if (this.pending.length > 0 || (what === 'all' && this.riding.length > 0)) {
        this.flushing = this.put(this.nextBatch()).finally(() => {
          this.flushing = undefined;
        });
      } else {
        return 'recorded';
      }
    }
  }

  /** As much of what is pending, then riding, as fits one record. */
  private nextBatch(): LogEntry[] {
    const most = limitsOf(this.requests.traits).record;
    const batch: LogEntry[] = [];
    let bytes = 0;
    for (const entry of [...this.pending, ...this.riding]) {
      bytes += byteLength(encodeEntry(entry)) + 1;
      if (bytes > most && batch.length > 0) break;
      batch.push(entry);
    }
    return batch;
  }

  private async put(batch: readonly LogEntry[]): Promise<'recorded' | 'lost'> {
    const key = recordKey(this.run, this.records);
    const fields = { by: this.by, record: encodeRecord(batch) };
    const result = await this.requests.write({ write: 'create', key, fields }, { returning: true });
    if (result === 'unknown') return 'lost';
    if (!result.applied) {
      const row = result.row === undefined ? await this.requests.read(key) : result.row;
      if (row?.fields.by !== this.by) return 'lost';
    }
    this.records += 1;
    // Exactly what was put, now that it is there: a branch may have added to both meanwhile.
    remove(this.pending, batch);
    remove(this.riding, batch);
    return 'recorded';
  }
}

function remove(entries: LogEntry[], batch: readonly LogEntry[]): void {
  const kept = entries.filter((entry) => !batch.includes(entry));
  entries.splice(0, entries.length, ...kept);
}
