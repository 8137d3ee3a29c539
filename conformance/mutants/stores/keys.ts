/** Stores that take one key for another. */
import type { RowKey, Write } from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { type Breaks, broken, brokenTogether } from './subjects.js';

/** Longest key that an index of a database may hold, in characters. */
const INDEX_LENGTH = 200;

/**
 * Keys that are the same to the database share a row: that of whoever came first. Until then nothing is to be seen of it.
 */
function sameWhere(nameOf: (key: RowKey) => string): () => Breaks {
  return () => {
    const firsts = new Map<string, RowKey>();
    const first = (key: RowKey): RowKey => firsts.get(nameOf(key)) ?? key;
    return (store) => ({
      ...store,
      read: async (key) => {
        const row = await store.read(first(key));
        return row && { ...row, key };
      },
      write: async (write: Write, options) => {
        const key = first(write.key);
        if (!firsts.has(nameOf(write.key))) firsts.set(nameOf(write.key), key);
        const outcome = await store.write({ ...write, key }, options);
        return outcome.row ? { ...outcome, row: { ...outcome.row, key: write.key } } : outcome;
      },
    });
  };
}

/** The key with what no key may hold replaced. */
function spelled({ table, partition, sort }: RowKey): RowKey {
  const part = (text: string): string => text.replace(/[^A-Za-z0-9_.:-]/g, '-').slice(0, 250) || '-';
  return { table: table === 'runs' ? 'runs' : 'items', partition: part(partition), sort: part(sort) };
}

/** All of them. */
export const KEYS: readonly Mutant[] = [
  brokenTogether(
    {
      id: 'keys without case',
      what: 'keys that differ only in case are one',
      source: 'issue: keys differing only in case',
      laws: ['store/own-partition', 'store/keys'],
    },
    sameWhere(({ table, partition, sort }) => `${table}/${partition}/${sort}`.toLowerCase()),
  ),
  brokenTogether(
    {
      id: 'long keys cut',
      what: 'of a long key only the first 200 characters count',
      source: 'usual sin: long keys cut',
      laws: ['store/keys', 'store/order'],
    },
    sameWhere(({ table, partition, sort }) =>
      [table, partition.slice(0, INDEX_LENGTH), sort.slice(0, INDEX_LENGTH)].join('/'),
    ),
  ),
  brokenTogether(
    {
      id: 'joined without a separator',
      what: 'partition and sort are joined with nothing in between',
      source: 'usual sin: key parts joined without a separator',
      laws: ['store/keys'],
    },
    sameWhere(({ table, partition, sort }) => `${table}/${partition}${sort}`),
  ),
  brokenTogether(
    {
      id: 'joined by a colon',
      what: 'partition and sort are joined by a character that keys may hold',
      source: 'study 2.3 #24: keys split at a character that they may hold',
      laws: ['store/own-partition', 'store/keys'],
    },
    sameWhere(({ table, partition, sort }) => `${table}/${partition}:${sort}`),
  ),
  brokenTogether(
    {
      id: 'one table',
      what: 'both tables are one',
      source: 'usual sin',
      laws: ['store/own-partition', 'store/keys'],
    },
    sameWhere(({ partition, sort }) => `${partition}/${sort}`),
  ),
  brokenTogether(
    {
      id: 'signs are alike',
      what: 'the signs of a key are taken for one another, as where they are all replaced',
      source: 'usual sin',
      laws: ['store/own-partition', 'store/keys'],
    },
    sameWhere(({ table, partition, sort }) => `${table}/${partition}/${sort}`.replace(/[_.:-]/g, '-')),
  ),
  broken(
    {
      id: 'any key',
      what: 'keys outside of the domain are taken and spelled in another way',
      source: 'store.ts: both parts match [A-Za-z0-9_.:-]{1,250}',
      laws: ['store/domain'],
    },
    (store) => ({
      ...store,
      read: (key) => store.read(spelled(key)),
      write: (write, options) => store.write({ ...write, key: spelled(write.key) }, options),
    }),
  ),
  broken(
    {
      id: 'sort by its number',
      what: 'a sort key of digits is taken for the number, without the zeros in front',
      source: 'usual sin: numbers as strings',
      laws: ['store/keys', 'store/order'],
    },
    (store) => {
      const known = new Map<string, RowKey>();
      const same = (key: RowKey): RowKey => {
        if (!/^\d+$/.test(key.sort)) return key;
        const name = `${key.table}/${key.partition}/${BigInt(key.sort)}`;
        const first = known.get(name) ?? key;
        known.set(name, first);
        return first;
      };
      return {
        ...store,
        read: (key) => store.read(same(key)),
        write: (write, options) => store.write({ ...write, key: same(write.key) }, options),
      };
    },
  ),
];
