/**
 * The store port over Cosmos DB: one document a row. Cosmos compares entity tags, so `versionedStore` decides. Writes are decided
 * at the primary; reads are what the account's consistency makes of them.
 */
import type { Container, ItemResponse, RequestOptions, SqlQuerySpec } from '@azure/cosmos';
import {
  type Duration,
  type Fields,
  listedBetween,
  milliseconds,
  type Page,
  processPlatform,
  projected,
  type Query,
  queuePlace,
  type RowKey,
  type ShardPage,
  type ShardQuestion,
  type Store,
  StoreError,
  type StoreTraits,
  shardedList,
  type TableName,
  type VersionedDatabase,
  versionedStore,
  within,
} from '@flowstate/core/adapter';
import { checkingAccount } from './account.js';
import { documentOf, fieldsOf, idOf, PROPERTIES, ROW_BYTES_MAX, selection, sortOf } from './documents.js';
import { lostSession, refusalOf, SUBSTATUS, storeError } from './errors.js';
import { type ConsistencyOptions, type Containers, containersOf, staleMsOf } from './options.js';

/** What `cosmos(...)` takes: your own containers, of a client that is configured and disposed by you. */
export interface CosmosOptions extends ConsistencyOptions {
  readonly containers: Containers;
  /** Log entries in one item row: more make rows larger and each write dearer, fewer make more rows. Default 16. */
  readonly entriesPerRow?: number;
  /** How long a request may take, the SDK's own repetitions included. Default 10 s. */
  readonly timeout?: Duration;
}

const PAGE_ROWS_MAX = 1000;
const ENTRIES_PER_ROW = 16;
const TIMEOUT = '10s';
const SHARDS = 1;

/** A store in your Cosmos DB containers; `setup` describes them. @throws TypeError where an option makes no sense */
export function cosmos(options: CosmosOptions): Store {
  const containers = containersOf(options.containers);
  const staleMs = staleMsOf(options);
  const traits: StoreTraits = {
    name: 'cosmos',
    rowBytesMax: ROW_BYTES_MAX,
    entriesPerRow: options.entriesPerRow ?? ENTRIES_PER_ROW,
    requestsPerWrite: 2,
    // The SDK asks for a plan beside each query, at the same time.
    requestsPerPage: 2,
    pageRowsMax: PAGE_ROWS_MAX,
    reads: staleMs === 0 ? 'linearizable' : 'bounded',
    staleMs,
  };
  const timeoutMs = milliseconds('timeout', options.timeout ?? TIMEOUT);
  return versionedStore(new Documents(containers, staleMs === 0, timeoutMs), {
    traits,
    wait: (ms) => processPlatform.wait(ms),
    random: () => processPlatform.random(),
  });
}

class Documents implements VersionedDatabase {
  private readonly checked: () => Promise<void>;

  constructor(
    private readonly containers: Containers,
    isStrong: boolean,
    private readonly timeoutMs: number,
  ) {
    this.checked = checkingAccount(containers.runs, isStrong, timeoutMs);
  }

  async get(key: RowKey, mark?: string) {
    const options = mark === undefined ? {} : { sessionToken: mark };
    const read = await this.request(key.table, (container, limit) =>
      container.item(idOf(key.sort), key.partition).read({ ...options, ...limit }),
    );
    if (mark !== undefined && lostSession(read))
      throw new StoreError('STORE_UNAVAILABLE', 'Cosmos DB: no replica has yet seen what refused the write');
    if (read.resource === undefined) return absent(read, this.containers[key.table].id);
    return { fields: fieldsOf(key, read.resource), version: versionIn(read) };
  }

  create(key: RowKey, fields: Fields) {
    const document = documentOf(key, fields);
    return this.request(key.table, async (container, limit) => {
      try {
        return { version: versionIn(await container.items.create(document, limit)) };
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal?.status !== 409) throw error;
        return { exists: true, ...marked(refusal) } as const;
      }
    });
  }

  replace(key: RowKey, version: string, fields: Fields) {
    const document = documentOf(key, fields);
    return this.underVersion(key, version, async (container, options) => {
      const done = await container.item(document.id, document.pk).replace(document, options);
      return { version: versionIn(done) };
    });
  }

  remove(key: RowKey, version: string) {
    return this.underVersion(key, version, async (container, options) => {
      await container.item(idOf(key.sort), key.partition).delete(options);
      return { removed: true } as const;
    });
  }

  async query({ table, partition, after, before, order, limit, paths }: Query): Promise<Page> {
    const rowsMax = Math.min(limit, PAGE_ROWS_MAX);
    const bounds = [
      ...(after === undefined ? [] : [{ name: '@after', value: idOf(after), test: 'c.id > @after' }]),
      ...(before === undefined ? [] : [{ name: '@before', value: idOf(before), test: 'c.id < @before' }]),
    ];
    const spec: SqlQuerySpec = {
      query: `SELECT TOP ${rowsMax} ${selection(paths)} FROM c WHERE ${['c.pk = @pk', ...bounds.map(({ test }) => test)].join(' AND ')} ORDER BY c.id ${order === 'ascending' ? 'ASC' : 'DESC'}`,
      parameters: [{ name: '@pk', value: partition }, ...bounds.map(({ name, value }) => ({ name, value }))],
    };
    const { resources, more } = await this.page(table, spec, rowsMax, partition);
    const rows = resources.map((document) => {
      const key = { table, partition, sort: sortOf(table, document[PROPERTIES.id]) };
      const fields = fieldsOf(key, document);
      if (paths !== undefined) return { key, fields: projected(fields, paths) };
      return { key, fields, version: String(document._etag) };
    });
    return { rows, more: more || rows.length === rowsMax };
  }

  list(listing: Parameters<Store['list']>[0]) {
    const limit = Math.min(listing.limit, PAGE_ROWS_MAX);
    return shardedList({ ...listing, limit }, SHARDS, (question) => this.shardPage(question));
  }

  private async shardPage({ table, queue, shard, until, after, limit }: ShardQuestion): Promise<ShardPage> {
    const range = listedBetween(queue, shard, after, until);
    const spec: SqlQuerySpec = {
      query: `SELECT TOP ${limit} c.list FROM c WHERE c.list > @after AND c.list < @before ORDER BY c.list ASC`,
      parameters: [
        { name: '@after', value: range.after },
        { name: '@before', value: range.before },
      ],
    };
    const { resources, more } = await this.page(table, spec, limit);
    const places = resources.map((document) => queuePlace(table, document[PROPERTIES.list]));
    return { places, end: more || places.length === limit ? (places.at(-1) ?? after ?? null) : null };
  }

  private page(table: TableName, spec: SqlQuerySpec, maxItemCount: number, partitionKey?: string) {
    return this.request(table, async (container, limit) => {
      const options = { maxItemCount, ...(partitionKey === undefined ? {} : { partitionKey }), ...limit };
      const query = container.items.query<Record<string, unknown>>(spec, options);
      const { resources } = await query.fetchNext();
      return { resources: resources ?? [], more: query.hasMoreResults() };
    });
  }

  private underVersion<T>(
    { table }: RowKey,
    version: string,
    write: (container: Container, options: RequestOptions) => Promise<T>,
  ): Promise<T | { readonly stale: true; readonly mark?: string }> {
    return this.request(table, async (container, limit) => {
      const condition = { accessCondition: { type: 'IfMatch', condition: version } };
      try {
        return await write(container, { ...condition, ...limit });
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined || refusal.status === 409) throw error;
        return { stale: true, ...marked(refusal) } as const;
      }
    });
  }

  private async request<T>(
    table: TableName,
    send: (container: Container, limit: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    await this.checked();
    const container = this.containers[table];
    try {
      return await within(this.timeoutMs, (abortSignal) => send(container, { abortSignal }));
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw storeError(error, container.id);
    }
  }
}

function marked({ mark }: { readonly mark?: string }): { readonly mark?: string } {
  return mark === undefined ? {} : { mark };
}

/** The entity tag, which never comes back. @throws StoreError STORE_CORRUPT */
function versionIn({ etag }: ItemResponse<object>): string {
  if (typeof etag === 'string' && etag !== '') return etag;
  throw new StoreError('STORE_CORRUPT', 'Cosmos DB: an answer without an entity tag');
}

/** No row; but not every 404 of a read says so. @throws StoreError */
function absent({ substatus }: ItemResponse<object>, container: string): undefined {
  if (substatus === SUBSTATUS.sessionNotAvailable || substatus === SUBSTATUS.ownerNotFound)
    throw storeError(Object.assign(new Error('not found'), { code: 404, substatus }), container);
  return undefined;
}
