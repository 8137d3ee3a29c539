/** Tools to break a store in memory in one way, and to say what the suite makes of it. */
import type { Query, Row, RowKey, Store } from '@flowstate/core/adapter';
import { expect } from 'vitest';
import type { Harness } from '../../src/harness.js';
import { runSuite } from '../../src/index.js';
import type { LawResult } from '../../src/verdict.js';

/** The store with some of its methods replaced. */
export function replaced(store: Store, methods: Partial<Store>): Store {
  return {
    traits: store.traits,
    read: (key) => store.read(key),
    write: (write, options) => store.write(write, options),
    query: (query) => store.query(query),
    list: (listing) => store.list(listing),
    ...methods,
  };
}

/** Every row of a partition, in the right order. */
export async function allRows(store: Store, { table, partition }: Pick<Query, 'table' | 'partition'>) {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const range = after === undefined ? {} : { after };
    const page = await store.query({ table, partition, order: 'ascending', limit: 100, ...range });
    rows.push(...page.rows);
    after = page.rows.at(-1)?.key.sort;
    if (!page.more || after === undefined) return rows;
  }
}

/** A text for a key. */
export function nameOf({ table, partition, sort }: RowKey): string {
  return `${table}/${partition}/${sort}`;
}

/** What one law says of a harness. */
export async function judged(law: string, harness: Harness, caseMs = 20_000): Promise<LawResult> {
  const { results } = await runSuite(harness, { only: [`store/${law}`], seed: 7, depth: 'slice', caseMs });
  const [result] = results.filter((each) => each.law === `store/${law}`);
  if (result === undefined) throw new Error(`no law store/${law}`);
  return result;
}

/** The slice of the law must find it, and say it in those words. */
export async function mustCatch(
  law: string,
  harness: Harness,
  words: RegExp,
  caseMs?: number,
): Promise<void> {
  const result = await judged(law, harness, caseMs);
  expect(`${result.verdict}: ${result.failure?.message ?? result.reason ?? ''}`).toMatch(/^failed/);
  expect(result.failure?.message).toMatch(words);
}
