/**
 * The store port over Firestore: one document a row, one request a write. Firestore compares versions (the time of a document's
 * last update), so `versionedStore` decides: under contention this makes progress where transactions, which lock, stand still.
 */
import {
  checkedShards,
  type Duration,
  type Fields,
  keyAt,
  listedBetween,
  milliseconds,
  type Page,
  placesOf,
  processPlatform,
  projected,
  type Query,
  queuePlace,
  type RowKey,
  type ShardPage,
  type ShardQuestion,
  type Store,
  type StoreTraits,
  shardedList,
  type TableName,
  type VersionedDatabase,
  versionedStore,
  within,
} from '@flowstate/core/adapter';
import {
  type DocumentData,
  type DocumentReference,
  FieldPath,
  FieldValue,
  Firestore,
  type QueryDocumentSnapshot,
  Timestamp,
} from '@google-cloud/firestore';
import { dataOf, documentId, fieldsOf, LOOKED_FOR, replacementOf, rowOf } from './documents.js';
import { type Doing, isStale, isThere, storeError } from './errors.js';
import { type CollectionNames, type Collections, collectionsOf, type QueueOptions } from './options.js';
import { checkSize, ROW_BYTES_MAX } from './size.js';

/** What `firestore(...)` takes: your own object, configured and terminated by you. */
export interface FirestoreOptions extends CollectionNames, QueueOptions {
  readonly db: Firestore;
  /** Log entries in one item row: more make rows larger, fewer make more of them. Default 64. */
  readonly entriesPerRow?: number;
  /**
   * How long a request may take. The SDK goes on trying for up to ten minutes, longer than most functions live; what it does
   * behind the time-out is harmless, for every write names its version. Default 10 s.
   */
  readonly timeout?: Duration;
}

const PAGE_ROWS_MAX = 1000;
const ENTRIES_PER_ROW = 64;
const TIMEOUT = '10s';
/**
 * Says that a look comes behind a write that was refused: a try of the SDK's own may have been applied in front of the one
 * that was refused, so where the look fails nobody knows of the write.
 */
const BEHIND_WRITE = 'behind a write';

/** A store in your Firestore database. @throws TypeError where an option makes no sense */
export function firestore(options: FirestoreOptions): Store {
  const { db } = options;
  if (!(db instanceof Firestore))
    throw new TypeError(
      'firestore: give { db }, a Firestore object of the very package @google-cloud/firestore that this adapter finds (npm ls @google-cloud/firestore)',
    );
  const traits: StoreTraits = {
    name: 'firestore',
    rowBytesMax: ROW_BYTES_MAX,
    entriesPerRow: options.entriesPerRow ?? ENTRIES_PER_ROW,
    requestsPerWrite: 2,
    pageRowsMax: PAGE_ROWS_MAX,
    reads: 'linearizable',
    staleMs: 0,
  };
  const shards = checkedShards('firestore', options.queueShards);
  const timeoutMs = milliseconds('timeout', options.timeout ?? TIMEOUT);
  const database = new Documents(db, collectionsOf(options), shards, timeoutMs);
  return versionedStore(database, {
    traits,
    wait: (ms) => processPlatform.wait(ms),
    random: () => processPlatform.random(),
  });
}

/** A version that is not there any more. */
interface Stale {
  readonly stale: true;
  readonly mark: string;
}

class Documents implements VersionedDatabase {
  constructor(
    private readonly db: Firestore,
    private readonly collections: Collections,
    private readonly shards: number,
    private readonly timeoutMs: number,
  ) {}

  async get(key: RowKey, mark?: string) {
    const doing = mark === BEHIND_WRITE ? 'writing' : 'reading';
    const document = await this.request(doing, key.table, () => this.reference(key).get());
    const { updateTime } = document;
    const data = document.data();
    if (data === undefined || updateTime === undefined) return undefined;
    return { fields: fieldsOf(key, data), version: versionOf(updateTime) };
  }

  async create(key: RowKey, fields: Fields) {
    const data = dataOf(key, fields, this.shards);
    const reference = this.reference(key);
    checkSize(reference.path, data);
    return this.request('writing', key.table, () =>
      reference.create(data).then(
        ({ writeTime }) => ({ version: versionOf(writeTime) }),
        (error: unknown) => {
          if (isThere(error)) return { exists: true, mark: BEHIND_WRITE } as const;
          throw error;
        },
      ),
    );
  }

  replace(key: RowKey, version: string, fields: Fields, before: Fields) {
    const reference = this.reference(key);
    checkSize(reference.path, dataOf(key, fields, this.shards));
    const { values, gone } = replacementOf(key, before, fields, this.shards);
    const removed = gone.map((name) => [name, FieldValue.delete()] as const);
    const data = { ...values, ...Object.fromEntries(removed) };
    return this.underVersion(key, async () => {
      const { writeTime } = await reference.update(data, { lastUpdateTime: timeOf(version) });
      return { version: versionOf(writeTime) };
    });
  }

  remove(key: RowKey, version: string) {
    return this.underVersion(key, async () => {
      await this.reference(key).delete({ lastUpdateTime: timeOf(version) });
      return { removed: true } as const;
    });
  }

  async query({ table, partition, after, before, order, limit, paths }: Query): Promise<Page> {
    const rowsMax = Math.min(limit, PAGE_ROWS_MAX);
    const { after: start, before: end } = placesOf(partition, after, before);
    // Firestore refuses a range that ends before it begins.
    if (start >= end) return { rows: [], more: false };
    let query = this.db
      .collection(this.collections[table])
      .where(LOOKED_FOR.at, '>', start)
      .where(LOOKED_FOR.at, '<', end)
      .orderBy(LOOKED_FOR.at, order === 'ascending' ? 'asc' : 'desc')
      .limit(rowsMax);
    if (paths !== undefined)
      query = query.select(LOOKED_FOR.at, ...paths.map((path) => new FieldPath(...[path].flat())));
    const { docs } = await this.request('reading', table, () => query.get());
    const rows = docs.map((document) => {
      const data = document.data();
      const row = rowOf(keyAt(table, data[LOOKED_FOR.at]), data, versionOf(document.updateTime));
      return paths === undefined ? row : { key: row.key, fields: projected(row.fields, paths) };
    });
    return { rows, more: rows.length === rowsMax };
  }

  list(listing: Parameters<Store['list']>[0]) {
    const limit = Math.min(listing.limit, PAGE_ROWS_MAX);
    return shardedList({ ...listing, limit }, this.shards, (question) => this.shardPage(question));
  }

  private async shardPage({ table, queue, shard, until, after, limit }: ShardQuestion): Promise<ShardPage> {
    const { after: start, before: end } = listedBetween(queue, shard, after, until);
    const query = this.db
      .collection(this.collections[table])
      .where(LOOKED_FOR.list, '>', start)
      .where(LOOKED_FOR.list, '<', end)
      .orderBy(LOOKED_FOR.list)
      .limit(limit)
      .select(LOOKED_FOR.list);
    const { docs } = await this.request('reading', table, () => query.get());
    const places = docs.map((document: QueryDocumentSnapshot) =>
      queuePlace(table, document.get(LOOKED_FOR.list)),
    );
    return { places, end: places.length < limit ? null : (places.at(-1) ?? null) };
  }

  private reference(key: RowKey): DocumentReference<DocumentData> {
    return this.db.collection(this.collections[key.table]).doc(documentId(key));
  }

  private underVersion<T>({ table }: RowKey, write: () => Promise<T>): Promise<T | Stale> {
    return this.request('writing', table, () =>
      write().catch((error: unknown) => {
        if (isStale(error)) return { stale: true, mark: BEHIND_WRITE } as const;
        throw error;
      }),
    );
  }

  private async request<T>(doing: Doing, table: TableName, send: () => Promise<T>): Promise<T> {
    try {
      return await within(this.timeoutMs, send);
    } catch (error) {
      throw storeError(error, doing, this.collections[table]);
    }
  }
}

/** The time of a document's last update, which never comes back. */
function versionOf({ seconds, nanoseconds }: Timestamp): string {
  return `${seconds}.${nanoseconds}`;
}

function timeOf(version: string): Timestamp {
  const [seconds, nanoseconds] = version.split('.');
  return new Timestamp(Number(seconds), Number(nanoseconds));
}
