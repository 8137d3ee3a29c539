/** Ways to break a store in memory, and what to break it with. */
import {
  type Change,
  changed,
  effectOf,
  type Fields,
  holdsAll,
  type Outcome,
  type Row,
  type RowKey,
  type Store,
  type Test,
  type Tests,
  type Update,
  valueAt,
  versionedStore,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import { memoryVersionedDatabase, versionedMemoryStore } from '@flowstate/core/testing';
import type { Harness } from '../../src/index.js';

export type Break = (store: Store) => Store;

/** A store whose writes go another way. */
export function writing(
  write: (store: Store, write: Write, options: WriteOptions) => Promise<Outcome>,
): Break {
  return (store) => ({ ...store, write: async (asked, options = {}) => write(store, asked, options) });
}

/** A store that changes what it is asked to write, and then does so. */
export function changing(change: (write: Write) => Write): Break {
  return writing((store, write, options) => store.write(change(write), options));
}

/** A store that tells something else than what became of a write. */
export function telling(
  tell: (outcome: Outcome, write: Write, store: Store, options: WriteOptions) => Outcome | Promise<Outcome>,
): Break {
  return writing(async (store, write, options) =>
    tell(await store.write(write, options), write, store, options),
  );
}

/** Holds on every row. */
const ALWAYS: Tests = [{ test: 'missing', path: ['log', 'nobody.writes.this'] }];

/** The same write, whatever the row holds. */
export function anyhow(write: Write): Write {
  return write.write === 'create' ? write : { ...write, when: ALWAYS };
}

/** Puts that content there, whatever is there. */
export async function put(store: Store, key: RowKey, fields: Fields): Promise<void> {
  await store.write({ write: 'delete', key, when: ALWAYS });
  await store.write({ write: 'create', key, fields });
}

/** Tests first, by rules of its own, then writes what is asked whatever is there by then. */
export function testingFirst(holds: (fields: Fields, test: Test) => boolean): Break {
  return writing(async (store, write, options) => {
    if (write.write === 'create') return store.write(write, options);
    const row = await store.read(write.key);
    if (row === undefined) return store.write(write, options);
    if (!write.when.every((test) => holds(row.fields, test)))
      return { applied: false, ...(options.returning ? { row } : {}) };
    return store.write(anyhow(write), options);
  });
}

/** The same write with every text changed: of values, entries and their names, where they are written and tested. */
export function withTexts(change: (text: string) => string, names = change): (write: Write) => Write {
  return withValues((value) => (typeof value === 'string' ? change(value) : value), names);
}

type Value = string | number | boolean;

/** The same write with every value changed. */
export function withValues(
  change: (value: Value) => Value,
  names: (name: string) => string = (name) => name,
): (write: Write) => Write {
  const spot = <T extends Test | Change>(it: T): T => ({
    ...it,
    path: typeof it.path === 'string' ? it.path : [it.path[0], names(it.path[1])],
    ...('value' in it ? { value: change(it.value) } : {}),
  });
  const fieldsOf = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]): [string, Fields[string]] => [
        name,
        typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([entry, scalar]) => [names(entry), change(scalar)]))
          : change(value),
      ]),
    );
  return (write) => {
    if (write.write === 'create') return { ...write, fields: fieldsOf(write.fields) };
    const [first, ...rest] = write.when;
    const when: Tests = [spot(first), ...rest.map(spot)];
    return write.write === 'delete'
      ? { ...write, when }
      : { ...write, when, changes: write.changes.map(spot) };
  };
}

/** Rows by keys that the database takes for equal: the first spelling is the row's. */
export function confusing(fold: (key: RowKey) => string): Break {
  const first = new Map<string, RowKey>();
  const known = (key: RowKey): RowKey => {
    const folded = fold(key);
    const found = first.get(folded) ?? key;
    first.set(folded, found);
    return found;
  };
  return (store) => ({
    ...store,
    read: (key) => store.read(known(key)),
    write: (write, options) => store.write({ ...write, key: known(write.key) }, options),
  });
}

/** An update in two requests: half of the changes each. */
export const inTwoRequests = writing(async (store, write, options) => {
  if (write.write !== 'update' || write.changes.length < 2) return store.write(write, options);
  const half = Math.ceil(write.changes.length / 2);
  const began = await store.write({ ...write, changes: write.changes.slice(0, half) }, options);
  if (!began.applied) return began;
  return store.write({ ...write, when: ALWAYS, changes: write.changes.slice(half) }, options);
});

/** Computes from what it read, then writes all of it: an update between the two is lost. */
export const losingUpdates = writing(async (store, write, options) => {
  if (write.write !== 'update') return store.write(write, options);
  const row = await store.read(write.key);
  if (row === undefined || !holdsAll(row.fields, write.when)) return store.write(write, options);
  const changes = write.changes.map((change): Change => {
    if (change.change !== 'add') return change;
    const now = valueAt(row.fields, change.path);
    return { change: 'set', path: change.path, value: (typeof now === 'number' ? now : 0) + change.value };
  });
  return store.write({ ...write, changes }, options);
});

/** Decides on what the caller saw, and writes what follows from it. */
export const believingSeen = writing(async (store, write, options) => {
  const { seen } = options;
  if (seen === undefined || write.write !== 'update' || (await store.read(write.key)) === undefined)
    return store.write(write, options);
  if (!holdsAll(seen.fields, write.when))
    return { applied: false, ...(options.returning ? { row: seen } : {}) };
  const fields = changed(seen.fields, write.changes);
  await put(store, write.key, fields);
  return { applied: true, ...(options.returning ? { row: { key: write.key, fields } } : {}) };
});

/** Makes the row where there is none, if the tests hold on nothing. */
export const upserting = writing(async (store, write, options) => {
  const outcome = await store.write(write, options);
  if (outcome.applied || write.write !== 'update') return outcome;
  if ((await store.read(write.key)) !== undefined || !holdsAll({ log: {} }, write.when)) return outcome;
  return store.write(
    { write: 'create', key: write.key, fields: changed({ log: {} }, write.changes) },
    options,
  );
});

/** A row that is created again has what it lacks from the one that was deleted. */
export function remembering(): Break {
  const gone = new Map<string, Fields>();
  return writing(async (store, write, options) => {
    const at = JSON.stringify(write.key);
    const before: Row | undefined = await store.read(write.key);
    const full: Write =
      write.write === 'create' ? { ...write, fields: { ...gone.get(at), ...write.fields } } : write;
    const outcome = await store.write(full, options);
    if (write.write === 'delete' && outcome.applied && before !== undefined) gone.set(at, before.fields);
    return outcome;
  });
}

/** What an update would have done, done although it is refused. */
export async function doneAnyway(store: Store, write: Update): Promise<void> {
  const row = await store.read(write.key);
  if (row === undefined) return;
  const effect = effectOf(row.fields, { ...write, when: ALWAYS });
  if (effect !== 'refused' && effect !== null) await put(store, write.key, effect);
}

/** A database whose versions count the changes since the row was created: they come back in its next life. */
export function repeatingVersions(): Harness {
  const database = memoryVersionedDatabase();
  const before = new Map<string, number>();
  const at = (key: RowKey): string => JSON.stringify(key);
  const told = (key: RowKey, version: string): string =>
    `${Number(version.slice(1)) - (before.get(at(key)) ?? 0)}`;
  const meant = (key: RowKey, version: string): string =>
    `v${String(Number(version) + (before.get(at(key)) ?? 0)).padStart(6, '0')}`;
  const store = versionedStore(
    {
      ...database,
      async get(key, mark) {
        const content = await database.get(key, mark);
        return content && { ...content, version: told(key, content.version) };
      },
      async create(key, fields) {
        const made = await database.create(key, fields);
        if (!('version' in made)) return made;
        before.set(at(key), Number(made.version.slice(1)) - 1);
        return { version: told(key, made.version) };
      },
      async replace(key, version, fields, content) {
        const done = await database.replace(key, meant(key, version), fields, content);
        return 'version' in done ? { version: told(key, done.version) } : done;
      },
      remove: (key, version) => database.remove(key, meant(key, version)),
    },
    { traits: versionedMemoryStore().traits, wait: async () => {}, random: () => 0.5 },
  );
  return {
    name: 'versions that come back',
    open: async () => ({ store, close: async () => undefined }),
    close: async () => undefined,
    rawRows: async ({ table, partition }) =>
      database.rows().filter(({ key }) => key.table === table && key.partition === partition),
  };
}
