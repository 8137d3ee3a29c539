/**
 * The content of a test database: rows in partitions, never changed in place, so that a state can be kept,
 * compared and returned to. It remembers what the chosen kind of store needs: how often a row changed
 * (versions that never come back), and what rows and partitions held before (reads that may be old).
 */
import type { Entries, Fields, Row, RowKey, TableName } from '../platform/store.js';

/**
 * One row's place: its content (undefined: no row), how often it ever changed, and what it held before,
 * newest first.
 */
export interface Cell {
  readonly fields: Fields | undefined;
  readonly changes: number;
  readonly past: readonly Past<Fields | undefined>[];
}

/** Something that was current until a moment, in milliseconds. */
export interface Past<T> {
  readonly was: T;
  readonly until: number;
}

/** The rows of one partition. */
export interface Partition {
  readonly table: TableName;
  readonly partition: string;
  readonly cells: ReadonlyMap<string, Cell>;
  /** What queries may still see, newest first. */
  readonly past: readonly Past<ReadonlyMap<string, Cell>>[];
}

/** What a database remembers beside its rows. */
export interface Memory {
  /** Rows have versions: changes are counted, also over deletion. */
  readonly versions: boolean;
  /** How many changes a read may lag behind; 0 where reads are linearizable. */
  readonly staleChanges: number;
}

const NO_CELL: Cell = { fields: undefined, changes: 0, past: [] };
const NO_ROWS: ReadonlyMap<string, Cell> = new Map();

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * The same content with its names in order, frozen: equal contents have equal JSON, and nobody can change
 * them.
 */
export function canonical(fields: Fields): Fields {
  const entries = sorted(fields).map(([name, value]): [string, Fields[string]] =>
    typeof value === 'object'
      ? [name, Object.freeze<Entries>(Object.fromEntries(sorted(value)))]
      : [name, value],
  );
  return Object.freeze<Fields>(Object.fromEntries(entries));
}

function addressOf(key: { readonly table: TableName; readonly partition: string }): string {
  return `${key.table}/${key.partition}`;
}

/** One immutable state of a test database. */
export class Database {
  readonly partitions: ReadonlyMap<string, Partition>;
  readonly memory: Memory;

  constructor(memory: Memory, partitions: ReadonlyMap<string, Partition> = new Map()) {
    this.memory = memory;
    this.partitions = partitions;
  }

  /** The place of a row, also where there is none. */
  cell(key: RowKey): Cell {
    return this.partitions.get(addressOf(key))?.cells.get(key.sort) ?? NO_CELL;
  }

  /** The partition, also where it has no rows. */
  partition(table: TableName, partition: string): Partition {
    return (
      this.partitions.get(addressOf({ table, partition })) ?? { table, partition, cells: NO_ROWS, past: [] }
    );
  }

  /** This database after a row got that content (undefined: was deleted), at that moment (ms). */
  with(key: RowKey, fields: Fields | undefined, now = 0): Database {
    const { staleChanges, versions } = this.memory;
    const partition = this.partition(key.table, key.partition);
    const before = this.cell(key);
    const remembers = versions || staleChanges > 0;
    const past =
      staleChanges === 0 ? [] : [{ was: before.fields, until: now }, ...before.past].slice(0, staleChanges);
    const cells = new Map(partition.cells);
    if (fields === undefined && !remembers) cells.delete(key.sort);
    else {
      const content = fields === undefined ? undefined : canonical(fields);
      cells.set(key.sort, { fields: content, changes: versions ? before.changes + 1 : 0, past });
    }
    const older = staleChanges === 0 ? [] : [{ was: partition.cells, until: now }, ...partition.past];
    const next: Partition = { ...partition, cells, past: older.slice(0, staleChanges) };
    const partitions = new Map(this.partitions);
    if (cells.size === 0) partitions.delete(addressOf(key));
    else partitions.set(addressOf(key), next);
    return new Database(this.memory, partitions);
  }

  /** This database once so much time has passed that nobody is served anything old. */
  settled(): Database {
    if (this.memory.staleChanges === 0) return this;
    const partitions = new Map<string, Partition>();
    for (const [address, partition] of this.partitions) {
      const cells = new Map(
        [...partition.cells].map(([sort, cell]) => [sort, { ...cell, past: [] }] as const),
      );
      partitions.set(address, { ...partition, cells, past: [] });
    }
    return new Database(this.memory, partitions);
  }

  /** Every row there is now, in order of table, partition and sort; versions left out. */
  rows(): Row[] {
    const rows: Row[] = [];
    for (const { table, partition, cells } of this.partitions.values()) {
      for (const [sort, { fields }] of cells)
        if (fields !== undefined) rows.push({ key: { table, partition, sort }, fields });
    }
    return rows.sort((a, b) => compareKeys(a.key, b.key));
  }
}

/** Orders rows by table, partition, sort. */
export function compareKeys(a: RowKey, b: RowKey): number {
  for (const part of ['table', 'partition', 'sort'] as const)
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  return 0;
}

/** A database that holds those rows and remembers nothing older. */
export function databaseOf(memory: Memory, rows: readonly Row[]): Database {
  return rows.reduce((database, row) => database.with(row.key, row.fields), new Database(memory)).settled();
}
