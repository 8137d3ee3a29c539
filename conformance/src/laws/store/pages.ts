import type { Query, Row, RowKey, Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { pagedRows, pageOf, sortsOf } from '../../bench/paging.js';
import { applied, makeRows } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const ORDERS = ['ascending', 'descending'] as const;
/** Rows that are appended while pages are read: paging comes to an end. */
const APPENDED_MAX = 100;
/** A row of the large ones, in characters: a dozen are more than databases answer at once. */
const LARGE = 200_000;

export const law: LawText = {
  says: 'A page has no more rows than asked for, says `more: false` only where there is no more, and paging to the end passes every row that was there all along exactly once, whatever is written meanwhile. Otherwise a log is replayed with holes and an effect happens again.',
  weight: 2,
  async check(bench) {
    await bench.case('limits', (on) => limits(bench, on));
    for (const order of ORDERS) {
      for (const limit of bench.depth === 'full' ? [1, 4, 11] : [4])
        await bench.case(`while written, ${order}, ${limit}`, (on) => whileWritten(bench, on, order, limit));
      await bench.case(`more than a page, ${order}`, (on) => moreThanAPage(bench, on, order));
    }
    await bench.case('large rows', (on) => largeRows(bench, on));
  },
};

const numbered = (n: number): string => String(n).padStart(4, '0');

async function filled(bench: Bench, on: Case, count: number, value: (n: number) => string = String) {
  const clock = new CaseClock(on);
  const store = await on.store();
  const partition = on.fresh();
  const rows = Array.from({ length: count }, (_, n) => ({
    key: { table: 'items', partition, sort: numbered(n) } as const,
    fields: { n: 0, value: value(n), log: {} },
  }));
  await makeRows(store, rows);
  await clock.settle(bench.traits);
  return { store, partition, keys: rows.map(({ key }) => key) };
}

/** @throws Wrong unless each of these rows was passed exactly once */
function passedOnce(rows: readonly Row[], sorts: readonly string[], query: Query): void {
  const times = new Map<string, number>();
  for (const sort of sortsOf({ rows })) times.set(sort, (times.get(sort) ?? 0) + 1);
  const missed = sorts.filter((sort) => !times.has(sort));
  const repeated = [...times].filter(([, count]) => count > 1).map(([sort]) => sort);
  if (missed.length > 0)
    throw new Wrong(`paging to the end by ${shown(query)} passed by rows that are there: ${shown(missed)}`);
  if (repeated.length > 0)
    throw new Wrong(
      `paging to the end by ${shown(query)} passed these rows more than once: ${shown(repeated)}`,
    );
}

async function limits(bench: Bench, on: Case): Promise<void> {
  const { store, partition, keys } = await filled(bench, on, 11);
  for (const order of ORDERS) {
    for (let limit = 1; limit <= 13; limit++) {
      const query = { table: 'items', partition, order, limit } as const;
      const page = await pageOf(store, query);
      if (!page.more && page.rows.length < keys.length)
        throw new Wrong(
          `query ${shown(query)} gave ${page.rows.length} rows and more: false; there are ${keys.length} rows`,
        );
      passedOnce(
        await pagedRows(store, query),
        keys.map(({ sort }) => sort),
        query,
      );
    }
  }
}

async function whileWritten(bench: Bench, on: Case, order: Query['order'], limit: number): Promise<void> {
  const { store, partition, keys } = await filled(bench, on, 60, () => '0');
  const writer = await on.open({ as: 'writer' });
  const going = keys.filter((_, n) => n % 3 === 1);
  const staying = keys.filter((_, n) => n % 3 !== 1);
  const churn = churning(on, writer, staying, going);
  const query = { table: 'items', partition, order, limit } as const;
  const rows = await pagedRows(store, query, churn);
  passedOnce(
    rows,
    staying.map(({ sort }) => sort),
    query,
  );
  for (const row of rows) {
    if (row.fields.value !== `${row.fields.n}`)
      throw new Wrong(
        `row ${row.key.sort} of a page holds n ${row.fields.n} with the value of another moment: ${shown(row.fields)}`,
      );
  }
}

/** Appends a row at either end, changes one, deletes one or brings it back: every time it is called. */
function churning(on: Case, writer: Store, staying: readonly RowKey[], going: readonly RowKey[]) {
  const counts = new Map<string, number>();
  const gone = new Set<string>();
  let appended = 0;
  return async () => {
    if (appended === APPENDED_MAX) return;
    const end = `${on.choices.pick(2) === 0 ? '-' : '9'}${numbered(appended++)}`;
    const changed = staying[on.choices.pick(staying.length)]!;
    const n = counts.get(changed.sort) ?? 0;
    counts.set(changed.sort, n + 1);
    const leaving = going[on.choices.pick(going.length)]!;
    const back = gone.delete(leaving.sort);
    if (!back) gone.add(leaving.sort);
    const fields = { n: 0, value: '0', log: {} };
    await Promise.all([
      applied(writer, { write: 'create', key: { ...changed, sort: end }, fields }),
      applied(writer, {
        write: 'update',
        key: changed,
        when: [{ test: 'equals', path: 'n', value: n }],
        changes: [
          { change: 'add', path: 'n', value: 1 },
          { change: 'set', path: 'value', value: `${n + 1}` },
        ],
      }),
      back
        ? applied(writer, { write: 'create', key: leaving, fields })
        : applied(writer, { write: 'delete', key: leaving, when: [{ test: 'equals', path: 'n', value: 0 }] }),
    ]);
  };
}

/** A limit beyond what one page may hold is legal: the page is shorter, and says so. */
async function moreThanAPage(bench: Bench, on: Case, order: Query['order']): Promise<void> {
  const { pageRowsMax } = bench.traits;
  const reasonable = pageRowsMax <= (bench.depth === 'full' || order === 'ascending' ? 1000 : 300);
  const { store, partition, keys } = await filled(bench, on, reasonable ? pageRowsMax + 5 : 300);
  const query = { table: 'items', partition, order, limit: keys.length + 50 } as const;
  passedOnce(
    await pagedRows(store, query),
    keys.map(({ sort }) => sort),
    query,
  );
}

async function largeRows(bench: Bench, on: Case): Promise<void> {
  const length = Math.min(LARGE, Math.floor(bench.traits.rowBytesMax / 2));
  const value = (n: number): string => `${n}.`.repeat(length).slice(0, length);
  const { store, partition, keys } = await filled(bench, on, 12, value);
  const sorts = keys.map(({ sort }) => sort);
  for (const order of ORDERS) {
    const query = { table: 'items', partition, order, limit: 100 } as const;
    const rows = await pagedRows(store, query);
    passedOnce(rows, sorts, query);
    for (const { key, fields } of rows) {
      const { length: got } = String(fields.value);
      if (fields.value !== value(Number(key.sort)))
        throw new Wrong(
          `row ${key.sort} of a page has another value than was written (${got} of ${length} characters)`,
        );
    }
    const short = { ...query, paths: ['n'] };
    passedOnce(await pagedRows(store, short), sorts, short);
  }
}
