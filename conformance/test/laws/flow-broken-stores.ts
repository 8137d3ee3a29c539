/** Stores that break one promise each: what the laws of flows must notice. Decorators of the stores in memory. */
import {
  type Fields,
  holdsAll,
  isFlowstateError,
  type Outcome,
  type Row,
  type RowKey,
  type Store,
  type Test,
  type Update,
  type Write,
  type WriteOptions,
} from '@flowstate/core/adapter';

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

/** A test that every row of the suite's flows passes. */
function always(write: Write): [Test] {
  return [{ test: 'missing', path: write.key.table === 'items' ? 'lockOwner' : 'cancel' }];
}

/** Reads the row, evaluates the tests, then writes whatever the row holds by then. */
export function conditionBeforeTheWrite(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    if (write.write !== 'update') return below(write, options);
    const row = await store.read(write.key);
    if (row === undefined || !holdsAll(row.fields, write.when))
      return { applied: false, ...(options?.returning === true ? { row: row ?? null } : {}) };
    return below({ ...write, when: always(write) }, options);
  });
}

/** Where an update is refused because the revision has moved on, it is "repeated" without that test. */
export function lostUpdate(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const outcome = await below(write, options);
    if (outcome.applied || write.write !== 'update') return outcome;
    const when = write.when.filter((test) => !(test.test === 'equals' && test.path === 'rev'));
    const [first, ...rest] = when;
    if (first === undefined || when.length === write.when.length) return outcome;
    return below({ ...write, when: [first, ...rest] } satisfies Update, options);
  });
}

/** A row that its caller has seen is taken for what there is: where that passes the tests, the write is made. */
export function seenBelieved(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const seen = options?.seen;
    if (write.write !== 'update' || seen === undefined || !holdsAll(seen.fields, write.when))
      return below(write, options);
    return below({ ...write, when: always(write) }, options);
  });
}

/** Remembers every row that it read or wrote, and answers reads from there: right while nobody else writes. */
export function processCache(store: Store): Store {
  const known = new Map<string, Row>();
  const placeOf = ({ table, partition, sort }: RowKey): string => `${table}/${partition}/${sort}`;
  return {
    traits: store.traits,
    async read(key) {
      const row = known.get(placeOf(key)) ?? (await store.read(key));
      if (row !== undefined) known.set(placeOf(key), row);
      return row;
    },
    async write(write, options) {
      const outcome = await store.write(write, { ...options, returning: true });
      if (outcome.row) known.set(placeOf(write.key), outcome.row);
      return options?.returning === true ? outcome : { applied: outcome.applied };
    },
    query: (query) => store.query(query),
    list: (listing) => store.list(listing),
  };
}

/** Every third update of an item is answered as applied and is not. */
export function swallowedWrite(store: Store): Store {
  let updates = 0;
  return writing(store, (below) => async (write, options) => {
    if (write.write !== 'update' || write.key.table !== 'items' || ++updates % 3 > 0)
      return below(write, options);
    const row = await store.read(write.key);
    if (row === undefined || !holdsAll(row.fields, write.when)) return below(write, options);
    return { applied: true, ...(options?.returning === true ? { row } : {}) };
  });
}

/** Every third write that is applied is answered as refused, and no row is given: the protocols live with it. */
export function appliedButSaysRefused(store: Store): Store {
  let writes = 0;
  return writing(store, (below) => async (write, options) => {
    const outcome = await below(write, options);
    return outcome.applied && ++writes % 3 === 0 ? { applied: false } : outcome;
  });
}

/** Never tells which row a write left. */
export function noRowReturned(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const outcome = await below(write, options);
    return outcome.applied ? { applied: true } : outcome;
  });
}

/** The map of an update is written whole, as it was read: entries that came meanwhile are gone. */
export function wholeMapWritten(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    if (write.write !== 'update' || write.key.table !== 'items') return below(write, options);
    const before = await store.read(write.key);
    const outcome = await below(write, { ...options, returning: true });
    const log = mapOf(before?.fields);
    const lost = Object.keys(mapOf(outcome.row?.fields)).filter(
      (token) => !(token in log) && !write.changes.some(({ path }) => path[1] === token),
    );
    const [first, ...rest] = lost.map((token) => ({
      change: 'remove' as const,
      path: ['log', token] as const,
    }));
    if (outcome.applied && first !== undefined)
      await below({ ...write, when: always(write), changes: [first, ...rest] });
    return options?.returning === true ? outcome : { applied: outcome.applied };
  });
}

function mapOf(fields: Fields | undefined): Readonly<Record<string, unknown>> {
  return typeof fields?.log === 'object' ? fields.log : {};
}

/** A create replaces what is there. */
export function createReplaces(store: Store): Store {
  return writing(store, (below) => async (write, options) => {
    const outcome = await below(write, options);
    if (outcome.applied || write.write !== 'create' || write.key.table !== 'runs') return outcome;
    if (!write.key.sort.startsWith('log:')) return outcome;
    const changes = Object.entries(write.fields).flatMap(([path, value]) =>
      typeof value === 'object' ? [] : [{ change: 'set' as const, path, value }],
    );
    return below({ write: 'update', key: write.key, when: always(write), changes }, options);
  });
}

/** An error without an answer is taken for "not applied", and the write is sent again: additions count twice. */
export function unknownSentAgain(store: Store): Store {
  let writes = 0;
  return writing(store, (below) => async (write, options) => {
    try {
      const outcome = await below(write, options);
      if (write.key.table !== 'items' || ++writes % 4 > 0 || !outcome.applied) return outcome;
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
    }
    if (write.write !== 'update') return below(write, options);
    return below({ ...write, when: always(write) }, options);
  });
}
