/** The store as a world's processes use it: one request at a time, its own rows only, and it knows when it is idle. */
import type { KeyPage, Listing, Store } from '@flowstate/core/adapter';
import type { Where } from '../harness.js';

/** A store that a world can look into. */
export interface WatchedStore extends Store {
  /** Every partition that was asked about. */
  readonly partitions: Map<string, Where>;
  /** The partitions that listings showed since this was last emptied. */
  readonly listed: Set<string>;
  /** How many writes were sent. */
  readonly writes: number;
  /** Resolves once no request is under way and none follows. */
  idle(): Promise<void>;
}

/** Turns of the event loop without a request after which nothing follows any more. */
const QUIET_TURNS = 3;

/**
 * The requests of all processes go one after another in the order in which they were made, so that the same process asks
 * the same again, and "the fault at request 17" means something. Another case's leftovers are not listed. `beside`: the store
 * of the same world that others use, who must not wait for these requests, but know of the rows that they touch.
 */
export function watchedStore(store: Store, beside?: WatchedStore): WatchedStore {
  const partitions = beside?.partitions ?? new Map<string, Where>();
  const listed = new Set<string>();
  let underWay = 0;
  let writes = 0;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = async <R>(where: Where | undefined, request: () => Promise<R>): Promise<R> => {
    if (where !== undefined)
      partitions.set(placeOf(where), { table: where.table, partition: where.partition });
    underWay += 1;
    const turn = last.then(request);
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      underWay -= 1;
    }
  };

  /**
   * Pages that hold rows of others only are passed over: one request for its caller. Rows that are due at the same moment come
   * in the order in which they were first asked about, not in that of their hashes.
   */
  const ownPage = async (listing: Listing): Promise<KeyPage> => {
    for (let after = listing.after; ; ) {
      const page = await store.list({ ...listing, ...(after === undefined ? {} : { after }) });
      const own = new Map(page.keys.map((key) => [placeOf(key), key]));
      const keys = [...partitions.keys()].flatMap((place) => own.get(place) ?? []);
      for (const key of keys) listed.add(key.partition);
      if (keys.length > 0 || !page.more || page.next === undefined) return { ...page, keys };
      after = page.next;
    }
  };

  return {
    traits: store.traits,
    partitions,
    listed,
    get writes() {
      return writes;
    },
    read: (key) => inTurn(key, () => store.read(key)),
    write(write, options) {
      writes += 1;
      return inTurn(write.key, () => store.write(write, options));
    },
    query: (query) => inTurn(query, () => store.query(query)),
    list: (listing) => inTurn(undefined, () => ownPage(listing)),
    async idle() {
      for (let still = 0; still < QUIET_TURNS; still = underWay === 0 ? still + 1 : 0)
        await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function placeOf({ table, partition }: Where): string {
  return `${table}/${partition}`;
}
