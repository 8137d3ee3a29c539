/**
 * Adapters of the real PostgreSQL, over its real driver, that break one promise each: what the laws of the wire must notice.
 * Each request of the port to the store below is one request of the driver.
 */
import {
  holdsAll,
  isFlowstateError,
  type Outcome,
  type Path,
  type Store,
  StoreError,
  type Tests,
  type Update,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';
import postgres from '../../../packages/adapter-postgres/test/conformance/harness.js';
import type { Harness } from '../../src/harness.js';

type Writing = (write: Write, options?: WriteOptions) => Promise<Outcome>;

/** The store, its writes done otherwise. */
function writing(store: Store, write: (below: Writing) => Writing): Store {
  return {
    traits: store.traits,
    read: (key) => store.read(key),
    write: write((one, options) => store.write(one, options)),
    query: (query) => store.query(query),
    list: (listing) => store.list(listing),
  };
}

const ALWAYS: Tests = [{ test: 'missing', path: ['log', 'nobody.writes.this'] }];

/** The same without its condition; a create becomes a change of whatever is there. */
function unconditional(write: Write): Write {
  return write.write === 'create' ? write : { ...write, when: ALWAYS };
}

/** Reads the row, evaluates the tests, then writes whatever the row holds by then. */
function readThenWrite(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    if (write.write === 'create') return below(write, options);
    const row = await store.read(write.key);
    if (row === undefined || !holdsAll(row.fields, write.when))
      return { applied: false, ...(options?.returning ? { row: row ?? null } : {}) };
    return below(unconditional(write), options);
  });
}

/** Where the connection breaks, the write is sent again, under another token: the first may have been applied. */
function retriesBlindly(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    try {
      return await below(write, options);
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
      return below(unconditional(write), options);
    }
  });
}

/** The same, where "another token" is meant word for word. */
function retriesUnderAnotherToken(store: Store): Store {
  const again = <T extends { readonly path: Path }>(part: T): T =>
    typeof part.path === 'string' ? part : { ...part, path: [part.path[0], `${part.path[1]}.again`] };
  return writing(store, (below) => async (write, options) => {
    try {
      return await below(write, options);
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN') || write.write !== 'update') throw error;
      const [first, ...rest] = write.when;
      const when: Tests = [again(first), ...rest.map(again)];
      return below({ ...write, when, changes: write.changes.map(again) }, options);
    }
  });
}

/** No reply is taken for "not applied". */
function unavailableForLost(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    try {
      return await below(write, options);
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
      throw new StoreError('STORE_UNAVAILABLE', error.message, { cause: error });
    }
  });
}

/** No reply is taken for a refusal. */
function refusedForLost(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    try {
      return await below(write, options);
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
      return { applied: false };
    }
  });
}

/** Asks twice, to be sure. */
function readsTwice(store: Store): Store {
  return {
    ...store,
    async read(key) {
      await store.read(key);
      return store.read(key);
    },
  };
}

/** What the row holds afterwards is read afterwards. */
function readsBack(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const outcome = await below(write);
    if (!options?.returning) return outcome;
    return { ...outcome, row: (await store.read(write.key)) ?? null };
  });
}

/** Looks at the server's health now and then, behind the back of who asked. */
function looksAround(store: Store): Store {
  return writing(store, (below) => (write, options) => {
    const outcome = below(write, options);
    store.read({ table: 'items', partition: 'health', sort: '-' }).catch(() => undefined);
    return outcome;
  });
}

/** The changes of an update in two halves, the second under no condition. */
function inHalves(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    if (write.write !== 'update' || write.changes.length < 2) return below(write, options);
    const middle = write.changes.length >> 1;
    const half = (changes: Update['changes']): Update => ({ ...write, changes });
    const first = await below(half(write.changes.slice(0, middle)), options);
    return first.applied ? below(unconditional(half(write.changes.slice(middle))), options) : first;
  });
}

/** The row is made first, and entered in the listing afterwards. */
function listedAfterwards(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    if (write.write !== 'create' || write.fields.queue === undefined) return below(write, options);
    const { queue, due, ...rest } = write.fields;
    const made = await below({ ...write, fields: rest }, options);
    if (!made.applied || typeof queue !== 'string' || typeof due !== 'number') return made;
    const changes = [
      { change: 'set', path: 'queue', value: queue },
      { change: 'set', path: 'due', value: due },
    ] as const;
    const listed: Write = { write: 'update', key: write.key, when: ALWAYS, changes };
    return below(listed, options);
  });
}

/** Reads the whole row, and writes all of it where the condition still holds: what others changed beside it is lost. */
function wholeRow(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const row = write.write === 'update' ? await store.read(write.key) : undefined;
    if (write.write !== 'update' || row === undefined) return below(write, options);
    const changed = new Set(write.changes.map(({ path }) => (typeof path === 'string' ? path : path[0])));
    const kept = Object.entries(row.fields).flatMap(([path, value]) =>
      changed.has(path) || typeof value === 'object' ? [] : [{ change: 'set', path, value } as const],
    );
    return below({ ...write, changes: [...kept, ...write.changes] }, options);
  });
}

/** Broken adapters by what they do. */
export const BROKEN = {
  readThenWrite,
  retriesBlindly,
  retriesUnderAnotherToken,
  unavailableForLost,
  refusedForLost,
  readsTwice,
  readsBack,
  looksAround,
  inHalves,
  listedAfterwards,
  wholeRow,
} as const satisfies Record<string, (store: Store) => Store>;

/** The harness of PostgreSQL, whose every store was broken. The engine goes on until the harness itself is closed. */
export function postgresWith(change: (store: Store) => Store = (store) => store): Harness {
  return {
    ...postgres,
    async open(options) {
      const opened = await postgres.open(options);
      return { ...opened, store: change(opened.store) };
    },
    close: async () => undefined,
  };
}

/** Ends the engine. */
export function closePostgres(): Promise<void> {
  return postgres.close();
}
