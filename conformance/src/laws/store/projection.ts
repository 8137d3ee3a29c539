import {
  FIELDS,
  type Fields,
  type Path,
  projected,
  type Row,
  type Store,
  type TableName,
} from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { pagedRows } from '../../bench/paging.js';
import { applied, makeRows } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

/** Names of entries that look like something else to a language of queries. */
const ENTRIES = ['a', 'A', 'a.b', 'a..b', '0', 'n', 'log', 'constructor', 'a_b', 'a:v', 'a-b'];

export const law: LawText = {
  says: 'A query with paths gives of each row exactly those fields and entries, leaves out what the row does not have (never the row), and gives no version; whole rows have a version always or never. Otherwise a log entry that is there is taken for missing, or a hint of part of a row for the whole.',
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(`paths, ${table}`, (on) => paths(bench, on, table));
    }
    await bench.case('versions', (on) => versions(bench, on));
  },
};

async function paths(bench: Bench, on: Case, table: TableName): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const partition = on.fresh();
  const rows = contents(table).map((fields, n): Row => ({ key: { table, partition, sort: `${n}` }, fields }));
  await makeRows(store, rows);
  await clock.settle(bench.traits);
  for (let i = 0; i < (bench.depth === 'full' ? 120 : 25); i++) {
    const asked = i === 0 ? [] : someOf(on, places(table));
    const order = on.choices.pick(2) === 0 ? 'ascending' : 'descending';
    const query = { table, partition, order, limit: 100, paths: asked } as const;
    const found = await pagedRows(store, query);
    const given = new Map(found.map((row) => [row.key.sort, row]));
    for (const { key, fields } of rows) {
      const row = given.get(key.sort);
      if (row === undefined)
        throw new Wrong(
          `query ${shown(query)} gave no row ${key.sort}; a row that lacks every path is still a row`,
        );
      const expected = projected(fields, asked);
      if (!same(row.fields, expected))
        throw new Wrong(
          `query ${shown(query)} gave of row ${key.sort} ${shown(row.fields)}; it should have been ${shown(expected)}`,
        );
      if (row.version !== undefined)
        throw new Wrong(
          `query ${shown(query)} gave row ${key.sort} a version, ${row.version}: it is not the whole row`,
        );
    }
  }
}

/** A row with everything, one with nothing, one with empty maps, one with a little. */
function contents(table: TableName): Fields[] {
  const own = FIELDS.filter((field) => field.table === table);
  const all = own.map(({ name, kind }, n): [string, Fields[string]] => {
    if (kind === 'map')
      return [name, Object.fromEntries(ENTRIES.map((entry, i) => [entry, [i, `${i}`, i > 8][i % 3]!]))];
    return [name, kind === 'text' ? `value.${n}` : kind === 'number' ? n : n % 2 === 0];
  });
  const maps = own
    .filter(({ kind }) => kind === 'map')
    .map(({ name }): [string, Fields[string]] => [name, {}]);
  const few = all.filter((_, n) => n % 4 === 1 || n === all.length - 1);
  return [all, [], maps, few].map((fields) => Object.fromEntries(fields));
}

/** Everything that can be asked for, and what no row has. */
function places(table: TableName): Path[] {
  return FIELDS.filter((field) => field.table === table).flatMap(({ name, kind }): Path[] =>
    kind === 'map' ? [name, ...[...ENTRIES, 'none', 'toString'].map((entry): Path => [name, entry])] : [name],
  );
}

function someOf(on: Case, all: readonly Path[]): Path[] {
  return Array.from({ length: 1 + on.choices.pick(6) }, () => all[on.choices.pick(all.length)]!);
}

async function versions(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const key = { table: 'items', partition: on.fresh(), sort: '0' } as const;
  const fields = { n: 1, log: {} };
  const seen: [string, Row | null | undefined][] = [];
  const returning = { returning: true };
  seen.push(['an applied create', (await applied(store, { write: 'create', key, fields }, returning)).row]);
  const change = { change: 'add', path: 'n', value: 1 } as const;
  const when = [{ test: 'equals', path: 'n', value: 1 }] as const;
  const update = { write: 'update', key, when, changes: [change] } as const;
  seen.push(['an applied update', (await applied(store, update, returning)).row]);
  await clock.settle(bench.traits);
  seen.push(['a refused update', (await store.write(update, returning)).row]);
  seen.push(['a refused delete', (await store.write({ write: 'delete', key, when }, returning)).row]);
  seen.push(['a refused create', (await store.write({ write: 'create', key, fields }, returning)).row]);
  seen.push(...(await read(store, key)));
  const rows = seen.filter((pair): pair is [string, Row] => pair[1] !== undefined && pair[1] !== null);
  const having = rows.filter(([, { version }]) => version !== undefined).map(([what]) => what);
  const lacking = rows.filter(([, { version }]) => version === undefined).map(([what]) => what);
  if (having.length > 0 && lacking.length > 0)
    throw new Wrong(
      `whole rows have a version from ${having.join(', ')}, and none from ${lacking.join(', ')}`,
    );
}

async function read(store: Store, key: Row['key']): Promise<[string, Row | undefined][]> {
  const { table, partition } = key;
  const page = await store.query({ table, partition, order: 'ascending', limit: 10 });
  return [
    ['a read', await store.read(key)],
    ['a query', page.rows[0]],
  ];
}
