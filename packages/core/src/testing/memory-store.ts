/**
 * The smallest stores there are: `semantics.ts` over immutable rows, of every kind. For tests of protocols
 * and of users' functions; they forget everything with the process.
 */
import type { Row, Store } from '../platform/store.js';
import type { VersionedDatabase } from '../platform/versioned-store.js';
import type { Choices } from './choices.js';
import { type Database, databaseOf } from './database.js';
import type { AnyReply, Method, ReplyOf, Request, RequestOf, Send } from './requests.js';
import { respond } from './respond.js';
import {
  databaseBehind,
  modelOf,
  type StoreKind,
  type StoreModel,
  type StoreOptions,
  storeBehind,
} from './store-kind.js';

/** Options of a store in memory. */
export interface MemoryStoreOptions extends StoreOptions {
  /**
   * Which old state a read of a bounded store is served, 0 being the current one; without it always the
   * current.
   */
  readonly choices?: Choices;
  /** Milliseconds, to know what is older than `staleMs`; without it nothing is. */
  readonly now?: () => number;
  /** How a store that compares versions waits between two tries: not at all. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Called with each request before it is applied: a place to let rivals in. */
  readonly before?: (request: Request) => void | Promise<void>;
}

/** What a test sees of a store in memory, past the port. */
export interface Inside {
  /** Every row there is now, in order of table, partition and sort. */
  rows(): Row[];
  /** Makes these the only rows. Versions go on: none comes back. */
  load(rows: readonly Row[]): void;
}

/** A store in memory. */
export interface MemoryStore extends Store, Inside {}

class Memory implements Inside {
  readonly #model: StoreModel;
  readonly #options: MemoryStoreOptions;
  #database: Database;

  constructor(model: StoreModel, options: MemoryStoreOptions) {
    this.#model = model;
    this.#options = options;
    this.#database = databaseOf(model.memory, []);
  }

  rows(): Row[] {
    return this.#database.rows();
  }

  load(rows: readonly Row[]): void {
    const emptied = this.rows().reduce((database, { key }) => database.with(key, undefined), this.#database);
    this.#database = rows.reduce((database, row) => database.with(row.key, row.fields), emptied).settled();
  }

  readonly send: Send = async <M extends Method>(request: RequestOf<M>) => {
    await this.#options.before?.(request);
    return this.#answer(request) as ReplyOf<M>;
  };

  #answer(request: Request): AnyReply {
    const { choices, now } = this.#options;
    const at = now?.() ?? 0;
    const { manners, traits } = this.#model;
    const responses = respond(this.#database, request, { ...manners, freshSince: at - traits.staleMs });
    const { reply, change } = responses[responses.length === 1 ? 0 : (choices?.pick(responses.length) ?? 0)]!;
    if (change !== undefined) this.#database = this.#database.with(change.key, change.fields, at);
    return reply;
  }
}

/** A store in memory of that kind. */
export function memoryStoreOf(kind: StoreKind, options: MemoryStoreOptions = {}): MemoryStore {
  const model = modelOf(kind, options);
  const memory = new Memory(model, options);
  const pace = { wait: options.wait ?? (async () => {}), random: () => 0.5 };
  return {
    ...storeBehind(model, memory.send, pace),
    rows: () => memory.rows(),
    load: (rows) => memory.load(rows),
  };
}

/** A store in memory that tests inside the write, as DynamoDB and PostgreSQL do. */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return memoryStoreOf('conditional', options);
}

/** A store in memory that compares versions, as Firestore does. */
export function versionedMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return memoryStoreOf('versioned', options);
}

/** A store in memory that compares versions and whose reads may be old, as Cosmos DB's. */
export function staleMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return memoryStoreOf('bounded', options);
}

/** A database in memory that can only compare versions: what `versionedStore` makes a store of. */
export function memoryVersionedDatabase(
  options: MemoryStoreOptions & { readonly kind?: 'versioned' | 'bounded' } = {},
): VersionedDatabase & Inside {
  const memory = new Memory(modelOf(options.kind ?? 'versioned', options), options);
  return { ...databaseBehind(memory.send), rows: () => memory.rows(), load: (rows) => memory.load(rows) };
}
