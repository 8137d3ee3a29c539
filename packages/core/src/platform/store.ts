/**
 * The store port: everything Flowstate asks of a database, stated once. There is no unconditional write.
 *
 * An adapter implements {@link Store}; `semantics.ts` says as pure functions what a write means, and every adapter is
 * compared with it. The rules that go with the types are in docs/ARCHITECTURE.md, "The store port".
 */

/** The two tables. `runs` holds intents, logs and events; `items` holds the rows of managed items. */
export type TableName = 'runs' | 'items';

/** A row's address. Both parts match `[A-Za-z0-9_.:-]{1,250}`; rows of a partition are ordered by `sort`, bytewise. */
export interface RowKey {
  readonly table: TableName;
  readonly partition: string;
  readonly sort: string;
}

/** A stored value: a well-formed string without U+0000, a safe integer other than -0, or a boolean. */
export type Scalar = string | number | boolean;

/** The entries of a map field. Names match `[A-Za-z0-9][A-Za-z0-9_.:-]{0,249}`. */
export interface Entries {
  readonly [entry: string]: Scalar;
}

/** A row's content. Names and kinds come from the closed list `FIELDS`. */
export interface Fields {
  readonly [field: string]: Scalar | Entries;
}

/** A row as read. `version` is opaque, present only on whole rows of databases that compare versions. */
export interface Row {
  readonly key: RowKey;
  readonly fields: Fields;
  readonly version?: string;
}

/** A field, or one entry of a map field. */
export type Path = string | readonly [map: string, entry: string];

/** One claim about a row. Tests of a write are joined by "and"; `equals` and `below` are false where the path is missing. */
export type Test =
  | { readonly test: 'missing'; readonly path: Path }
  | { readonly test: 'equals'; readonly path: Path; readonly value: Scalar }
  | { readonly test: 'below'; readonly path: Path; readonly value: number };

/** One step of an update. `add` counts from 0; a map stays when its last entry goes; overlapping paths are a TypeError. */
export type Change =
  | { readonly change: 'set'; readonly path: Path; readonly value: Scalar }
  | { readonly change: 'add'; readonly path: Path; readonly value: number }
  | { readonly change: 'remove'; readonly path: Path };

/** At least one test: an update or delete without a condition cannot be written down. */
export type Tests = readonly [Test, ...Test[]];

/** Creates the row if it is absent. */
export interface Create {
  readonly write: 'create';
  readonly key: RowKey;
  readonly fields: Fields;
}

/** Changes the row if it is present and every test holds. */
export interface Update {
  readonly write: 'update';
  readonly key: RowKey;
  readonly when: Tests;
  readonly changes: readonly Change[];
}

/** Deletes the row if it is present and every test holds. */
export interface Delete {
  readonly write: 'delete';
  readonly key: RowKey;
  readonly when: Tests;
}

/** A conditional write of one row. */
export type Write = Create | Update | Delete;

/**
 * What became of a write. `applied: false` says only that the condition does not hold *now*: the driver may have
 * repeated its own applied write, so look for your own trace before concluding anything.
 *
 * `row`, where `returning` was asked for. After an applied create or update: the row it left, always. After a refusal:
 * the very content that refused, where the store has it at no further request; `null` = known absent; `undefined` = not
 * given. Where reads are 'bounded', a refusal always carries a row or `null`, read with the refusal's mark.
 */
export interface Outcome {
  readonly applied: boolean;
  readonly row?: Row | null;
}

/** `seen`: the whole row as last read, a hint that may save a request and never changes a result. */
export interface WriteOptions {
  readonly seen?: Row;
  readonly returning?: boolean;
}

/** A bounded, ordered read of one partition. `after` and `before` are exclusive; with `paths`, rows carry no version. */
export interface Query {
  readonly table: TableName;
  readonly partition: string;
  readonly after?: string;
  readonly before?: string;
  readonly order: 'ascending' | 'descending';
  readonly limit: number;
  readonly paths?: readonly Path[];
}

/** `more: true` means perhaps; `false` is certain. */
export interface Page {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

/** Keys of rows whose `queue` is that word, of `[A-Za-z0-9_.:-]{1,250}`, and whose `due` (ms) is at or before `until`. */
export interface Listing {
  readonly queue: string;
  readonly until?: number;
  readonly after?: string;
  readonly limit: number;
}

/** `next` is opaque: what the next call's `after` takes. */
export interface KeyPage {
  readonly keys: readonly RowKey[];
  readonly more: boolean;
  readonly next?: string;
}

/** What a store is, as plain data. A trait may change a cost or a ceiling, never a result (but `reads`: docs/ARCHITECTURE.md). */
export interface StoreTraits {
  readonly name: string;
  /** Greatest size of one row, in bytes. */
  readonly rowBytesMax: number;
  /** Log entries in one item row before it is full. */
  readonly entriesPerRow: number;
  /** Requests of one conditional write without `seen`. */
  readonly requestsPerWrite: 1 | 2;
  /** Requests of one page of a query: 2 where the driver asks for a plan beside it. Default 1. */
  readonly requestsPerPage?: 1 | 2;
  /** Greatest number of rows in one page. */
  readonly pageRowsMax: number;
  /**
   * 'bounded': a read may be up to `staleMs` old. What is applied was tested on the current row; a refusal of a store that
   * compares versions may rest on such a read.
   */
  readonly reads: 'linearizable' | 'bounded';
  /** Milliseconds; 0 where reads are linearizable. */
  readonly staleMs: number;
}

/**
 * One database. Errors are `StoreError`s with a code of `errors.ts`; a failed condition is a value. Values outside the
 * domain are a TypeError before any request.
 */
export interface Store {
  readonly traits: StoreTraits;
  /** The whole row; linearizable, or at most `traits.staleMs` old. */
  read(key: RowKey): Promise<Row | undefined>;
  /** One atomic conditional write. */
  write(write: Write, options?: WriteOptions): Promise<Outcome>;
  /** Rows of one partition in order; each row is atomic, the page is no snapshot. */
  query(query: Query): Promise<Page>;
  /** The only listing there is: oldest due first within a shard; may lag, never invents. Re-read a row before acting. */
  list(listing: Listing): Promise<KeyPage>;
}
