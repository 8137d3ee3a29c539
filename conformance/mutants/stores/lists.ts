/** Stores whose index forgets, invents, disorders or lags for ever. */
import type { KeyPage, Listing, RowKey, Store } from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { textOf, tick, writes as withWrites } from './decorations.js';
import { type Breaks, broken, brokenTogether } from './subjects.js';

/** A store with another listing. */
function lists(list: (store: Store, listing: Listing) => Promise<KeyPage>): Breaks {
  return (store) => ({ ...store, list: (listing) => list(store, listing) });
}

/** Only some of the keys of each page. */
function listing(isKept: (key: RowKey, store: Store, asked: Listing) => boolean | Promise<boolean>): Breaks {
  return lists(async (store, asked) => {
    const page = await store.list(asked);
    const kept = await Promise.all(page.keys.map((key) => isKept(key, store, asked)));
    return { ...page, keys: page.keys.filter((_, i) => kept[i]) };
  });
}

/** Every key of a queue. */
async function allKeys(store: Store, queue: string, until?: number): Promise<RowKey[]> {
  const keys: RowKey[] = [];
  for (let after: string | undefined; ; ) {
    const bound = { ...(after === undefined ? {} : { after }), ...(until === undefined ? {} : { until }) };
    const page = await store.list({ queue, limit: 100, ...bound });
    keys.push(...page.keys);
    if (!page.more || page.next === undefined) return keys;
    after = page.next;
  }
}

/** When a row is due, by itself. */
async function dueOf(store: Store, key: RowKey): Promise<number> {
  const due = (await store.read(key))?.fields.due;
  return typeof due === 'number' ? due : 0;
}

/** All of them. */
export const LISTS: readonly Mutant[] = [
  broken(
    {
      id: 'index forgets',
      what: 'some rows never come into the index',
      source: 'usual sin: an index that forgets',
      laws: ['store/list', 'store/list-pages'],
    },
    listing(({ partition, sort }) => !/[37]$/.test(sort) && !/[37]$/.test(partition)),
  ),
  broken(
    {
      id: 'index of one table',
      what: 'only runs are in the index',
      source: 'usual sin: an index that forgets',
      laws: ['store/list', 'store/list-pages'],
    },
    listing(({ table }) => table === 'runs'),
  ),
  broken(
    {
      id: 'index invents',
      what: 'a page of keys ends in one that never was',
      source: 'store.ts: may lag, never invents',
      laws: ['store/list', 'store/list-pages'],
    },
    lists(async (store, asked) => {
      const page = await store.list(asked);
      const last = page.keys.at(-1);
      if (last === undefined || page.keys.length >= asked.limit) return page;
      return { ...page, keys: [...page.keys, { ...last, sort: `${last.sort.slice(0, 240)}.ghost` }] };
    }),
  ),
  brokenTogether(
    {
      id: 'index keeps',
      what: 'rows that left the queue, or are gone, stay in the index',
      source: 'usual sin: an index that keeps rows that left',
      laws: ['store/list', 'store/list-pages'],
    },
    () => {
      const kept = new Map<string, Map<string, RowKey>>();
      return lists(async (store, asked) => {
        const known = kept.get(asked.queue) ?? new Map<string, RowKey>();
        kept.set(asked.queue, known);
        const page = await store.list(asked);
        for (const key of page.keys) known.set(textOf(key), key);
        if (page.more || asked.after !== undefined) return page;
        const listed = new Set(page.keys.map(textOf));
        const left = [...known].filter(([name]) => !listed.has(name)).map(([, key]) => key);
        return { ...page, keys: [...page.keys, ...left].slice(0, asked.limit) };
      });
    },
  ),
  broken(
    {
      id: 'index skips ties',
      what: 'a page of keys goes on behind the last moment, past other rows that are due then',
      source: 'usual sin: an index that skips ties',
      laws: ['store/list', 'store/list-pages'],
    },
    lists(async (store, asked) => {
      const { queue, until, after, limit } = asked;
      const keys = await allKeys(store, queue, until);
      const dues = await Promise.all(keys.map((key) => dueOf(store, key)));
      const later = keys.filter((_, i) => after === undefined || dues[i]! > Number(after));
      const taken = later.slice(0, limit);
      const last = taken.at(-1);
      const next = last === undefined ? {} : { next: String(dues[keys.indexOf(last)]) };
      return { keys: taken, more: later.length > limit, ...next };
    }),
  ),
  broken(
    {
      id: 'until is exclusive',
      what: 'what is due at that very moment is not listed',
      source: 'store.ts: at or before `until`',
      laws: ['store/list', 'store/list-pages'],
    },
    listing(async (key, store, { until }) => until === undefined || (await dueOf(store, key)) < until),
  ),
  broken(
    {
      id: 'until ignored',
      what: 'what is due later is listed as well',
      source: 'store.ts: at or before `until`',
      laws: ['store/list'],
    },
    lists((store, { until: _, ...asked }) => store.list(asked)),
  ),
  broken(
    {
      id: 'list ends early',
      what: 'a full page of keys is said to be the last',
      source: 'usual sin: more: false although there is more',
      laws: ['store/list', 'store/list-pages'],
    },
    lists(async (store, asked) => ({ ...(await store.list(asked)), more: false })),
  ),
  broken(
    {
      id: 'list begins anew',
      what: 'where a listing is to go on, it begins anew',
      source: 'usual sin',
      laws: ['store/list', 'store/list-pages'],
    },
    lists((store, { after: _, ...asked }) => store.list(asked)),
  ),
  broken(
    {
      id: 'queues without case',
      what: 'queues whose names differ only in case are one',
      source: 'usual sin: collation',
      laws: ['store/list'],
    },
    lists(async (store, asked) => {
      const other =
        asked.queue === asked.queue.toLowerCase() ? asked.queue.toUpperCase() : asked.queue.toLowerCase();
      const [page, more] = await Promise.all([store.list(asked), store.list({ ...asked, queue: other })]);
      return page.more ? page : { ...page, keys: [...page.keys, ...more.keys].slice(0, asked.limit) };
    }),
  ),
  brokenTogether(
    {
      id: 'first due counts',
      what: 'a row stays listed by the moment that it was first due',
      source: 'usual sin: an index that is not brought up to date',
      laws: ['store/list', 'store/list-pages'],
    },
    () => {
      const firsts = new Map<string, number>();
      return (store) => ({
        ...withWrites(async (inner, write, options) => {
          const due = write.write === 'create' ? write.fields.due : undefined;
          if (typeof due === 'number') firsts.set(textOf(write.key), due);
          return inner.write(write, options);
        })(store),
        async list({ queue, until = Number.POSITIVE_INFINITY, limit, after }) {
          const keys = await allKeys(store, queue);
          const place = async (key: RowKey) => firsts.get(textOf(key)) ?? (await dueOf(store, key));
          const placed = await Promise.all(keys.map(async (key) => ({ key, due: await place(key) })));
          const due = placed.filter((row) => row.due <= until).sort((a, b) => a.due - b.due);
          const from = after === undefined ? 0 : Number(after);
          const taken = due.slice(from, from + limit).map(({ key }) => key);
          return { keys: taken, more: due.length > from + limit, next: String(from + limit) };
        },
      });
    },
  ),
  brokenTogether(
    {
      id: 'index beside the row',
      what: 'the index is brought up to date by a request of its own, after the row',
      source: 'usual sin: an index that is written beside the row',
      laws: ['store/list-races'],
    },
    () => {
      const index = new Map<string, Placed>();
      let writes = 0;
      return (store) => ({
        ...store,
        async write(write, options) {
          const { row, ...outcome } = await store.write(write, { ...options, returning: true });
          const requests = writes++ % 4;
          for (let i = 0; i < requests; i++) await tick();
          const { queue, due } = row?.fields ?? {};
          if (outcome.applied) index.delete(textOf(write.key));
          if (outcome.applied && typeof queue === 'string' && typeof due === 'number')
            index.set(textOf(write.key), { key: write.key, queue, due });
          return options?.returning && row !== undefined ? { ...outcome, row } : outcome;
        },
        list: async (asked) => pageOf([...index.values()], asked),
      });
    },
  ),
];

/** A row's place in an index. */
interface Placed {
  readonly key: RowKey;
  readonly queue: string;
  readonly due: number;
}

/** A page of an index, in the order of what is due. */
function pageOf(index: readonly Placed[], { queue, until, after = '', limit }: Listing): KeyPage {
  const places = index
    .filter((each) => each.queue === queue && (until === undefined || each.due <= until))
    .map(({ key, due }) => ({ key, place: `${String(due).padStart(16, '0')} ${textOf(key)}` }))
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const taken = places.slice(0, limit);
  const last = taken.at(-1);
  return {
    keys: taken.map(({ key }) => key),
    more: places.length > limit,
    ...(last === undefined ? {} : { next: last.place }),
  };
}
