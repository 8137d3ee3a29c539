/**
 * The evidence in the database: what the rows of items and runs look like, whatever happened, once nothing goes on. Each
 * violation is one line that ends in the rows involved.
 */
import { decodeOutcome, type Entries, type Row } from '@flowstate/core/adapter';
import { decodeRecord, itemRowNumber, type LogEntry, recordNumber, SEALED } from '@flowstate/core/testing';
import type { Case } from '../bench/bench.js';
import { rowLine } from '../bench/tape.js';
import { Wrong } from '../bench/wrong.js';

/** What the rows cannot say themselves. */
export interface RowsOptions {
  /** Log entries in one item row, as the stores that wrote were opened: a row holds no more. */
  readonly entriesPerRow?: number;
  /** Whether rows may have been collected: chains then need not begin at row 0. */
  readonly collected?: boolean;
}

/** Violations that one message tells. */
const VIOLATIONS_SHOWN = 3;

/** The rows of every partition that a case asked about, as they are now, past the adapter. */
export async function touchedRows(on: Case): Promise<Row[]> {
  const rows: Row[] = [];
  for (const where of on.tape.partitions()) if (where !== undefined) rows.push(...(await on.rows(where)));
  return rows;
}

/** @throws Wrong with the violations, where there are any. */
export function mustHold(what: string, violations: readonly string[], rows: readonly Row[] = []): void {
  if (violations.length === 0) return;
  throw new Wrong(`${what}: ${told(violations)}`, rows.length === 0 ? {} : { rows: rows.map(rowLine) });
}

/** Violations as one text, a line each; the first few of them. */
export function told(violations: readonly string[]): string {
  const more = violations.length - VIOLATIONS_SHOWN;
  const rest = more > 0 ? [`and ${more} more of the kind`] : [];
  return [...violations.slice(0, VIOLATIONS_SHOWN), ...rest].join('\n');
}

/** What is wrong with the rows of any number of items (V1, V7, V13), and with the logs of any number of runs. */
export function rowViolations(rows: readonly Row[], options: RowsOptions = {}): string[] {
  return [...itemViolations(rows, options), ...logViolations(rows)];
}

/** What is wrong with the rows of any number of items: a token twice, or a chain that is none. */
export function itemViolations(rows: readonly Row[], options: RowsOptions = {}): string[] {
  const items = rows.filter(({ key }) => key.table === 'items');
  return [
    ...repeatedTokens(items),
    ...partitionsOf(items).flatMap((chain) => chainViolations(chain, options)),
  ];
}

/** The tokens of a row's log with what is recorded under them. */
export function tokensOf(row: Row): [token: string, outcome: Entries[string]][] {
  return typeof row.fields.log === 'object' ? Object.entries(row.fields.log) : [];
}

/** Rows by their partitions, each in order of their sorts. */
export function partitionsOf(rows: readonly Row[]): Row[][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const place = `${row.key.table}/${row.key.partition}`;
    found.set(place, [...(found.get(place) ?? []), row]);
  }
  return [...found.values()].map((part) => part.sort((a, b) => (a.key.sort < b.key.sort ? -1 : 1)));
}

/** A step has one effect: its token is in one row of one item. */
function repeatedTokens(items: readonly Row[]): string[] {
  const places = new Map<string, Row[]>();
  for (const row of items)
    for (const [token] of tokensOf(row)) places.set(token, [...(places.get(token) ?? []), row]);
  return [...places]
    .filter(([, rows]) => rows.length > 1)
    .map(
      ([token, rows]) =>
        `step ${token} took effect in ${rows.length} rows: ${rows.map(rowLine).join(' and ')}`,
    );
}

function chainViolations(chain: readonly Row[], { entriesPerRow, collected = false }: RowsOptions): string[] {
  const [first, ...rest] = chain;
  if (first === undefined) return [];
  const { partition } = first.key;
  const found: string[] = [];
  if (!collected && itemRowNumber(first.key) !== 0)
    found.push(`item ${partition} does not begin at row 0: ${rowLine(first)}`);
  let last = first;
  for (const row of rest) {
    if (itemRowNumber(row.key) !== itemRowNumber(last.key) + 1)
      found.push(`item ${partition} lacks a row between ${rowLine(last)} and ${rowLine(row)}`);
    if (Number(last.fields.n) < SEALED)
      found.push(
        `item ${partition}: a row below the last is not sealed: ${rowLine(last)}, then ${rowLine(row)}`,
      );
    for (const field of ['life', 'key']) {
      if (row.fields[field] !== last.fields[field])
        found.push(
          `item ${partition}: ${field} differs from row to row: ${rowLine(last)} and ${rowLine(row)}`,
        );
    }
    last = row;
  }
  return [...found, ...chain.flatMap((row) => itemRowViolations(row, entriesPerRow))];
}

function itemRowViolations(row: Row, entriesPerRow: number | undefined): string[] {
  const { log, n, rev, life, key, value, queue, due } = row.fields;
  const wrong = (what: string): string => `${what}: ${rowLine(row)}`;
  if (typeof log !== 'object' || typeof n !== 'number' || typeof rev !== 'string' || typeof life !== 'string')
    return [wrong('not a row of a managed item')];
  const found: string[] = [];
  const tokens = Object.keys(log);
  if (typeof key !== 'string') found.push(wrong('an item without its key in clear'));
  if (n < SEALED && n !== tokens.length)
    found.push(wrong(`an open row that counts ${n} entries and holds ${tokens.length}`));
  if (entriesPerRow !== undefined && tokens.length > entriesPerRow)
    found.push(wrong(`a row of ${tokens.length} entries where ${entriesPerRow} are the most`));
  if (!tokens.includes(rev)) found.push(wrong('a revision that is none of the operations in the row'));
  const waits = n >= SEALED || value === undefined;
  if (waits && (queue !== 'trim' || typeof due !== 'number'))
    found.push(wrong('a sealed or empty row that does not wait to be trimmed'));
  if (!waits && (queue !== undefined || due !== undefined))
    found.push(wrong('an open row with a value that waits for something'));
  return found;
}

/** The records of a run's log by their numbers, and the entries in them; what cannot be read is left out. */
export function recordsOf(rows: readonly Row[]): { row: Row; n: number; entries: LogEntry[] | undefined }[] {
  return rows.flatMap((row) => {
    const n = recordNumber(row.key.sort);
    return n === undefined ? [] : [{ row, n, entries: entriesOf(row.fields.record) }];
  });
}

/** The entries of a stored record; undefined where it is none. */
export function entriesOf(record: unknown): LogEntry[] | undefined {
  if (typeof record !== 'string') return undefined;
  try {
    return decodeRecord(record);
  } catch {
    return undefined;
  }
}

/** What is wrong with the logs of any number of runs: a gap, a step twice, a record of nobody, a log of no run. */
export function logViolations(rows: readonly Row[]): string[] {
  const runs = rows.filter(({ key }) => key.table === 'runs');
  return partitionsOf(runs).flatMap((run) => {
    const { partition } = run[0]!.key;
    const found: string[] = [];
    const paths = new Map<string, Row>();
    const records = recordsOf(run);
    if (records.length > 0 && !run.some(({ key }) => key.sort === 'intent'))
      found.push(`a log without a run: ${rowLine(records[0]!.row)}`);
    for (const [i, { row, n, entries }] of records.entries()) {
      if (n !== i) found.push(`${partition} lacks record ${i} of its log: ${rowLine(row)}`);
      if (typeof row.fields.by !== 'string') found.push(`a record of nobody: ${rowLine(row)}`);
      if (entries === undefined) found.push(`a record that cannot be read: ${rowLine(row)}`);
      for (const { path } of entries ?? []) {
        const before = paths.get(path);
        if (before !== undefined)
          found.push(`step ${path} is recorded twice: ${rowLine(before)} and ${rowLine(row)}`);
        paths.set(path, row);
      }
    }
    return found;
  });
}

/** What is wrong with the ends of any number of runs that should be over: not done, still to be woken, no outcome. */
export function endViolations(rows: readonly Row[]): string[] {
  return rows
    .filter(({ key }) => key.table === 'runs' && key.sort === 'intent')
    .flatMap((row) => {
      const { state, queue, due, done, outcome, notify, reason } = row.fields;
      const wrong = (what: string): string => `${what}: ${rowLine(row)}`;
      if (state !== 'done')
        return [
          wrong(
            `a run that is ${String(state)}, not done${reason === undefined ? '' : ` (${String(reason)})`}`,
          ),
        ];
      const found: string[] = [];
      if (queue !== 'done' || typeof due !== 'number')
        found.push(wrong(`a run that is done and waits in queue ${String(queue)}`));
      if (notify !== undefined) found.push(wrong('a run that is done, its caller never told'));
      if (typeof done !== 'number') found.push(wrong('a run that is done at no time'));
      if (!isOutcome(outcome)) found.push(wrong('a run that is done without an outcome'));
      return found;
    });
}

function isOutcome(text: unknown): boolean {
  try {
    return typeof text === 'string' && decodeOutcome(text) !== undefined;
  } catch {
    return false;
  }
}
