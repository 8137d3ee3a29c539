import type { Row, RowKey, Store, TableName } from '@flowstate/core/adapter';
import type { Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { together } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { Where } from '../../harness.js';
import { addressOf, difference } from '../../judge/contents.js';
import { mustApply, patient } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

const TABLES: readonly TableName[] = ['items', 'runs'];
const LONGEST = 250;
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-';

export const law: LawText = {
  says: 'Every key is a row of its own: keys that differ in case alone, of which one begins the other, whose parts join to the same text, whose tables differ alone, that have 250 characters. Otherwise one item holds what another one wrote.',
  async check(bench) {
    await bench.case('parts that are nearly the same', (on) => apart(on, nearlySame(on.fresh())));
    await bench.case('parts that join to the same', (on) => apart(on, joining(on.fresh())));
    await bench.case('every character', (on) => apart(on, everyCharacter(on.fresh())));
    await bench.case('250 characters', (on) => apart(on, longest(on.fresh())));
  },
};

/** Both parts of a key. */
type Parts = readonly [partition: string, sort: string];

/** Written once to each key, in both tables, every row holds its own; changed or deleted, it takes no other one along. */
async function apart(on: Case, parts: readonly Parts[]): Promise<void> {
  const store = patient(on, await on.store());
  const clock = new CaseClock(on);
  const rows = TABLES.flatMap((table) =>
    parts.map(([partition, sort], i): Row => {
      const key: RowKey = { table, partition, sort };
      return { key, fields: { value: addressOf(key), due: i, log: { own: i } } };
    }),
  );
  await together(rows, async ({ key, fields }) => {
    const { applied: made } = await store.write({ write: 'create', key, fields });
    if (!made)
      throw new Wrong(
        `the create of ${addressOf(key)} was refused: its key is taken for that of another row`,
      );
  });
  await clock.settle(store.traits);
  await check(on, store, rows, rows);
  // Of each three, one is deleted and one is changed.
  await together([...rows.entries()], async ([i, { key }]) => {
    const when = [{ test: 'equals', path: 'value', value: addressOf(key) }] as const;
    if (i % 3 === 0) await mustApply(store, { write: 'delete', key, when });
    if (i % 3 === 1)
      await mustApply(store, {
        write: 'update',
        key,
        when,
        changes: [{ change: 'add', path: 'due', value: 1000 }],
      });
  });
  await clock.settle(store.traits);
  const left = rows.flatMap((row, i) => {
    if (i % 3 === 0) return [];
    return i % 3 === 1 ? [{ ...row, fields: { ...row.fields, due: (i % parts.length) + 1000 } }] : [row];
  });
  await check(on, store, rows, left);
}

/** Of all that were made, these rows are there, and no other: past the adapter, by queries and by reads. */
async function check(on: Case, store: Store, all: readonly Row[], left: readonly Row[]): Promise<void> {
  const places = new Map<string, Where>();
  for (const { key } of all) places.set(`${key.table} ${key.partition}`, key);
  await together([...places.values()], async ({ table, partition }) => {
    const own = left.filter(({ key }) => key.table === table && key.partition === partition);
    const raw = await on.rows({ table, partition });
    const query = { table, partition, order: 'ascending', limit: 500 } as const;
    compare(`${table}/${partition}, past the adapter`, raw, own);
    const page = await store.query(query);
    if (!page.more) compare(`a query of ${table}/${partition}`, page.rows, own);
    for (const row of own) {
      const differs = difference((await store.read(row.key))?.fields, row.fields);
      if (differs !== undefined) throw new Wrong(`a read of ${addressOf(row.key)}: ${differs}`);
    }
  });
}

function compare(where: string, found: readonly Row[], expected: readonly Row[]): void {
  const bySort = new Map(found.map((row) => [row.key.sort, row]));
  for (const { key, fields } of expected) {
    const differs = difference(bySort.get(key.sort)?.fields, fields);
    if (differs !== undefined) throw new Wrong(`${where}, row ${key.sort}: ${differs}`);
    bySort.delete(key.sort);
  }
  if (bySort.size > 0 || found.length !== expected.length)
    throw new Wrong(`${where} has rows that are not there: ${shown([...bySort.keys()])}`);
}

function nearlySame(base: string): Parts[] {
  const parts = [
    'a',
    'A',
    'aa',
    'aA',
    'Aa',
    'AA',
    'a.',
    'a:',
    'a-',
    'a_',
    '_a',
    '.a',
    ':a',
    '-a',
    'a..',
    '__a__',
    'a--',
  ];
  const numbers = ['0', '00', '01', '1', '1.0', '1e0', '10', '9', '-1', '0x1'];
  return [
    ...[...parts, ...numbers].map((part): Parts => [`${base}:x`, part]),
    ...[...parts, ...numbers].map((part): Parts => [`${base}:${part}`, 'x']),
    [base, 'x'],
    [base, `${base}:x`],
  ];
}

/** However the parts are joined, and by whatever, some of these are the same text. */
function joining(base: string): Parts[] {
  return [...':._-'].flatMap((by): Parts[] => {
    const joined = (...words: string[]): string => words.join(by);
    return [
      [joined(base, 'b'), 'c'],
      [base, joined('b', 'c')],
      [joined(base, 'b', 'c'), 'd'],
      [joined(base, 'b'), joined('c', 'd')],
      [base, joined('b', 'c', 'd')],
      [joined(base, ''), 'e'],
      [base, joined('', 'e')],
      [joined(base, '', ''), 'f'],
      [joined(base, ''), joined('', 'f')],
      [`${base}${by}g`, 'h'],
      [`${base}${by}`, 'gh'],
    ];
  });
}

function everyCharacter(base: string): Parts[] {
  return [
    [`${base}:${CHARACTERS}`, CHARACTERS],
    ...[...CHARACTERS].flatMap((character): Parts[] => [
      [`${base}:chars`, `x${character}x`],
      [`${base}:x${character}`, 'x'],
    ]),
  ];
}

/** As long as they may be, and different in one character alone, wherever it is. */
function longest(base: string): Parts[] {
  const long = (last: string): string => `${base}:`.padEnd(LONGEST - last.length, 'x') + last;
  const plain = 'y'.repeat(LONGEST);
  const changed = [0, 1, 63, 64, 127, 128, 199, 200, 248, 249].map(
    (at) => `${plain.slice(0, at)}Z${plain.slice(at + 1)}`,
  );
  return [
    ...['a', 'A', 'b', '-', 'aa'].map((last): Parts => [long(last), plain]),
    ...changed.map((sort): Parts => [long('a'), sort]),
    [long('a'), plain.slice(1)],
    [long('a').slice(0, -1), plain],
  ];
}
