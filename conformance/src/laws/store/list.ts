import type { Fields, Listing, RowKey, Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { listedKeys, nameOf } from '../../bench/paging.js';
import { applied, makeRows, together } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const TABLES = ['items', 'runs'] as const;
const NOW = 1_700_000_000_000;
/** Of every length, so that an order of texts is another one. */
const DUES = [0, 9, 10, 99, 1000, NOW - 1, NOW, NOW + 1, 9_999_999_999_999];

export const law: LawText = {
  says: 'A listing has, in the end, every row of both tables whose `queue` is that word and whose `due` is at or before `until`, and never one that was not among them: rows that left, leave it. What is not listed is never woken; what is invented is woken without end.',
  async check(bench) {
    await bench.case('complete', (on) => complete(bench, on));
    await bench.case('left', left);
  },
};

/** Looks until the listing is those keys and no others. @throws Wrong at once for a key that never was in that queue */
function comesToBe(
  clock: CaseClock,
  store: Store,
  listing: Listing,
  expected: readonly RowKey[],
  ever: readonly RowKey[],
): Promise<void> {
  const [should, known] = [expected, ever].map((keys) => new Set(keys.map(nameOf))) as [
    Set<string>,
    Set<string>,
  ];
  return clock.eventually(async () => {
    const names = (await listedKeys(store, listing)).map(nameOf);
    const invented = names.filter((name) => !known.has(name));
    if (invented.length > 0)
      throw new Wrong(
        `list ${shown(listing)} invents ${shown(invented)}: they never were in that queue and due`,
      );
    const there = new Set(names);
    const missing = [...should].filter((name) => !there.has(name));
    if (missing.length > 0) return `list ${shown(listing)} lacks ${shown(missing)}`;
    const gone = names.filter((name) => !should.has(name));
    if (gone.length > 0) return `list ${shown(listing)} has ${shown(gone)}, which left`;
    return names.length === there.size ? undefined : `list ${shown(listing)} has keys twice: ${shown(names)}`;
  });
}

async function complete(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const [writer, lister] = [await on.open({ as: 'writer' }), await on.open({ as: 'lister' })];
  const queue = on.word;
  const partition = on.fresh();
  const rows = DUES.flatMap((due, i) =>
    TABLES.flatMap((table) => [
      { key: { table, partition, sort: `a${i}` }, fields: { queue, due } },
      { key: { table, partition: `${partition}.${i}`, sort: '00000000' }, fields: { queue, due } },
    ]),
  );
  // Words that are the same to a comparison by beginning, by case or by pattern; and rows in no queue at all.
  const words = [`${queue}2`, queue.slice(0, -1), queue.toUpperCase(), `x${queue}`, `_${queue.slice(1)}`];
  const others = words.flatMap((word, i) =>
    TABLES.map((table) => ({ key: { table, partition, sort: `b${i}` }, fields: { queue: word, due: 10 } })),
  );
  const none = TABLES.map((table) => ({ key: { table, partition, sort: 'c' }, fields: {} }));
  await makeRows(writer, [...rows, ...others, ...none]);
  const untils = [undefined, ...DUES.flatMap((due) => (due === 0 ? [0] : [due - 1, due]))];
  for (const until of untils) {
    const due = rows.filter(({ fields }) => until === undefined || fields.due <= until).map(({ key }) => key);
    for (const limit of bench.depth === 'full' ? [1, 3, 100] : [7]) {
      const listing = { queue, limit, ...(until === undefined ? {} : { until }) };
      await comesToBe(clock, lister, listing, due, due);
    }
  }
  for (const [i, word] of words.entries()) {
    const keys = others.filter((_, n) => Math.floor(n / 2) === i).map(({ key }) => key);
    await comesToBe(clock, lister, { queue: word, until: NOW, limit: 10 }, keys, keys);
  }
}

/** What becomes of a row in a queue. */
const FATES = ['stays', 'dequeued', 'moved', 'later', 'deleted'] as const;

async function left(on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const [writer, lister] = [await on.open({ as: 'writer' }), await on.open({ as: 'lister' })];
  const [queue, other] = [on.word, `${on.word}2`];
  const partition = on.fresh();
  const of = (fate: (typeof FATES)[number]) =>
    TABLES.flatMap((table) => [0, 1].map((i): RowKey => ({ table, partition, sort: `${fate}${i}` })));
  const all = FATES.flatMap(of);
  await makeRows(
    writer,
    all.map((key, i) => ({ key, fields: { queue, due: NOW - i } })),
  );
  const listing = { queue, until: NOW, limit: 6 };
  const elsewhere = { ...listing, queue: other };
  const late = { ...listing, until: NOW + 1000 };
  await comesToBe(clock, lister, listing, all, all);
  await together(all, (key) => meets(writer, key, { queue, other }));
  await comesToBe(clock, lister, listing, of('stays'), all);
  await comesToBe(clock, lister, elsewhere, of('moved'), of('moved'));
  await comesToBe(clock, lister, late, [...of('stays'), ...of('later')], all);
  // And back: a row that is created again, put back, or due again is listed again.
  await together(all, (key) => comesBack(writer, key, { queue, due: NOW - 5 }));
  await comesToBe(clock, lister, listing, all, all);
  await comesToBe(clock, lister, elsewhere, [], of('moved'));
}

async function meets(writer: Store, key: RowKey, words: { readonly queue: string; readonly other: string }) {
  const when = [{ test: 'equals', path: 'queue', value: words.queue }] as const;
  const set = (fields: Fields) =>
    Object.entries(fields).map(([path, value]) => {
      if (typeof value === 'object') throw new TypeError('no map');
      return { change: 'set', path, value } as const;
    });
  const fate = FATES.find((name) => key.sort.startsWith(name));
  if (fate === 'deleted') await applied(writer, { write: 'delete', key, when });
  if (fate === 'moved')
    await applied(writer, { write: 'update', key, when, changes: set({ queue: words.other, due: NOW - 1 }) });
  if (fate === 'later')
    await applied(writer, { write: 'update', key, when, changes: set({ due: NOW + 1000 }) });
  if (fate !== 'dequeued') return;
  const changes = [
    { change: 'remove', path: 'queue' },
    { change: 'remove', path: 'due' },
  ] as const;
  await applied(writer, { write: 'update', key, when, changes });
}

async function comesBack(
  writer: Store,
  key: RowKey,
  fields: { readonly queue: string; readonly due: number },
) {
  if (key.sort.startsWith('stays')) return;
  if (key.sort.startsWith('deleted')) return applied(writer, { write: 'create', key, fields });
  const when = [{ test: 'missing', path: key.table === 'items' ? 'value' : 'state' }] as const;
  const changes = [
    { change: 'set', path: 'queue', value: fields.queue },
    { change: 'set', path: 'due', value: fields.due },
  ] as const;
  return applied(writer, { write: 'update', key, when, changes });
}
