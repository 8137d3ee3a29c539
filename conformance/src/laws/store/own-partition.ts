import type { Row, RowKey, TableName } from '@flowstate/core/adapter';
import { CaseClock } from '../../bench/case-clock.js';
import { nameOf, pagedRows } from '../../bench/paging.js';
import { makeRows } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const TABLES: readonly TableName[] = ['items', 'runs'];

export const law: LawText = {
  says: 'A query gives the rows of its partition and its table, no others, and every key is a row of its own, however alike two partitions are and wherever one key could be cut in two. Otherwise one item answers for another.',
  async check(bench) {
    await bench.case('neighbours', async (on) => {
      const clock = new CaseClock(on);
      const store = await on.store();
      const rows = neighbours(on.fresh()).map((key, n): Row => ({ key, fields: { [counter(key)]: n } }));
      await makeRows(store, rows);
      await clock.settle(bench.traits);
      for (const partition of new Set(rows.map(({ key }) => key.partition))) {
        for (const table of TABLES) {
          const own = rows.filter(({ key }) => key.partition === partition && key.table === table);
          for (const order of ['ascending', 'descending'] as const) {
            const found = await pagedRows(store, { table, partition, order, limit: 2 });
            sameRows(`${order} query of ${table}/${partition}`, found, own);
          }
          sameRows(`rawRows of ${table}/${partition}`, await on.rows({ table, partition }), own);
        }
      }
      for (const { key, fields } of rows) {
        const row = await store.read(key);
        if (!same(row?.fields, fields))
          throw new Wrong(
            `the read of ${nameOf(key)} gave ${shown(row?.fields)}; written was ${shown(fields)}`,
          );
      }
    });
  },
};

/** A number of either table. */
function counter({ table }: RowKey): string {
  return table === 'items' ? 'n' : 'epoch';
}

/** Keys that look alike, and keys that are the same where partition and sort are joined by a character of theirs. */
function neighbours(base: string): RowKey[] {
  const partitions = [base, `${base}0`, `${base}x`, base.slice(0, -1), base.toUpperCase()];
  const keys = [...'.:-_'].flatMap((joint) => [
    [base, `1${joint}x`],
    [`${base}${joint}1`, 'x'],
    [`${base}${joint}1${joint}x`, 'y'],
    [`${base}${joint}`, 'x'],
  ]);
  for (const partition of partitions) keys.push([partition, 'x'], [partition, 'X'], [partition, '0']);
  return TABLES.flatMap((table) => keys.map(([partition = '', sort = '']) => ({ table, partition, sort })));
}

function sameRows(what: string, found: readonly Row[], own: readonly Row[]): void {
  const texts = (rows: readonly Row[]): string[] =>
    rows.map(({ key, fields }) => `${nameOf(key)} ${JSON.stringify(fields)}`).sort();
  const [got, should] = [texts(found), texts(own)];
  const strange = got.filter((text) => !should.includes(text));
  const missing = should.filter((text) => !got.includes(text));
  if (strange.length > 0) throw new Wrong(`the ${what} gave what is not its own: ${shown(strange)}`);
  if (missing.length > 0) throw new Wrong(`the ${what} left out ${shown(missing)}`);
  if (got.length !== should.length) throw new Wrong(`the ${what} gave rows twice: ${shown(got)}`);
}
