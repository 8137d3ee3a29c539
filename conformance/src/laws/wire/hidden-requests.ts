import type { Fields, Row, RowKey, Store, StoreTraits, Tests, Update } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { applied } from '../../bench/rows.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { onWire, readable, ready, wireless } from '../../wire/lay-wire.js';
import type { WireProxy } from '../../wire/proxy.js';
import { WiredStore } from '../../wire/wired-store.js';

/** A listing may ask both tables, and each of several shards of an index. */
const LIST_MAX = 32;
/** Rounds until one is within what is allowed: a driver may say something of its own now and then. */
const ROUNDS = 3;
/** Rows of the partition that is queried. */
const ROWS = 10;

/** One request of the port, on rows of its own. */
interface Asking {
  readonly name: string;
  /** The most requests of the driver that it may make. */
  readonly allowed: (traits: StoreTraits) => number;
  /** Whether the row it is about is there. */
  readonly row?: boolean;
  /** Asks it; `seen`: the row as it was last read. */
  ask(store: Store, key: RowKey, seen: Row | undefined): Promise<unknown>;
  /** Somebody else changes the row between the last read of it and the request. */
  readonly overtaken?: boolean;
}

const HOLDS: Tests = [{ test: 'below', path: 'n', value: 50 }];
const FAILS: Tests = [{ test: 'equals', path: 'n', value: 99 }];
const once = (): number => 1;
const perPage = ({ requestsPerPage = 1 }: StoreTraits): number => requestsPerPage;
const perWrite = ({ requestsPerWrite }: StoreTraits): number => requestsPerWrite;
/** The version seen is refused, the row is read, and written again. */
const afterStale = ({ requestsPerWrite }: StoreTraits): number => (requestsPerWrite === 1 ? 1 : 3);
const update = (key: RowKey, when: Tests): Update => ({
  write: 'update',
  key,
  when,
  changes: [
    { change: 'add', path: 'n', value: 1 },
    { change: 'set', path: 'value', value: 'another' },
    { change: 'set', path: ['log', 'b'], value: true },
    { change: 'set', path: 'due', value: 6 },
  ],
});

/** With an entry in the listing. */
function fieldsOf({ partition }: RowKey): Fields {
  return { n: 1, value: 'one', log: { a: 1 }, queue: partition, due: 5 };
}

const READS: readonly Asking[] = [
  { name: 'read', allowed: once, row: true, ask: (store, key) => store.read(key) },
  { name: 'read of no row', allowed: once, ask: (store, key) => store.read(key) },
  {
    name: 'query',
    allowed: perPage,
    row: true,
    ask: (store, { table, partition }) =>
      store.query({ table, partition, order: 'ascending', limit: ROWS + 1 }),
  },
  {
    name: 'query with paths',
    allowed: perPage,
    row: true,
    ask: (store, { table, partition }) =>
      store.query({ table, partition, order: 'descending', limit: 2, paths: ['n'] }),
  },
  {
    name: 'query of nothing',
    allowed: perPage,
    ask: (store, { table, partition }) => store.query({ table, partition, order: 'ascending', limit: 5 }),
  },
  {
    name: 'list',
    allowed: () => LIST_MAX,
    row: true,
    ask: (store, { partition }) => store.list({ queue: partition, until: 10, limit: 5 }),
  },
];

function writesOf(returning: boolean): readonly Asking[] {
  const and = returning ? ', returning' : '';
  const more = (traits: StoreTraits): number => perWrite(traits) + (returning ? 1 : 0);
  const create = (store: Store, key: RowKey) =>
    store.write({ write: 'create', key, fields: fieldsOf(key) }, { returning });
  const changes = (['update', 'delete'] as const).flatMap((write): Asking[] => {
    const ask = (when: Tests, hint: boolean): Asking['ask'] => {
      return (store, key, seen) =>
        store.write(write === 'update' ? update(key, when) : { write, key, when }, {
          returning,
          ...(hint && seen !== undefined ? { seen } : {}),
        });
    };
    return [
      { name: `${write}${and}`, allowed: perWrite, row: true, ask: ask(HOLDS, false) },
      { name: `${write} refused${and}`, allowed: more, row: true, ask: ask(FAILS, false) },
      { name: `${write} of no row${and}`, allowed: more, ask: ask(HOLDS, false) },
      { name: `${write}, row seen${and}`, allowed: once, row: true, ask: ask(HOLDS, true) },
      { name: `${write} refused, row seen${and}`, allowed: more, row: true, ask: ask(FAILS, true) },
      {
        name: `${write}, old row seen${and}`,
        allowed: afterStale,
        row: true,
        overtaken: true,
        ask: ask(HOLDS, true),
      },
    ];
  });
  return [
    { name: `create${and}`, allowed: perWrite, ask: create },
    { name: `create refused${and}`, allowed: more, row: true, ask: create },
    ...changes,
  ];
}

const ASKINGS: readonly Asking[] = [...READS, ...writesOf(false), ...writesOf(true)];

/** The rows of the asking, if it is to find any, and the one it is about as last read. */
async function prepared(store: Store, key: RowKey, { row, overtaken }: Asking): Promise<Row | undefined> {
  if (!row) return undefined;
  for (let i = 0; i < ROWS; i++) {
    const sort = i === 0 ? key.sort : `row-${i}`;
    await applied(store, { write: 'create', key: { ...key, sort }, fields: fieldsOf(key) });
  }
  const { reads, staleMs } = store.traits;
  // What is counted is a request, not how old its first look was.
  if (reads === 'bounded') await new Promise((resolve) => setTimeout(resolve, staleMs));
  const seen = await store.read(key);
  if (overtaken) await applied(store, update(key, HOLDS));
  return seen;
}

async function counted(bench: Bench, on: Case, asking: Asking, proxy: WireProxy): Promise<void> {
  const store = await on.store({ as: 'client', address: proxy.address });
  const allowed = asking.allowed(bench.traits);
  let least = Number.POSITIVE_INFINITY;
  let lines: string[] = [];
  for (let round = 0; round < ROUNDS && least > allowed; round++) {
    const key: RowKey = { table: 'items', partition: on.fresh(), sort: 'row-0' };
    const seen = await prepared(store, key, asking);
    await ready(on, proxy, store);
    const wired = new WiredStore(store, proxy);
    await wired.read({ ...key, sort: 'none' });
    const perRead = proxy.requests.length;
    await asking.ask(wired, key, seen);
    // What is sent behind the back of the port is on the wire before the reply to one more request.
    await wired.read({ ...key, sort: 'none' });
    const requests = proxy.requests.length - 2 * perRead;
    if (requests < least) {
      least = requests;
      lines = wired.lines();
    }
  }
  readable(proxy);
  bench.tally.requests[`driver: ${asking.name}`] = least;
  if (least > allowed)
    throw new Wrong(
      `${asking.name}: ${least} requests of the driver, at most ${allowed} where requestsPerWrite is ${bench.traits.requestsPerWrite}`,
      { schedule: lines },
    );
}

export const law: LawText = {
  says: 'A request of the port makes as many requests of the driver as the traits say: one for a read, requestsPerPage for a page of a query, requestsPerWrite for a write, one where the row was seen, one more where the row that refused is asked for. Each hidden request is time and money in every step of every run, and one more place where a process can die.',
  skip: wireless,
  check: (bench) =>
    onWire(bench, async (proxy) => {
      for (const asking of ASKINGS) await bench.case(asking.name, (on) => counted(bench, on, asking, proxy));
    }),
};
