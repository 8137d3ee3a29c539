import type { Store } from '../platform/store.js';

/** How many requests of each method of the port there were. */
export interface Counts {
  read: number;
  write: number;
  query: number;
  list: number;
}

/** A store that counts what it is asked. */
export interface CountingStore extends Store {
  /** The requests since the last reset. */
  readonly counts: Readonly<Counts>;
  /** Their sum. */
  total(): number;
  /** Begins again at 0 and returns what was counted. */
  reset(): Counts;
}

const NONE: Counts = { read: 0, write: 0, query: 0, list: 0 };

/** Counts the requests that go to a store, to assert budgets. */
export function countingStore(store: Store): CountingStore {
  let counts: Counts = { ...NONE };
  const counted = <A extends unknown[], R>(method: keyof Counts, request: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      counts[method] += 1;
      return request(...args);
    };
  };
  return {
    traits: store.traits,
    read: counted('read', (key) => store.read(key)),
    write: counted('write', (write, options) => store.write(write, options)),
    query: counted('query', (query) => store.query(query)),
    list: counted('list', (listing) => store.list(listing)),
    get counts() {
      return counts;
    },
    total: () => Object.values(counts).reduce((sum: number, count: number) => sum + count, 0),
    reset() {
      const counted = counts;
      counts = { ...NONE };
      return counted;
    },
  };
}
