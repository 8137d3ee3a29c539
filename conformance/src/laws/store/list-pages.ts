import type { Fields, Listing, RowKey, Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { listedKeys, nameOf } from '../../bench/paging.js';
import { applied, makeRows, together } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const NOW = 1_700_000_000_000;
/** An index may forget for a moment what it showed before: what is wrong is wrong every time. */
const TRIES = 3;

export const law: LawText = {
  says: 'Whoever follows `next`, however small the pages, by whichever client, is given every row of the queue: through any number of rows of one `due`, and while rows that were given leave the queue and others join it. Otherwise the collector never comes to some runs.',
  async check(bench) {
    await bench.case('ties', (on) => ties(bench, on));
    await bench.case('one by one', oneByOne);
    await bench.case('while taken', (on) => whileTaken(bench, on));
  },
};

type Queued = { readonly key: RowKey; readonly fields: Fields & { readonly due: number } };

/** Rows of both tables, some in one partition, most alone and all of one sort, every key in both tables. */
function queued(on: Case, count: number, due: (n: number) => number): Queued[] {
  const partition = on.fresh();
  return Array.from({ length: count }, (_, n) => {
    const place = Math.floor(n / 2);
    const where =
      place % 3 === 0
        ? { partition, sort: `s${place}` }
        : { partition: `${partition}.${place}`, sort: '00000000' };
    return {
      key: { table: n % 2 === 0 ? 'items' : 'runs', ...where },
      fields: { queue: on.word, due: due(n) },
    };
  });
}

/** Looks until paging gives each of the rows exactly once. */
function passesAll(clock: CaseClock, store: Store, listing: Listing, rows: readonly Queued[]): Promise<void> {
  const should = rows.map(({ key }) => nameOf(key));
  return clock.eventually(async () => {
    const names = (await listedKeys(store, listing)).map(nameOf);
    const there = new Set(names);
    const missing = should.filter((name) => !there.has(name));
    if (missing.length > 0)
      return `paging to the end by ${shown(listing)} passes by ${missing.length} of ${should.length} keys: ${shown(missing)}`;
    if (names.length === there.size) return undefined;
    return `paging to the end by ${shown(listing)} gives keys twice: ${shown(names)}`;
  });
}

async function ties(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const rows = queued(on, bench.depth === 'full' ? 100 : 40, () => NOW);
  await makeRows(store, rows);
  for (const limit of bench.depth === 'full' ? [1, 2, 7, 50, 99, 100, 1000] : [1, 7, 40])
    await passesAll(clock, store, { queue: on.word, until: NOW, limit }, rows);
}

/** Dues of all lengths, one key a page. */
async function oneByOne(on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const rows = queued(on, 24, (n) => (n % 5 === 0 ? NOW : Math.floor(NOW / 10 ** on.choices.pick(13))));
  await makeRows(store, rows);
  await passesAll(clock, store, { queue: on.word, limit: 1 }, rows);
  await passesAll(clock, store, { queue: on.word, until: NOW, limit: 1 }, rows);
}

/** What the collector does: the rows of a page leave the queue before the next page is asked for. */
async function whileTaken(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const clients = [await on.open({ as: 'one' }), await on.open({ as: 'another' })] as const;
  const full = bench.depth === 'full';
  for (const limit of full ? [1, 5, 9] : [5]) {
    let missed: readonly string[] = [];
    for (let tried = 1; tried <= TRIES; tried++) {
      missed = await takenAway(on, clock, clients, limit, full ? 60 : 30);
      if (missed.length === 0) break;
    }
    if (missed.length > 0)
      throw new Wrong(
        `with limit ${limit}, and each page's rows taken out of the queue before the next was asked for, paging passed by ${shown(missed)}, ${TRIES} times out of ${TRIES}`,
      );
  }
}

/** The rows that were in the queue all the time and were not given. */
async function takenAway(
  on: Case,
  clock: CaseClock,
  clients: readonly [Store, Store],
  limit: number,
  count: number,
): Promise<string[]> {
  const [one, another] = clients;
  const rows = queued(on, count, (n) => NOW - (n % 4));
  await makeRows(one, rows);
  await passesAll(clock, one, { queue: on.word, until: NOW, limit: 1000 }, rows);
  const left = new Set(rows.map(({ key }) => nameOf(key)));
  const taken = new Set<string>();
  let pages = 0;
  // `next` is a text: another process may go on with it.
  const alternating: Store = { ...one, list: (listing) => clients[pages++ % 2]!.list(listing) };
  await listedKeys(alternating, { queue: on.word, until: NOW, limit }, async (keys) => {
    for (const key of keys) left.delete(nameOf(key));
    const fresh = keys.filter((key) => !taken.has(nameOf(key)));
    await together(fresh, (key) => {
      taken.add(nameOf(key));
      return takeOut(on, another, key);
    });
    if (pages > count) return;
    const joining = { table: 'items', partition: on.fresh(), sort: 'joined' } as const;
    await makeRows(another, [{ key: joining, fields: { queue: on.word, due: NOW - on.choices.pick(6) } }]);
  });
  await clear(on, clock, clients, taken);
  return [...left];
}

function takeOut(on: Case, store: Store, key: RowKey): Promise<unknown> {
  const when = [{ test: 'equals', path: 'queue', value: on.word }] as const;
  if (on.choices.pick(2) === 0) return applied(store, { write: 'delete', key, when });
  const changes = [
    { change: 'remove', path: 'queue' },
    { change: 'remove', path: 'due' },
  ] as const;
  return applied(store, { write: 'update', key, when, changes });
}

/** Empties the queue, for another try. */
function clear(
  on: Case,
  clock: CaseClock,
  [one]: readonly [Store, Store],
  taken: Set<string>,
): Promise<void> {
  return clock.eventually(async () => {
    const keys = await listedKeys(one, { queue: on.word, limit: 1000 });
    const there = keys.filter((key) => !taken.has(nameOf(key)));
    await together(there, (key) => {
      taken.add(nameOf(key));
      return takeOut(on, one, key);
    });
    return keys.length === 0 ? undefined : `rows that left queue ${on.word} are still listed: ${shown(keys)}`;
  });
}
