/** What every report says of a verdict in the same words. */
import type { LawResult, Verdict } from '../verdict.js';

/** The results, apart by what became of the law. */
export interface Totals {
  readonly passed: readonly LawResult[];
  readonly failed: readonly LawResult[];
  readonly skipped: readonly LawResult[];
  /** Not all of their cases were run, for want of time. */
  readonly cut: readonly LawResult[];
}

/** The results of a verdict, apart by what became of the law. */
export function totalsOf({ results }: Verdict): Totals {
  const of = (verdict: LawResult['verdict']) => results.filter((result) => result.verdict === verdict);
  return {
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    cut: results.filter(({ cut }) => cut),
  };
}

/** The verdict in one line. */
export function sentence(verdict: Verdict): string {
  const { passed, failed, skipped } = totalsOf(verdict);
  const counts = `${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`;
  if (!verdict.complete) return `INCOMPLETE: the run was stopped; so far ${counts}`;
  if (failed.length > 0) return `FAILED: ${laws(failed.length)} broken; ${counts}`;
  if (passed.length === 0) return `NO VERDICT: no law was run; ${counts}`;
  return `PASSED: ${counts}`;
}

function laws(count: number): string {
  return count === 1 ? '1 law is' : `${count} laws are`;
}

/** The depth, and the part of the cases, in words. */
export function extent({ depth, shard }: Verdict): string {
  return shard.of === 1 ? depth : `${depth}, shard ${shard.index} of ${shard.of}`;
}

/** The groups of laws, such as `store`, in their order, with the results of each. */
export function groupsOf(verdict: Verdict): ReadonlyMap<string, readonly LawResult[]> {
  const groups = new Map<string, LawResult[]>();
  for (const result of verdict.results) {
    const group = result.law.slice(0, Math.max(0, result.law.lastIndexOf('/')));
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  return groups;
}

/** What the laws of the wire call requests that they counted at the driver. */
const DRIVER = 'driver: ';

/** Requests of each operation, in words for people; those of the driver are many, and stand in JSON. */
export function requestsText(requests: Verdict['requests']): string {
  return Object.entries(inOrder(requests))
    .filter(([operation]) => !operation.startsWith(DRIVER))
    .map(([operation, count]) => `${operation}: ${count}`)
    .join('; ');
}

/** A record in the order of its names. */
export function inOrder<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
