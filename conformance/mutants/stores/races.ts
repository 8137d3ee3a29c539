/** Stores whose writes are not one step: what others do in between is lost, seen half, or taken for one's own. */
import {
  type Change,
  changed,
  checkWrite,
  effectOf,
  type Fields,
  holdsAll,
  type Outcome,
  type Store,
  type StoreTraits,
  type VersionedDatabase,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import type { Mutant } from '../mutant.js';
import { tick, writes } from './decorations.js';
import { broken, brokenCode, forced, overVersions, refusedBy, rowOf } from './subjects.js';

type Writing = (database: VersionedDatabase, write: Write, options: WriteOptions) => Promise<Outcome>;

/** A store over versions with writes of its own. */
function writing(write: Writing): (database: VersionedDatabase, traits: StoreTraits) => Store {
  return (database, traits) => ({
    ...overVersions(database, traits),
    async write(asked, options = {}) {
      checkWrite(asked);
      return write(database, asked, options);
    },
  });
}

/** The answer to a write that was forced. */
async function put(
  database: VersionedDatabase,
  write: Write,
  returning: boolean,
  leave: (current: Fields | undefined) => Fields | null,
): Promise<Outcome> {
  const { fields, version } = await forced(database, write.key, leave);
  if (!returning || fields === null) return { applied: true };
  return { applied: true, row: rowOf(write.key, { fields, version }) };
}

/** Tests on one read; what passes is forced upon whatever is there by then. */
const testedBefore: Writing = async (database, write, { returning = false }) => {
  const there = await database.get(write.key);
  if (effectOf(there?.fields, write) === 'refused') return refusedBy(write.key, there, returning);
  return put(database, write, returning, (current) => {
    if (write.write === 'create') return write.fields;
    return write.write === 'delete' ? null : changed(current ?? {}, write.changes);
  });
};

/** Tests on one read, and forces the content that was made of it. */
const lostUpdate: Writing = async (database, write, { returning = false }) => {
  const there = await database.get(write.key);
  const left = effectOf(there?.fields, write);
  if (left === 'refused') return refusedBy(write.key, there, returning);
  return put(database, write, returning, () => left);
};

/** Where somebody was faster, only the version is read again, and not the content. */
const retryWithOldContent: Writing = async (database, write, { returning = false }) => {
  const there = await database.get(write.key);
  const left = effectOf(there?.fields, write);
  if (left === 'refused' || there === undefined || write.write !== 'update' || left === null)
    return overVersions(database, NO_TRAITS).write(write, { returning });
  for (let { version } = there; ; ) {
    const done = await database.replace(write.key, version, left, there.fields);
    if ('version' in done)
      return returning
        ? { applied: true, row: rowOf(write.key, { fields: left, version: done.version }) }
        : { applied: true };
    const again = await database.get(write.key);
    if (again === undefined || !holdsAll(again.fields, write.when))
      return refusedBy(write.key, again, returning);
    version = again.version;
  }
};

/** `versionedStore` names them in an error only. */
const NO_TRAITS: StoreTraits = {
  name: 'mutant',
  rowBytesMax: 400 * 1024,
  entriesPerRow: 4,
  requestsPerWrite: 2,
  pageRowsMax: 100,
  reads: 'linearizable',
  staleMs: 0,
};

/** Looks, and then puts. */
const lookThenPut: Writing = async (database, write, options) => {
  if (write.write !== 'create') return overVersions(database, NO_TRAITS).write(write, options);
  const there = await database.get(write.key);
  if (there !== undefined) return refusedBy(write.key, there, options.returning ?? false);
  return put(database, write, options.returning ?? false, () => write.fields);
};

const inMap = ({ path }: Change): boolean => typeof path !== 'string';

/** The changes of some, then those of the others. */
function inTwo(isFirst: (change: Change) => boolean) {
  return writes(async (store, write, options) => {
    if (write.write !== 'update') return store.write(write, options);
    const first = write.changes.filter(isFirst);
    const rest = write.changes.filter((change) => !isFirst(change));
    if (first.length === 0 || rest.length === 0) return store.write(write, options);
    const outcome = await store.write({ ...write, changes: first }, options);
    if (!outcome.applied) return outcome;
    await tick();
    // Hardly any row has it: a test that says nothing.
    const path = write.key.table === 'items' ? 'horizon' : 'closedAt';
    const when = [{ test: 'missing', path }] as const;
    return store.write({ ...write, when, changes: rest }, options);
  });
}

/** All of them. */
export const RACES: readonly Mutant[] = [
  brokenCode(
    {
      id: 'tested before',
      what: 'the condition is evaluated first, then the change is made without one',
      source: 'usual sin: condition evaluated before the write; items D4, D7',
      laws: ['store/one-winner', 'store/create-once'],
    },
    writing(testedBefore),
  ),
  brokenCode(
    {
      id: 'lost update',
      what: 'the row is read, changed and put back whole, without a condition',
      source: 'study 2.6: a blind write used for an update; items D4',
      laws: ['store/one-winner', 'store/create-once'],
    },
    writing(lostUpdate),
  ),
  brokenCode(
    {
      id: 'retry with old content',
      what: 'a write that found another version is repeated with the content made of the old one',
      source: 'usual sin: lost update in a retry loop',
      laws: ['store/every-addition', 'store/many-at-once'],
    },
    writing(retryWithOldContent),
  ),
  brokenCode(
    {
      id: 'two creators',
      what: 'a create looks whether the row is there, and then puts it',
      source: 'usual sin: 50 concurrent creates, two winners; study 2.7',
      laws: ['store/create-once', 'store/linearizable-reads'],
    },
    writing(lookThenPut),
  ),
  broken(
    {
      id: 'log, then value',
      what: 'the entries of a log and the fields beside it are written by two requests',
      source: 'usual sin: log and value not written together; items J1',
      laws: ['store/linearizable-reads', 'store/no-torn-row'],
    },
    inTwo(inMap),
  ),
  broken(
    {
      id: 'value, then log',
      what: 'the fields are written by one request and the entries of the log by the next',
      source: 'usual sin: log and value not written together; items J1',
      laws: ['store/linearizable-reads', 'store/no-torn-row'],
    },
    inTwo((change) => !inMap(change)),
  ),
  broken(
    {
      id: 'acknowledged early',
      what: 'a create is said to be applied before it is',
      source: 'usual sin: fire and forget',
      laws: ['store/create-once'],
    },
    writes(async (store, write, options) => {
      if (write.write !== 'create' || options?.returning) return store.write(write, options);
      const landing = tick().then(() => store.write(write, options));
      landing.catch(() => undefined);
      return { applied: true };
    }),
  ),
];
