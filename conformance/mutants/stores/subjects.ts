/**
 * What broken stores are made of, each unbroken as well: the stores in memory, a store over a database in memory that only
 * compares versions, and one whose meaning of a write is a function.
 */
import {
  checkKey,
  checkWrite,
  effectOf,
  type Fields,
  type Outcome,
  type Row,
  type RowKey,
  type Store,
  type StoreTraits,
  type VersionedContent,
  type VersionedDatabase,
  versionedStore,
  type Write,
} from '@flowstate/core/adapter';
import {
  type MemoryStoreOptions,
  memoryStoreOf,
  memoryVersionedDatabase,
  type StoreKind,
} from '@flowstate/core/testing';
import type { Harness, OpenOptions } from '../../src/index.js';
import { memoryHarness } from '../../src/subjects/memory.js';
import type { Mutant, Specimen } from '../mutant.js';

/** A change of a store. */
export type Breaks = (store: Store) => Store;
/** What a write leaves where that is the content now; null: no row. */
export type Effect = (current: Fields | undefined, write: Write) => Fields | null | 'refused';
/** What is said of a mutant, beside how it is broken. */
export type Said = Pick<Mutant, 'id' | 'what' | 'source' | 'laws'>;
/** How the database in memory behaves. */
type DatabaseOptions = MemoryStoreOptions & { readonly kind?: 'versioned' | 'bounded' };

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store in memory that every client breaks in the same way. */
export function broken(said: Said, breaks: Breaks, kind: StoreKind = 'conditional'): Mutant {
  return { ...said, of: kind, harness: () => memoryHarness(kind, {}, breaks) };
}

/** The same, with something that all clients share: `begin` is called once for each harness. */
export function brokenTogether(said: Said, begin: () => Breaks, options: MemoryStoreOptions = {}): Mutant {
  return { ...said, of: 'conditional', harness: () => memoryHarness('conditional', options, begin()) };
}

/** A store over a broken database that compares versions. `begin` is called once for each harness. */
export function brokenDatabase(
  said: Said,
  begin: () => (database: VersionedDatabase) => VersionedDatabase,
  options: DatabaseOptions = {},
): Mutant {
  const { kind = 'versioned' } = options;
  const harness = (): Harness => {
    const breaks = begin();
    return databaseHarness((database, traits) => overVersions(breaks(database), traits), options);
  };
  return { ...said, of: `database, ${kind}`, harness };
}

/** A store whose own code over a database that compares versions is broken. */
export function brokenCode(
  said: Said,
  storeOf: (database: VersionedDatabase, traits: StoreTraits) => Store,
  options: DatabaseOptions = {},
): Mutant {
  const { kind = 'versioned' } = options;
  return { ...said, of: `database, ${kind}`, harness: () => databaseHarness(storeOf, options) };
}

/** A store that takes a write for something else. */
export function brokenMeaning(said: Said, effect: Effect): Mutant {
  const harness = (): Harness =>
    databaseHarness((database, traits) => meaningStore(database, traits, effect));
  return { ...said, of: 'meaning', harness };
}

/** The unbroken subjects that broken ones are a change of. */
export const SOUND: readonly Specimen[] = [
  ...(['conditional', 'versioned', 'bounded'] as const).map((kind) => ({
    id: kind,
    what: `the ${kind} store in memory`,
    harness: () => memoryHarness(kind),
  })),
  ...(['versioned', 'bounded'] as const).map((kind) => ({
    id: `database, ${kind}`,
    what: `a store over a ${kind} database in memory`,
    harness: () => databaseHarness(overVersions, { kind }),
  })),
  {
    id: 'meaning',
    what: 'a store whose meaning of a write is a function',
    harness: () => databaseHarness((database, traits) => meaningStore(database, traits, effectOf)),
  },
];

/** The store that core makes of a database that compares versions. */
export function overVersions(database: VersionedDatabase, traits: StoreTraits): Store {
  return versionedStore(database, { traits, wait: tick, random: () => 0.5 });
}

/** A row with its version. */
export function rowOf(key: RowKey, { fields, version }: { fields: Fields; version: string }): Row {
  return { key, fields, version };
}

/** A harness on a database in memory that compares versions; every client is made by `storeOf`. */
function databaseHarness(
  storeOf: (database: VersionedDatabase, traits: StoreTraits) => Store,
  options: DatabaseOptions = {},
): Harness {
  const { kind = 'versioned' } = options;
  const { traits } = memoryStoreOf(kind, options);
  let opened: OpenOptions = {};
  const fresh = () =>
    memoryVersionedDatabase({
      staleChanges: 2,
      choices: { pick: (n) => opened.choices?.pick(n) ?? 0, trail: [] },
      now: () => opened.now?.() ?? 0,
      before: tick,
      ...options,
      kind,
    });
  let memory = fresh();
  const current: VersionedDatabase = {
    get: (key, mark) => memory.get(key, mark),
    create: (key, fields) => memory.create(key, fields),
    replace: (key, version, fields, before) => memory.replace(key, version, fields, before),
    remove: (key, version) => memory.remove(key, version),
    query: (query) => memory.query(query),
    list: (listing) => memory.list(listing),
  };
  return {
    name: `memory database, ${kind}`,
    engine: () => 'core/testing',
    async open(openOptions) {
      opened = openOptions;
      const { entriesPerRow = traits.entriesPerRow } = openOptions;
      return { store: storeOf(current, { ...traits, entriesPerRow }), close: async () => undefined };
    },
    close: async () => undefined,
    forget() {
      memory = fresh();
    },
    rawRows: async ({ table, partition }) =>
      memory.rows().filter(({ key }) => key.table === table && key.partition === partition),
  };
}

/** A store that decides a write by that function, on the content whose version it then replaces. */
function meaningStore(database: VersionedDatabase, traits: StoreTraits, effect: Effect): Store {
  const { read, query, list } = overVersions(database, traits);
  return {
    traits,
    read,
    query,
    list,
    async write(write, { returning = false } = {}) {
      checkWrite(write);
      for (;;) {
        const there = await database.get(write.key);
        const left = effect(there?.fields, write);
        if (left === 'refused') return refusedBy(write.key, there, returning);
        const version = await landed(database, write.key, there, left);
        if (version === 'stale') continue;
        if (!returning || left === null) return { applied: true };
        return { applied: true, row: rowOf(write.key, { fields: left, version }) };
      }
    },
  };
}

/** A refusal, by that content. */
export function refusedBy(
  key: RowKey,
  there: { fields: Fields; version: string } | undefined,
  returning: boolean,
): Outcome {
  if (!returning) return { applied: false };
  return { applied: false, row: there === undefined ? null : rowOf(key, there) };
}

/** Puts a content in the place of another one; null: no row. */
async function landed(
  database: VersionedDatabase,
  key: RowKey,
  there: VersionedContent | undefined,
  left: Fields | null,
): Promise<string | 'stale'> {
  if (there === undefined) {
    if (left === null) return '';
    const made = await database.create(key, left);
    return 'version' in made ? made.version : 'stale';
  }
  const { version } = there;
  if (left === null) return 'removed' in (await database.remove(key, version)) ? '' : 'stale';
  const made = await database.replace(key, version, left, there.fields);
  return 'version' in made ? made.version : 'stale';
}

/** Makes of a row whatever the function says, of what it is now: a write without a condition. */
export async function forced(
  database: VersionedDatabase,
  key: RowKey,
  leave: (current: Fields | undefined) => Fields | null,
): Promise<{ readonly fields: Fields | null; readonly version: string }> {
  checkKey(key);
  for (;;) {
    const there = await database.get(key);
    const fields = leave(there?.fields);
    const version = await landed(database, key, there, fields);
    if (version !== 'stale') return { fields, version };
  }
}
