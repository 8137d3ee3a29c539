/** What the author of an adapter hands to the suite. */
import type { Row, Store, TableName } from '@flowstate/core/adapter';
import type { Choices } from '@flowstate/core/testing';
import type { Deployment, SpawnOptions } from './platform/deployment.js';
import type { PlatformHarness } from './platform/platform-harness.js';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * How the driver's requests are told apart on the wire: PostgreSQL messages, HTTP/1 requests, HTTP/2 streams, or
 * whatever arrives in one burst while one request of the port is under way.
 */
export type Framing = 'postgres' | 'http1' | 'http2' | 'opaque';

/** How a client is opened. What an adapter does not have, it ignores. */
export interface OpenOptions {
  /** Log entries in one item row: the suite opens stores whose rows are soon full. */
  readonly entriesPerRow?: number;
  /** Connect here instead of `proxyTarget`: the suite's proxy is in between. */
  readonly address?: Address;
  /** Decisions that the case's seed repeats, for a store that decides something itself (one in memory that serves old reads). */
  readonly choices?: Choices;
  /** The case's clock, in ms since the epoch, for a store that looks at one (stores in memory). */
  readonly now?: () => number;
}

/** A client of the database, and how it is closed. */
export interface Opened {
  readonly store: Store;
  close(): Promise<void>;
}

/** Rows of one partition. */
export interface Where {
  readonly table: TableName;
  readonly partition: string;
}

/** An adapter under test: the default export of the file that `flowstate-conformance` is given. */
export interface Harness {
  /** The adapter's name, for the report. */
  readonly name: string;
  /** The engine and its version, for the report; asked once, after the first client was opened. */
  engine?(): string | Promise<string>;
  /** Why the database cannot be reached on this machine: every law is then skipped, for that reason. */
  missing?(): Promise<string | undefined>;
  /** A new client of the same database every time, as another process would have one. Tables are set up before the first. */
  open(options: OpenOptions): Promise<Opened>;
  /** Ends all there is. */
  close(): Promise<void>;
  /** May drop every row, before each case: for engines whose every request costs more the more rows there are. Clients live on. */
  forget?(): void | Promise<void>;
  /** The rows of a partition as they are now, read with the driver itself, not through the adapter. Any order. */
  rawRows(where: Where): Promise<readonly Row[]>;
  /** Where the database listens, for the crash matrix of the wire. */
  proxyTarget?(): Address | Promise<Address>;
  /** How requests are told apart there: 'opaque' unless given. */
  readonly framing?: Framing;
  /** Starts real processes that serve the suite's functions on this database: {@link Deployment}. */
  spawn?(options: SpawnOptions): Promise<Deployment>;
  /** Entries and invoker of the adapter's function platform. */
  readonly platform?: PlatformHarness;
  /** Laws that this database cannot carry, each with its reason: printed in every report. */
  readonly skips?: Readonly<Record<string, string>>;
}
