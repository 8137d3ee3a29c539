/** Stores that are broken in ways which a run without faults hardly shows. */
import type { Fields, Outcome, Row, Store, Test, Write, WriteOptions } from '@flowstate/core/adapter';

/** Breaks a store. */
export type Break = (store: Store) => Store;

type OtherWrite = (store: Store, write: Write, options: WriteOptions | undefined) => Promise<Outcome>;

function writing(other: OtherWrite): Break {
  return (store) => ({
    traits: store.traits,
    read: (key) => store.read(key),
    write: (write, options) => other(store, write, options),
    query: (query) => store.query(query),
    list: (listing) => store.list(listing),
  });
}

/** An update that leaves out the tests chosen, where others remain. */
function forgetting(chosen: (test: Test) => boolean): Break {
  return writing((store, write, options) => {
    if (write.write !== 'update') return store.write(write, options);
    const [first, ...rest] = write.when.filter((test) => !chosen(test));
    if (first === undefined) return store.write(write, options);
    return store.write({ ...write, when: [first, ...rest] }, options);
  });
}

/** Of the updates of items, every seventh is another one. */
function everySeventh(other: OtherWrite): Break {
  return (store) => {
    let count = 0;
    return writing((below, write, options) => {
      if (write.write !== 'update' || write.key.table !== 'items') return below.write(write, options);
      count += 1;
      return count % 7 === 0 ? other(below, write, options) : below.write(write, options);
    })(store);
  };
}

/** A create of a row that is there is told as applied. */
export const createToldAsApplied = writing(async (store, write, options) => {
  const outcome = await store.write(write, options);
  if (write.write !== 'create' || outcome.applied) return outcome;
  return { applied: true, row: { key: write.key, fields: write.fields } };
});

/** A create of a row that is there replaces what is in it. */
export const createOverwrites: Break = (store) => {
  const known = new Map<string, Fields>();
  return writing(async (below, write, options) => {
    if (write.write !== 'create') return below.write(write, options);
    const place = JSON.stringify(write.key);
    const here = await below.read(write.key);
    const before = known.get(place);
    known.set(place, write.fields);
    if (here === undefined || before === undefined) return below.write(write, options);
    const changes = Object.entries(write.fields).flatMap(([path, value]) =>
      typeof value === 'object' ? [] : [{ change: 'set' as const, path, value }],
    );
    const [first, ...rest] = changes;
    if (first === undefined) return below.write(write, options);
    const test: Test = { test: 'missing', path: 'none' };
    return below.write({ write: 'update', key: write.key, when: [test], changes: [first, ...rest] }, options);
  })(store);
};

/** An update does not look whether its own entry is there already. */
export const entriesNotTested = forgetting(
  ({ test, path }) => test === 'missing' && typeof path !== 'string',
);

/** An update does not look whether the run is done. */
export const doneNotTested = forgetting(({ path }) => path === 'done');

/** An update takes every number for equal to every other. */
export const numbersNotTested = forgetting(
  ({ test, path }) => test === 'equals' && (path === 'epoch' || path === 'due'),
);

/** An update does not look at the revision. */
export const revisionNotTested = forgetting(({ path }) => path === 'rev');

/** Now and then an update is told as applied and is not. */
export const updateSwallowed = everySeventh(async (store, write) => ({
  applied: true,
  row: (await store.read(write.key)) ?? null,
}));

/** Rows are read from what the client read first. */
export const readsFromMemory: Break = (store) => {
  const known = new Map<string, Row | undefined>();
  return {
    ...writing((below, write, options) => below.write(write, options))(store),
    async read(key) {
      const place = JSON.stringify(key);
      if (!known.has(place)) known.set(place, await store.read(key));
      return known.get(place);
    },
  };
};
