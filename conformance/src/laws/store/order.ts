import type { Query, Store, TableName } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { pagedRows, pageOf, sortsOf } from '../../bench/paging.js';
import { makeRows } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

/** Every character of a key. */
const CHARACTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-'];
const LONGEST = 250;
/** Keys that other orders (of a language, of numbers, of lengths) place elsewhere. */
const TRICKY = ['aa', 'aB', 'Aa', 'AB', 'a-b', 'a_b', 'a.b', 'a:b', 'ab', '10', '00', '0.1', '1-', '-1'];

export const law: LawText = {
  says: 'Rows of a partition come in the order of the bytes of `sort`, both ways, strictly between `after` and `before`, whether or not these are rows. In an order by language or by case, logs are read in the wrong order and paging skips rows.',
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(table, (on) => ordered(bench, on, table));
    }
  },
};

async function ordered(bench: Bench, on: Case, table: TableName): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const partition = on.fresh();
  const sorts = [...CHARACTERS, ...TRICKY, 'z'.repeat(LONGEST), 'z'.repeat(LONGEST - 1)].sort(bytewise);
  const rows = shuffled(on, sorts).map((sort) => ({ key: { table, partition, sort }, fields: {} }));
  await makeRows(store, rows);
  await clock.settle(bench.traits);
  await compare(store, { table, partition, order: 'ascending', limit: 1000 }, sorts);
  await compare(store, { table, partition, order: 'descending', limit: 1000 }, sorts);
  for (let i = 0; i < (bench.depth === 'full' ? 150 : 25); i++) {
    await compare(store, { table, partition, ...range(on, sorts), limit: 5 + on.choices.pick(200) }, sorts);
  }
}

/** Compares one page, then all of them, with what the keys say. */
async function compare(store: Store, query: Query, sorts: readonly string[]): Promise<void> {
  const { after, before, order } = query;
  const between = sorts.filter(
    (sort) => (after === undefined || sort > after) && (before === undefined || sort < before),
  );
  const expected = order === 'ascending' ? between : between.reverse();
  const page = await pageOf(store, query);
  const first = sortsOf(page);
  const wholly = page.more ? expected.slice(0, first.length) : expected;
  if (!equal(first, wholly)) {
    throw new Wrong(
      `query ${shown(query)} gave ${shown(first)}, more: ${page.more}; it should have begun with ${shown(expected)}`,
    );
  }
  const all = sortsOf({ rows: await pagedRows(store, query) });
  if (!equal(all, expected))
    throw new Wrong(
      `query ${shown(query)} gave ${shown(all)} page by page; it should have been ${shown(expected)}`,
    );
}

/** A range by chance: bounds that are rows, bounds that are none, no bounds, nothing between them. */
function range(on: Case, sorts: readonly string[]): Pick<Query, 'after' | 'before' | 'order'> {
  const { choices } = on;
  const bound = (): string | undefined => {
    const sort = sorts[choices.pick(sorts.length)]!;
    switch (choices.pick(4)) {
      case 0:
        return undefined;
      case 1:
        return sort;
      case 2:
        return `${sort.slice(0, LONGEST - 1)}${CHARACTERS[choices.pick(CHARACTERS.length)]}`;
      default:
        return sort.slice(0, -1) || '-';
    }
  };
  const after = bound();
  const before = bound();
  return {
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    order: choices.pick(2) === 0 ? 'ascending' : 'descending',
  };
}

function shuffled(on: Case, sorts: readonly string[]): string[] {
  const left = [...sorts];
  return sorts.map(() => left.splice(on.choices.pick(left.length), 1)[0]!);
}

function bytewise(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((sort, i) => sort === b[i]);
}
