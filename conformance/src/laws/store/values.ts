import type { Change, Fields, RowKey, Store, TableName } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { together } from '../../bench/rows.js';
import { Wrong } from '../../bench/wrong.js';
import { anyRow, fieldsOf, fullRow } from '../../generate/rows.js';
import { NAMES, NUMBERS, TEXTS } from '../../generate/texts.js';
import { addressOf, difference } from '../../judge/contents.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import { patient } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

/** Code points of one text: short enough for one value anywhere. */
const CHUNK = 16 * 1024;
/** Rows of one partition. */
const GROUP = 8;
/** The longest text that every store must take as a value, in characters of one byte. */
const LONG = 100 * 1024;

export const law: LawText = {
  says: 'What is written comes back unchanged, in values and in entries, under whatever name: the empty text, every character of Unicode, composed or not, texts that look like numbers, dates, null or JSON, long ones, numbers to their last digit. Otherwise a user reads what nobody wrote.',
  weight: 2,
  async check(bench) {
    const written = (name: string, table: TableName, contents: readonly Fields[]): Promise<void> =>
      bench.case(name, async (on) => comeBack(on, table, contents, await on.open({ as: 'another client' })));
    for (const table of ['items', 'runs'] as const) {
      await written(`texts, ${table}`, table, TEXTS.map(withText(table)));
      await written(`numbers, ${table}`, table, NUMBERS.map(withNumber(table)));
      await written(`names, ${table}`, table, names(table));
      await written(`fields, ${table}`, table, everyField(table));
      await bench.property(`rows of ${table}`, anyRow(table), { full: 60, slice: 10 }, async (on, fields) =>
        comeBack(on, table, [fields, fields]),
      );
    }
    await written('every plane', 'items', planes(bench));
    await written('long', 'items', longOnes(bench));
  },
};

/** Writes rows, half of them by an update, and reads them in every way there is where a reader is given. */
async function comeBack(
  on: Case,
  table: TableName,
  contents: readonly Fields[],
  reader?: Store,
): Promise<void> {
  const kept = keeper(on, await on.store());
  const groups = Array.from({ length: Math.ceil(contents.length / GROUP) }, (_, group) => {
    const partition = on.fresh();
    return contents.slice(group * GROUP, (group + 1) * GROUP).map((fields, i) => {
      const row = new KnownRow(kept, { table, partition, sort: String(i).padStart(8, '0') });
      return { row, fields, late: i % 2 === 1 };
    });
  });
  await together(groups, async (group) => {
    for (const { row, fields, late } of group) await write(row, fields, late);
  });
  if (reader === undefined) return;
  await kept.clock.settle(reader.traits);
  await together(groups, async (group) => {
    for (const { row, fields } of group) await mustBeRead(patient(on, reader), row.key, fields);
  });
}

async function mustBeRead(store: Store, key: RowKey, fields: Fields): Promise<void> {
  const { table, partition, sort } = key;
  // Exactly that row: between the sorts before and behind it.
  const range = { after: sort.slice(0, -1), before: `${sort}0` };
  const page = await store.query({ table, partition, ...range, order: 'descending', limit: 1 });
  for (const [how, found] of [
    ['a read', await store.read(key)],
    ['a query', page.rows[0]],
  ] as const) {
    const differs = difference(found?.fields, fields);
    if (differs !== undefined) throw new Wrong(`${how} of ${addressOf(key)}: ${differs}`);
  }
}

async function write(row: KnownRow, fields: Fields, late: boolean): Promise<void> {
  const { key } = row;
  if (!late) {
    await row.write({ write: 'create', key, fields }, { returning: true });
    return;
  }
  const maps = Object.entries(fields).filter(([, value]) => typeof value === 'object');
  await row.write({ write: 'create', key, fields: Object.fromEntries(maps.map(([name]) => [name, {}])) });
  const changes = Object.entries(fields).flatMap(([name, value]): Change[] =>
    typeof value === 'object'
      ? Object.entries(value).map(
          ([entry, scalar]) => ({ change: 'set', path: [name, entry], value: scalar }) as const,
        )
      : [{ change: 'set', path: name, value } as const],
  );
  const when = [{ test: 'missing', path: 'queue' }] as const;
  await row.write({ write: 'update', key, when, changes }, { returning: true });
}

/** The text as a value and as an entry. */
function withText(table: TableName): (text: string) => Fields {
  const [value, other] = table === 'items' ? ['value', 'rev'] : ['record', 'reason'];
  return (text) => ({
    [value]: text,
    [other]: text,
    log: { text },
  });
}

function withNumber(table: TableName): (number: number) => Fields {
  const names = fieldsOf(table).filter(({ kind }) => kind === 'number');
  return (number) => ({
    ...Object.fromEntries(names.map(({ name }) => [name, number])),
    log: { number, text: String(number) },
  });
}

function names(table: TableName): Fields[] {
  const alone = NAMES.map((name) => ({ log: { [name]: name } }));
  const all = Object.fromEntries(NAMES.map((name, i) => [name, i]));
  return [...alone, { log: all, ...(table === 'runs' ? { prepared: all } : {}) }];
}

/** All fields at once, each alone, none. */
function everyField(table: TableName): Fields[] {
  const full = fullRow(table);
  const each = Object.entries(full).map(([name, value]) => ({ log: {}, [name]: value }));
  return [
    full,
    { log: {} },
    ...each,
    { log: {}, ...(table === 'runs' ? { cancel: false, notify: true } : {}) },
  ];
}

/** In full every code point of the planes that languages use, else some of each plane, and those at its edges. */
function planes(bench: Bench): Fields[] {
  const whole = bench.depth === 'full' ? [0, 1, 2, 14] : [];
  const points: number[] = [];
  for (let point = 1; point <= 0x10ffff; point++) {
    const inPlane = point & 0xffff;
    const chosen = whole.includes(point >> 16) || point < 0x3000 || inPlane < 8 || inPlane > 0xfff7;
    const surrogate = point >= 0xd800 && point <= 0xdfff;
    if (!surrogate && (chosen || point % 101 === 0)) points.push(point);
  }
  const texts: Fields[] = [];
  for (let i = 0; i < points.length; i += CHUNK) {
    const characters = points.slice(i, i + CHUNK).map((point) => String.fromCodePoint(point));
    texts.push({ value: characters.join(''), log: { entry: characters.slice(0, 2000).join('') } });
  }
  return texts;
}

function longOnes({ traits }: Bench): Fields[] {
  const long = Math.min(LONG, Math.floor(traits.rowBytesMax / 4));
  return [
    { value: 'x'.repeat(long), log: {} },
    { value: '"\\'.repeat(long / 2), log: {} },
    { value: '😀'.repeat(long / 4), log: {} },
    { value: ' \n'.repeat(long / 2), rev: 'r'.repeat(3000), log: { entry: 'é'.repeat(1500) } },
    ...[255, 256, 1023, 1024, 4095, 4096, 8191, 8192, 32_767, 32_768, 65_535, 65_536]
      .filter((length) => length <= long)
      .map((length) => ({ value: `${'y'.repeat(length - 1)}.`, log: {} })),
  ];
}
