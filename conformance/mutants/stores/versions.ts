/** Stores that compare versions, and take one content for another. */
import {
  changed,
  checkWrite,
  holdsAll,
  type RowKey,
  type VersionedContent,
  type VersionedDatabase,
} from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { textOf } from './decorations.js';
import { brokenCode, brokenDatabase, forced, overVersions, rowOf } from './subjects.js';

/** What is known of a row's versions: the real one of now, and the names that were given. */
interface Known {
  real: string | undefined;
  readonly names: Map<string, string>;
  changes: number;
}

/** A database whose versions have other names: `nameOf` is told how many changes of this life a version is. */
function renamed(
  nameOf: (changes: number) => string,
): () => (database: VersionedDatabase) => VersionedDatabase {
  return () => {
    const rows = new Map<string, Known>();
    const of = (key: RowKey): Known => {
      const known = rows.get(textOf(key)) ?? {
        real: undefined,
        names: new Map<string, string>(),
        changes: 0,
      };
      rows.set(textOf(key), known);
      return known;
    };
    const noted = (key: RowKey, made: { version: string }, changes: number): { version: string } => {
      const known = of(key);
      const version = nameOf(changes);
      known.real = made.version;
      known.changes = changes;
      known.names.set(made.version, version);
      return { version };
    };
    return (database) => ({
      ...database,
      async get(key, mark) {
        const there = await database.get(key, mark);
        return there && { ...there, version: of(key).names.get(there.version) ?? there.version };
      },
      async create(key, fields) {
        const made = await database.create(key, fields);
        return 'version' in made ? noted(key, made, 1) : made;
      },
      async replace(key, version, fields, before) {
        const { real, names, changes } = of(key);
        if (real === undefined || names.get(real) !== version) return { stale: true };
        const made = await database.replace(key, real, fields, before);
        return 'version' in made ? noted(key, made, changes + 1) : made;
      },
      async remove(key, version) {
        const { real, names } = of(key);
        if (real === undefined || names.get(real) !== version) return { stale: true };
        const gone = await database.remove(key, real);
        if ('removed' in gone) of(key).real = undefined;
        return gone;
      },
      async query(query) {
        const page = await database.query(query);
        const rowsOfPage = page.rows.map((row) =>
          row.version === undefined
            ? row
            : { ...row, version: of(row.key).names.get(row.version) ?? row.version },
        );
        return { ...page, rows: rowsOfPage };
      },
    });
  };
}

/** All of them. */
export const VERSIONS: readonly Mutant[] = [
  brokenDatabase(
    {
      id: 'version comes back',
      what: 'the version is a counter inside the row, which begins again after delete and create',
      source: 'items D25; versioned-store.ts',
      laws: ['store/seen', 'store/versions'],
    },
    renamed((changes) => `v${changes}`),
  ),
  brokenDatabase(
    {
      id: 'coarse version',
      what: 'the version is the time of the change in seconds',
      source: 'items D25; usual sin: an update time that is too coarse',
      laws: ['store/seen', 'store/versions'],
    },
    renamed(() => `t${Math.floor(Date.now() / 1000)}`),
  ),
  brokenCode(
    {
      id: 'seen believed',
      what: 'where the row that the caller saw passes the tests, its change is written without comparing versions',
      source: 'usual sin: `seen` believed',
      laws: ['store/seen', 'store/versions'],
    },
    (database, traits) => {
      const store = overVersions(database, traits);
      return {
        ...store,
        async write(write, options = {}) {
          checkWrite(write);
          const { seen, returning = false } = options;
          if (write.write !== 'update' || seen === undefined || !holdsAll(seen.fields, write.when))
            return store.write(write, options);
          const { fields, version } = await forced(database, write.key, () =>
            changed(seen.fields, write.changes),
          );
          if (!returning || fields === null) return { applied: true };
          return { applied: true, row: rowOf(write.key, { fields, version }) };
        },
      };
    },
  ),
  brokenCode(
    {
      id: 'seen refuses',
      what: 'where the row that the caller saw fails a test, the write is refused without a look',
      source: 'versioned-store.ts: a refusal rests on a read made after the call began',
      laws: ['store/seen', 'store/another-client'],
    },
    (database, traits) => {
      const store = overVersions(database, traits);
      return {
        ...store,
        async write(write, options = {}) {
          const { seen, returning = false } = options;
          if (write.write === 'create' || seen?.version === undefined || holdsAll(seen.fields, write.when))
            return store.write(write, options);
          return returning ? { applied: false, row: seen } : { applied: false };
        },
      };
    },
  ),
  brokenCode(
    {
      id: 'seen of another row',
      what: 'the row that the caller saw is believed whatever its key is',
      source: 'usual sin: `seen` believed',
      laws: ['store/seen'],
    },
    (database, traits) => {
      const store = overVersions(database, traits);
      return {
        ...store,
        async write(write, options = {}) {
          const { seen } = options;
          if (write.write === 'create' || seen === undefined || textOf(seen.key) === textOf(write.key))
            return store.write(write, options);
          const there = await database.get(write.key);
          const taken = there && { key: write.key, fields: seen.fields, version: there.version };
          return store.write(write, taken === undefined ? options : { ...options, seen: taken });
        },
      };
    },
  ),
  brokenCode(
    {
      id: 'seen without a version',
      what: 'a row that the caller saw without a version is taken for the newest',
      source: 'issue: `seen` stale, without version and absent',
      laws: ['store/seen'],
    },
    (database, traits) => {
      const store = overVersions(database, traits);
      return {
        ...store,
        async write(write, options = {}) {
          const { seen } = options;
          if (seen === undefined || seen.version !== undefined) return store.write(write, options);
          const there = await database.get(write.key);
          return store.write(
            write,
            there ? { ...options, seen: { ...seen, version: there.version } } : options,
          );
        },
      };
    },
  ),
  brokenCode(
    {
      id: 'stale is refused',
      what: 'a write that finds another version than it read is said to be refused',
      source: 'versioned-store.ts: stale is never a refusal',
      laws: ['store/seen', 'store/versions'],
    },
    (database, traits) => {
      let stale: VersionedContent | undefined;
      const store = overVersions(
        {
          ...database,
          async replace(key, version, fields, before) {
            const done = await database.replace(key, version, fields, before);
            if (!('stale' in done)) return done;
            stale = { fields, version };
            throw new StaleFound();
          },
        },
        traits,
      );
      return {
        ...store,
        async write(write, options) {
          try {
            return await store.write(write, options);
          } catch (error) {
            if (!(error instanceof StaleFound) || stale === undefined) throw error;
            return { applied: false };
          }
        },
      };
    },
  ),
];

/** Thrown through the store that core makes. */
class StaleFound extends Error {
  override readonly name = 'StaleFound';
}
