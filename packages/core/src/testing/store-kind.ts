/** The kinds of store that protocols meet, and how a test store of each is put together. */
import { checkKey, checkListing, checkQuery, checkWrite } from '../platform/semantics.js';
import type { Store, StoreTraits } from '../platform/store.js';
import { type VersionedDatabase, versionedStore } from '../platform/versioned-store.js';
import type { Memory } from './database.js';
import type { Send } from './requests.js';
import type { Manners } from './respond.js';

/**
 * `conditional`: tests inside the write. `versioned`: compares versions. `bounded`: the same, and reads may
 * be old.
 */
export type StoreKind = 'conditional' | 'versioned' | 'bounded';

/** Every kind of store, to loop over. */
export const STORE_KINDS: readonly StoreKind[] = ['conditional', 'versioned', 'bounded'];

/** How a test store behaves; everything has a default. */
export interface StoreOptions {
  /** Log entries in one item row: 4. */
  readonly entriesPerRow?: number;
  /** Greatest number of rows in one page: 100. */
  readonly pageRowsMax?: number;
  /** Size of a row that limits derive from, in bytes: 400 KiB. */
  readonly rowBytesMax?: number;
  /** Whether a refused update or delete of a conditional store brings the row that refused: true. */
  readonly returnsRefused?: boolean;
  /** How many changes of a row a read of a bounded store may miss: 1. */
  readonly staleChanges?: number;
  /** How old a read of a bounded store may be, in milliseconds: 5000. */
  readonly staleMs?: number;
}

/** A kind with every option decided. */
export interface StoreModel {
  readonly traits: StoreTraits;
  readonly memory: Memory;
  readonly manners: Manners;
}

/** The traits of a test store, and what its database remembers. */
export function modelOf(kind: StoreKind, options: StoreOptions = {}): StoreModel {
  const bounded = kind === 'bounded';
  const versions = kind !== 'conditional';
  const pageRowsMax = options.pageRowsMax ?? 100;
  return {
    traits: {
      name: `memory-${kind}`,
      rowBytesMax: options.rowBytesMax ?? 400 * 1024,
      entriesPerRow: options.entriesPerRow ?? 4,
      requestsPerWrite: versions ? 2 : 1,
      pageRowsMax,
      reads: bounded ? 'bounded' : 'linearizable',
      staleMs: bounded ? (options.staleMs ?? 5000) : 0,
    },
    memory: { versions, staleChanges: bounded ? (options.staleChanges ?? 1) : 0 },
    manners: { pageRowsMax, returnsRefused: options.returnsRefused ?? true, freshSince: 0 },
  };
}

/** What a store that compares versions waits and rolls dice with. */
export interface Pace {
  wait(ms: number): Promise<void>;
  random(): number;
}

/** The versioned database behind that channel. */
export function databaseBehind(send: Send): VersionedDatabase {
  return {
    get: (key, mark) => send({ method: 'get', key, ...(mark === undefined ? {} : { mark }) }),
    create: (key, fields) => send({ method: 'create', key, fields }),
    replace: (key, version, fields) => send({ method: 'replace', key, version, fields }),
    remove: (key, version) => send({ method: 'remove', key, version }),
    query: (query) => send({ method: 'query', query }),
    list: (listing) => send({ method: 'list', listing }),
  };
}

/** The store whose requests go through that channel. */
export function storeBehind(model: StoreModel, send: Send, pace: Pace): Store {
  if (model.memory.versions) return versionedStore(databaseBehind(send), { traits: model.traits, ...pace });
  return {
    traits: model.traits,
    async read(key) {
      checkKey(key);
      return send({ method: 'read', key });
    },
    // Tests run inside the write: `seen` is ignored.
    async write(write, { returning = false } = {}) {
      checkWrite(write);
      return send({ method: 'write', write, returning });
    },
    async query(query) {
      checkQuery(query);
      return send({ method: 'query', query });
    },
    async list(listing) {
      checkListing(listing);
      return send({ method: 'list', listing });
    },
  };
}
