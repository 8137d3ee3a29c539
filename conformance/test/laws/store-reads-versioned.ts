/** Databases that compare versions, to be broken: the store over them is always core's own `versionedStore`. */
import { type Fields, type RowKey, type VersionedDatabase, versionedStore } from '@flowstate/core/adapter';
import { type Inside, memoryStoreOf, memoryVersionedDatabase } from '@flowstate/core/testing';
import type { Harness, OpenOptions } from '../../src/harness.js';
import { nameOf } from './store-reads-tools.js';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A harness on a database that compares versions. `reads`: what its traits say. */
export function versionedHarness(
  reads: 'versioned' | 'bounded',
  change: (database: VersionedDatabase) => VersionedDatabase,
  kind: 'versioned' | 'bounded' = reads,
): Harness {
  let opened: OpenOptions = {};
  const database = memoryVersionedDatabase({
    kind,
    staleChanges: 2,
    now: () => opened.now?.() ?? 0,
    choices: { pick: (n) => opened.choices?.pick(n) ?? 0, trail: [] },
    before: tick,
  });
  return harnessOf(reads, change(database), database, (options) => {
    opened = options;
  });
}

function harnessOf(
  reads: 'versioned' | 'bounded',
  database: VersionedDatabase,
  inside: Pick<Inside, 'rows'>,
  onOpen: (options: OpenOptions) => void = () => undefined,
): Harness {
  const { traits } = memoryStoreOf(reads);
  return {
    name: 'versions',
    async open(options) {
      onOpen(options);
      return {
        store: versionedStore(database, { traits, wait: tick, random: () => 0.5 }),
        close: async () => undefined,
      };
    },
    close: async () => undefined,
    rawRows: async ({ table, partition }) =>
      inside.rows().filter(({ key }) => key.table === table && key.partition === partition),
  };
}

/** The first read after a change gives the content before it, under the version after it. */
export function oldContentNewVersion(database: VersionedDatabase): VersionedDatabase {
  const before = new Map<string, Fields>();
  return {
    ...database,
    async get(key, mark) {
      const found = await database.get(key, mark);
      const old = before.get(nameOf(key));
      if (found === undefined || old === undefined || mark !== undefined) return found;
      before.delete(nameOf(key));
      return { ...found, fields: old };
    },
    async replace(key, version, fields, content) {
      const found = await database.get(key);
      const done = await database.replace(key, version, fields, content);
      if ('version' in done && found !== undefined) before.set(nameOf(key), found.fields);
      return done;
    },
  };
}

/** Replaces whatever is there. */
export function blindReplace(database: VersionedDatabase): VersionedDatabase {
  return {
    ...database,
    async replace(key, _, fields) {
      const found = await database.get(key);
      return found === undefined
        ? { stale: true }
        : database.replace(key, found.version, fields, found.fields);
    },
  };
}

/** Rows whose versions are made by that function of how often the row changed in this life, and of its content. */
export function homemadeVersions(versionOf: (changes: number, fields: Fields) => string): Harness {
  const rows = new Map<string, { readonly key: RowKey; readonly fields: Fields; readonly changes: number }>();
  const at = (key: RowKey) => {
    const found = rows.get(nameOf(key));
    return found && { ...found, version: versionOf(found.changes, found.fields) };
  };
  const put = (key: RowKey, fields: Fields, changes: number) => {
    rows.set(nameOf(key), { key, fields, changes });
    return { version: versionOf(changes, fields) };
  };
  const database: VersionedDatabase = {
    async get(key) {
      await tick();
      return at(key);
    },
    async create(key, fields) {
      await tick();
      return at(key) === undefined ? put(key, fields, 1) : { exists: true };
    },
    async replace(key, version, fields) {
      await tick();
      const found = at(key);
      return found?.version === version ? put(key, fields, found.changes + 1) : { stale: true };
    },
    async remove(key, version) {
      await tick();
      if (at(key)?.version !== version) return { stale: true };
      rows.delete(nameOf(key));
      return { removed: true };
    },
    query: async () => ({ rows: [], more: false }),
    list: async () => ({ keys: [], more: false }),
  };
  return harnessOf('versioned', database, { rows: () => [...rows.values()] });
}
