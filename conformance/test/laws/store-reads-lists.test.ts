/** The laws of listings: each passes on the stores in memory, and fails on stores that break it. */
import type { KeyPage, Listing, Row, RowKey, Store } from '@flowstate/core/adapter';
import { STORE_KINDS } from '@flowstate/core/testing';
import { describe, expect, test } from 'vitest';
import { runSuite } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import { mustCatch, nameOf, replaced } from './store-reads-tools.js';

const LAWS = ['list', 'list-pages'];

test.each(STORE_KINDS)('the %s store in memory passes', async (kind) => {
  const only = LAWS.map((law) => `store/${law}`);
  const { results } = await runSuite(memoryHarness(kind), { only, seed: 11 });
  expect(results.map(({ law, verdict, failure }) => [law, verdict, failure?.message]).sort()).toEqual(
    [...only].sort().map((law) => [law, 'passed', undefined]),
  );
});

type Change = (store: Store) => Store;
type Broken = readonly [what: string, words: RegExp, change: () => Change];

/** What an index knows of a row. */
type Entry = readonly [key: RowKey, queue: string, due: number];

/** An index that a broken adapter keeps: every entry, and what it makes of a write. */
interface Index {
  readonly entries: Map<string, Entry>;
  wrote(key: RowKey, row: Row | undefined): void;
}

function entryOf(key: RowKey, row: Row | undefined): Entry | undefined {
  const { queue, due } = row?.fields ?? {};
  return typeof queue === 'string' && typeof due === 'number' ? [key, queue, due] : undefined;
}

/** An index that follows every write. */
function following(): Index {
  const entries = new Map<string, Entry>();
  return {
    entries,
    wrote(key, row) {
      const entry = entryOf(key, row);
      if (entry === undefined) entries.delete(nameOf(key));
      else entries.set(nameOf(key), entry);
    },
  };
}

/** A store whose listings come from such an index. */
function indexed(
  page: (entries: readonly Entry[], listing: Listing) => KeyPage,
  index = following(),
): Change {
  return (store) =>
    replaced(store, {
      async write(write, options) {
        const outcome = await store.write(write, options);
        index.wrote(write.key, await store.read(write.key));
        return outcome;
      },
      list: async (listing) => page([...index.entries.values()], listing),
    });
}

interface Manner {
  readonly chosen?: (entry: Entry, listing: Listing) => boolean;
  /** Where an entry stands, as a text of the right order. */
  readonly placeOf?: (entry: Entry) => string;
  readonly beyond?: (place: string, mark: string) => boolean;
  readonly more?: (left: number, taken: number, limit: number) => boolean;
}

const inQueue = (
  [, queue, due]: Entry,
  { queue: word, until = Number.POSITIVE_INFINITY }: Listing,
): boolean => queue === word && due <= until;
const placed = ([key, , due]: Entry): string => `${String(due).padStart(16, '0')} ${nameOf(key)}`;

/** A listing as it should be, but for one manner. */
function listing({
  chosen = inQueue,
  placeOf = placed,
  beyond = (place, mark) => place > mark,
  more,
}: Manner = {}) {
  return (entries: readonly Entry[], asked: Listing): KeyPage => {
    const mark = asked.after;
    const all = entries
      .filter((entry) => chosen(entry, asked))
      .map((entry) => ({ key: entry[0], place: placeOf(entry) }))
      .filter(({ place }) => mark === undefined || beyond(place, mark))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const taken = all.slice(0, asked.limit);
    const last = taken.at(-1);
    const left = all.length - taken.length;
    return {
      keys: taken.map(({ key }) => key),
      more: more?.(left, taken.length, asked.limit) ?? left > 0,
      ...(last && { next: last.place }),
    };
  };
}

test('an index that follows every write passes, sharded or not', async () => {
  for (const placeOf of [
    placed,
    (entry: Entry) => `${entry[0].sort.length + entry[0].partition.length} ${placed(entry)}`,
  ]) {
    const harness = memoryHarness('conditional', {}, indexed(listing({ placeOf })));
    const { results } = await runSuite(harness, { only: LAWS.map((law) => `store/${law}`), seed: 3 });
    expect(results.map(({ verdict, failure }) => failure?.message ?? verdict)).toEqual(['passed', 'passed']);
  }
});

/** An index that does something else with some writes. */
function forgetful(wrote: (index: Index, key: RowKey, row: Row | undefined) => void): Change {
  const index = following();
  return indexed(listing(), { entries: index.entries, wrote: (key, row) => wrote(index, key, row) });
}

describe('list', () => {
  test.each<Broken>([
    [
      'a table is not listed',
      /lacks/,
      () =>
        indexed(listing({ chosen: (entry, asked) => entry[0].table === 'runs' && inQueue(entry, asked) })),
    ],
    [
      'by the beginning of the word',
      /invents/,
      () =>
        indexed(
          listing({
            chosen: ([key, queue, due], asked) =>
              queue.startsWith(asked.queue) && inQueue([key, asked.queue, due], asked),
          }),
        ),
    ],
    [
      'without case',
      /invents/,
      () =>
        indexed(
          listing({
            chosen: ([key, queue, due], asked) =>
              inQueue([key, queue.toLowerCase(), due], { ...asked, queue: asked.queue.toLowerCase() }),
          }),
        ),
    ],
    [
      '`until` is exclusive',
      /lacks/,
      () => indexed(listing({ chosen: (entry, asked) => inQueue(entry, asked) && entry[2] !== asked.until })),
    ],
    [
      '`until` is forgotten',
      /invents/,
      () => indexed(listing({ chosen: (entry, { queue }) => inQueue(entry, { queue, limit: 1 }) })),
    ],
    [
      'times are texts',
      /lacks|invents/,
      () =>
        indexed(
          listing({
            chosen: ([, queue, due], { queue: word, until }) =>
              queue === word && (until === undefined || `${due}` <= `${until}`),
          }),
        ),
    ],
    [
      'no time at all is no due',
      /lacks/,
      () => indexed(listing({ chosen: (entry, asked) => inQueue(entry, asked) && entry[2] !== 0 })),
    ],
    [
      'times of 32 bits',
      /lacks|invents/,
      () => indexed(listing({ chosen: ([key, queue, due], asked) => inQueue([key, queue, due | 0], asked) })),
    ],
    [
      'a row that was deleted stays',
      /still after 30 s: .* which left/,
      () => forgetful((index, key, row) => (row === undefined ? undefined : index.wrote(key, row))),
    ],
    [
      'a row that left its queue stays',
      /still after 30 s: .* which left/,
      () =>
        forgetful((index, key, row) =>
          row !== undefined && entryOf(key, row) === undefined ? undefined : index.wrote(key, row),
        ),
    ],
    [
      'a row that moved on stays where it was',
      /still after 30 s: .* which left|lacks/,
      () =>
        forgetful((index, key, row) =>
          entryOf(key, row) !== undefined && index.entries.has(nameOf(key))
            ? undefined
            : index.wrote(key, row),
        ),
    ],
    [
      'a row that comes back is forgotten',
      /still after 30 s: .* lacks/,
      () => {
        const met = new Set<string>();
        return forgetful((index, key, row) => {
          if (entryOf(key, row) !== undefined && !index.entries.has(nameOf(key)) && met.has(nameOf(key)))
            return;
          met.add(nameOf(key));
          index.wrote(key, row);
        });
      },
    ],
    [
      'every tenth row is forgotten',
      /still after 30 s: .* lacks/,
      () => {
        let writes = 0;
        return forgetful((index, key, row) => (writes++ % 10 === 9 ? undefined : index.wrote(key, row)));
      },
    ],
  ])('%s', (_, words, change) => mustCatch('list', memoryHarness('conditional', {}, change()), words));
});

/** Pages that go on by the number of keys passed so far. */
const byOffset: Change = (store) =>
  replaced(store, {
    async list({ after, limit, ...asked }) {
      const skip = Number(after ?? 0);
      const { keys } = await store.list({ ...asked, limit: skip + limit + 1 });
      return {
        keys: keys.slice(skip, skip + limit),
        more: keys.length > skip + limit,
        next: `${skip + limit}`,
      };
    },
  });

/** A cursor that only the client knows that opened it. */
const ownCursors: Change = (store) => {
  const cursors = new Map<string, string>();
  return replaced(store, {
    async list({ after, ...asked }) {
      const known = after === undefined ? undefined : cursors.get(after);
      if (after !== undefined && known === undefined) return { keys: [], more: false };
      const page = await store.list({ ...asked, ...(known === undefined ? {} : { after: known }) });
      if (page.next === undefined) return page;
      const cursor = `cursor ${cursors.size}`;
      cursors.set(cursor, page.next);
      return { ...page, next: cursor };
    },
  });
};

describe('list-pages', () => {
  const dueOnly = ([, , due]: Entry): string => String(due).padStart(16, '0');
  test.each<Broken>([
    ['a mark is a time, and ties are passed by', /passes by/, () => indexed(listing({ placeOf: dueOnly }))],
    [
      'a mark is a time, and ties come again and again',
      /and still more: true|keys twice/,
      () => indexed(listing({ placeOf: dueOnly, beyond: (place, mark) => place >= mark })),
    ],
    [
      'a mark is inclusive',
      /keys twice|and still more: true/,
      () => indexed(listing({ beyond: (place, mark) => place >= mark })),
    ],
    ['one page only', /passes by/, () => indexed(listing({ more: () => false }))],
    [
      'a page that is not full is the last',
      /passes by/,
      () =>
        indexed((entries, asked) => listing({ more: (left) => left > 0 && asked.limit > 5 })(entries, asked)),
    ],
    ['goes on by an offset', /passed by .*, 3 times out of 3/, () => byOffset],
    [
      'a mark without the table',
      /passes by/,
      () =>
        indexed(
          listing({
            placeOf: ([key, , due]) => `${String(due).padStart(16, '0')} ${key.partition} ${key.sort}`,
          }),
        ),
    ],
    [
      'a mark without the partition',
      /passes by/,
      () =>
        indexed(
          listing({ placeOf: ([key, , due]) => `${String(due).padStart(16, '0')} ${key.table} ${key.sort}` }),
        ),
    ],
    [
      'more, and no way to it',
      /nobody can ask for the rest/,
      () => (store) =>
        replaced(store, {
          async list(asked) {
            const { keys, more } = await store.list(asked);
            return { keys, more };
          },
        }),
    ],
    [
      'one key more than asked for',
      /more than the limit/,
      () => (store) => replaced(store, { list: (asked) => store.list({ ...asked, limit: asked.limit + 1 }) }),
    ],
    ['a cursor of one client', /passed by .*, 3 times out of 3/, () => ownCursors],
  ])('%s', (_, words, change) => mustCatch('list-pages', memoryHarness('conditional', {}, change()), words));
});
