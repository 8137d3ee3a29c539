/**
 * A {@link Store} of a database that can only compare versions: create if absent, replace and delete under a
 * version.
 *
 * Guarantee: a write is decided by `semantics.ts` on exactly the content whose version the request names, and
 * a refusal always rests on a read made after the call began; `seen` only saves requests. Stale is never a
 * refusal: the row is read again, at most {@link READS_MAX} times, then the write fails as not applied.
 *
 * A version must never come back, not even when a row is deleted and created again: an entity tag or an
 * update time, never a counter inside the row. Otherwise a late replace hits a later life of the row.
 */
import { StoreError } from '../errors.js';
import { changed, checkKey, checkListing, checkQuery, checkWrite, holdsAll } from './semantics.js';
import type {
  Create,
  Delete,
  Fields,
  KeyPage,
  Listing,
  Outcome,
  Page,
  Query,
  Row,
  RowKey,
  Store,
  StoreTraits,
  Update,
  WriteOptions,
} from './store.js';

/** Reads of one write before it gives up. */
const READS_MAX = 3;
/** Upper bound of the first wait between two reads of one write, in milliseconds; it doubles each time. */
const WAIT_MS = 20;

/** A row of such a database: its whole content, and the version that a replace or delete of it must name. */
export interface VersionedContent {
  readonly fields: Fields;
  readonly version: string;
}

/** The row is there already. `mark`: opaque; a `get` that is given it sees at least what refused. */
export interface Exists {
  readonly exists: true;
  readonly mark?: string;
}

/** The row no longer has that version, or is gone. `mark` as in {@link Exists}. */
export interface Stale {
  readonly stale: true;
  readonly mark?: string;
}

/** What a database that can only compare versions must offer; errors are `StoreError`s. */
export interface VersionedDatabase {
  /** The whole row. With a mark: at least as fresh as the refusal that gave it. */
  get(key: RowKey, mark?: string): Promise<VersionedContent | undefined>;
  /** Creates the row if it is absent. */
  create(key: RowKey, fields: Fields): Promise<{ readonly version: string } | Exists>;
  /**
   * Replaces the whole content, fields that are no longer there included, if the row still has that version. `before`: the
   * content of that version, for a database that is told only what changes.
   */
  replace(
    key: RowKey,
    version: string,
    fields: Fields,
    before: Fields,
  ): Promise<{ readonly version: string } | Stale>;
  /** Deletes the row if it still has that version. */
  remove(key: RowKey, version: string): Promise<{ readonly removed: true } | Stale>;
  /** As {@link Store.query}; whole rows carry their version, projected ones none. */
  query(query: Query): Promise<Page>;
  /** As {@link Store.list}. */
  list(listing: Listing): Promise<KeyPage>;
}

/** What the store of a version-comparing database needs beside it. */
export interface VersionedStoreOptions {
  readonly traits: StoreTraits;
  /** Resolves after that many milliseconds. */
  wait(ms: number): Promise<void>;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

function rowOf(key: RowKey, content: VersionedContent): Row {
  return { key, fields: content.fields, version: content.version };
}

function sameKey(a: RowKey, b: RowKey): boolean {
  return a.table === b.table && a.partition === b.partition && a.sort === b.sort;
}

/** Of `seen`, what the first attempt may rest on: a whole row of this key that passes the tests. */
function usable(write: Update | Delete, seen: Row | undefined): VersionedContent | undefined {
  if (seen?.version === undefined || !sameKey(seen.key, write.key)) return undefined;
  return holdsAll(seen.fields, write.when) ? { fields: seen.fields, version: seen.version } : undefined;
}

async function create(database: VersionedDatabase, write: Create, returning: boolean): Promise<Outcome> {
  const made = await database.create(write.key, write.fields);
  if ('version' in made) {
    if (!returning) return { applied: true };
    return { applied: true, row: { key: write.key, fields: write.fields, version: made.version } };
  }
  if (!returning) return { applied: false };
  const there = await database.get(write.key, made.mark);
  return { applied: false, row: there === undefined ? null : rowOf(write.key, there) };
}

/** Writes under the version of what the tests passed on. */
async function attempt(
  database: VersionedDatabase,
  write: Update | Delete,
  current: VersionedContent,
  returning: boolean,
) {
  if (write.write === 'delete') {
    const gone = await database.remove(write.key, current.version);
    return 'removed' in gone ? { applied: true } : gone;
  }
  const fields = changed(current.fields, write.changes);
  const done = await database.replace(write.key, current.version, fields, current.fields);
  if ('stale' in done) return done;
  return returning
    ? { applied: true, row: { key: write.key, fields, version: done.version } }
    : { applied: true };
}

/** Makes a store of a database that can only compare versions. */
export function versionedStore(database: VersionedDatabase, options: VersionedStoreOptions): Store {
  const { traits, wait, random } = options;

  async function change(write: Update | Delete, seen: Row | undefined, returning: boolean): Promise<Outcome> {
    let mark: string | undefined;
    let current = usable(write, seen);
    for (let reads = 0; ; reads++) {
      if (current !== undefined) {
        const result = await attempt(database, write, current, returning);
        if ('applied' in result) return result;
        mark = result.mark ?? mark;
      }
      if (reads === READS_MAX) break;
      // The first read after a stale `seen` is not held back: nobody need be writing now.
      if (reads > 0) await wait(Math.ceil(random() * WAIT_MS * 2 ** (reads - 1)));
      current = await database.get(write.key, mark);
      if (current === undefined) return returning ? { applied: false, row: null } : { applied: false };
      if (!holdsAll(current.fields, write.when)) {
        return returning ? { applied: false, row: rowOf(write.key, current) } : { applied: false };
      }
    }
    const { table, partition, sort } = write.key;
    throw new StoreError(
      'STORE_UNAVAILABLE',
      `${traits.name}: row ${table}/${partition}/${sort} changed between ${READS_MAX} reads and their writes`,
    );
  }

  return {
    traits,
    async read(key) {
      checkKey(key);
      const content = await database.get(key);
      return content && rowOf(key, content);
    },
    async write(write, { seen, returning = false }: WriteOptions = {}) {
      checkWrite(write);
      return write.write === 'create' ? create(database, write, returning) : change(write, seen, returning);
    },
    async query(query) {
      checkQuery(query);
      return database.query(query);
    },
    async list(listing) {
      checkListing(listing);
      return database.list(listing);
    },
  };
}
