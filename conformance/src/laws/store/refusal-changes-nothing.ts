import type { Fields, Row, RowKey, TableName, Tests, Write } from '@flowstate/core/adapter';
import type { Case } from '../../bench/bench.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { fieldsOf, fullRow } from '../../generate/rows.js';
import { type Company, company, numbers } from '../../judge/company.js';
import { addressOf, contentOf, difference, mustHold } from '../../judge/contents.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import { judged, mustApply, patient, writeText } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'A refused write changes nothing: not its row, in no field, not any other, also where there is no row; and a refusal is an answer, not an error. Otherwise a repeated operation that is rightly refused does damage all the same, or ends its run.',
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(`a row, ${table}`, (on) => onRow(on, table));
      await bench.case(`no row, ${table}`, (on) => onNothing(on, table));
    }
    await bench.case('beside writes that are applied', async (on) => {
      const us = await company(on);
      const rows = await us.make(bench.depth === 'full' ? 8 : 2, { rev: 'r', n: 0, log: {} });
      for (const { key } of rows) await besideOthers(us, key);
    });
  },
};

/** Every field changed: what is written by mistake shows. */
function refusals(table: TableName, key: RowKey): Write[] {
  const holds = { test: 'equals', path: ['log', 'a'], value: 0 } as const;
  const text = table === 'items' ? 'rev' : 'state';
  const failing: readonly Tests[] = [
    [{ test: 'missing', path: text }],
    [{ test: 'missing', path: ['log', 'a'] }],
    [{ test: 'equals', path: text, value: 'another' }],
    [{ test: 'equals', path: ['log', 'a'], value: '0' }],
    [{ test: 'equals', path: ['log', 'none'], value: 0 }],
    [{ test: 'below', path: 'due', value: -5 }],
    [{ test: 'below', path: ['log', 'none'], value: 5 }],
    [holds, { test: 'missing', path: text }],
    [{ test: 'missing', path: text }, holds],
    [holds, { test: 'missing', path: ['log', 'none'] }, { test: 'equals', path: text, value: '' }],
  ];
  const fields = fieldsOf(table);
  const changes = fields.map(({ name, kind }, i) => {
    if (kind === 'map') return { change: 'set', path: [name, 'a'], value: 'changed' } as const;
    if (i % 3 === 0) return { change: 'remove', path: name } as const;
    return {
      change: 'set',
      path: name,
      value: kind === 'text' ? 'changed' : kind === 'number' ? 3 : true,
    } as const;
  });
  return [
    ...failing.flatMap((when): Write[] => [
      { write: 'update', key, when, changes },
      {
        write: 'update',
        key,
        when,
        changes: fields.map(
          ({ name, kind }) => ({ change: 'remove', path: kind === 'map' ? [name, 'a'] : name }) as const,
        ),
      },
      { write: 'delete', key, when },
    ]),
    { write: 'create', key, fields: { log: {} } },
    { write: 'create', key, fields: fullRow(table, 'another') },
  ];
}

/** Rows that a refusal must not touch either: beside the row, and of the same key in the other table. */
async function neighbours(on: Case, key: RowKey): Promise<Row[]> {
  const store = patient(on, await on.store());
  const other: TableName = key.table === 'items' ? 'runs' : 'items';
  const rows = [
    { key: { ...key, sort: `${key.sort}0` }, fields: fullRow(key.table, 'beside') },
    { key: { ...key, table: other }, fields: fullRow(other, 'in the other table') },
  ];
  for (const row of rows) await mustApply(store, { write: 'create', ...row });
  return rows;
}

async function onRow(on: Case, table: TableName): Promise<void> {
  const kept = keeper(on, await on.store());
  const key: RowKey = { table, partition: on.fresh(), sort: '00000000' };
  const row = new KnownRow(kept, key);
  await row.write({ write: 'create', key, fields: { ...fullRow(table), log: { a: 0, b: 'kept' } } });
  const others = await neighbours(on, key);
  for (const [i, write] of refusals(table, key).entries()) await row.write(write, { returning: i % 2 === 0 });
  for (const other of others)
    await mustHold(on, other.key, other.fields, `refused writes of ${addressOf(key)}`);
}

async function onNothing(on: Case, table: TableName): Promise<void> {
  const kept = keeper(on, await on.store());
  const key: RowKey = { table, partition: on.fresh(), sort: '00000000' };
  const row = new KnownRow(kept, key);
  const writes = refusals(table, key).filter(({ write }) => write !== 'create');
  for (const [i, write] of writes.entries()) await row.write(write, { returning: i % 2 === 0 });
  const left = await on.rows(key);
  if (left.length > 0) throw new Wrong(`refused writes of rows that do not exist left ${shown(left[0])}`);
}

/** Writes that nothing ever lets in, among others that are all applied. */
async function besideOthers(us: Company, key: RowKey): Promise<void> {
  const when = [{ test: 'equals', path: 'rev', value: 'never' }] as const;
  const wrong: Write[] = [
    { write: 'update', key, when, changes: [{ change: 'set', path: 'value', value: 'never' }] },
    { write: 'delete', key, when },
    { write: 'create', key, fields: { value: 'never', log: {} } },
  ];
  await Promise.all(
    numbers(40).map(async (i) => {
      const counts = i % 2 === 0;
      const write: Write = counts
        ? {
            write: 'update',
            key,
            when: [{ test: 'equals', path: 'rev', value: 'r' }],
            changes: [{ change: 'add', path: 'n', value: 1 }],
          }
        : wrong[i % wrong.length]!;
      const outcome = await judged(us.client(i), { everAbsent: false }, write, { returning: i % 4 < 2 });
      if (outcome.applied !== counts)
        throw new Wrong(`${writeText(write)} was ${counts ? 'refused' : 'applied'}; rev was "r" all along`);
    }),
  );
  const expected: Fields = { rev: 'r', n: 20, log: {} };
  const differs = difference(await contentOf(us.on, key), expected);
  if (differs !== undefined)
    throw new Wrong(`20 additions were applied, and 20 other writes refused. The row now: ${differs}`);
}
