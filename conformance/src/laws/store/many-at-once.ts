import { isFlowstateError, type Outcome, type Row, type RowKey, type Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { nameOf } from '../../bench/paging.js';
import { applied, makeRows } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const MANY = 60;

export const law: LawText = {
  says: "One client takes any number of requests at once, gives each its own answer, and answers all of them; a client that is closed takes nothing away from others. Otherwise branches of a run get each other's values, or a process stands still.",
  async check(bench) {
    for (let round = 1; round <= (bench.depth === 'full' ? 5 : 1); round++) {
      await bench.case(`different rows ${round}`, (on) => differentRows(bench, on));
      await bench.case(`one row ${round}`, oneRow);
    }
    await bench.case('closed', (on) => closed(bench, on));
  },
};

interface Numbered {
  readonly key: RowKey;
  readonly fields: { readonly n: number; readonly value: string; readonly log: Record<string, never> };
}

function numbered(on: Case): Numbered[] {
  const own = { table: 'items', sort: '00000000' } as const;
  return Array.from({ length: MANY }, (_, n) => ({
    key: { ...own, partition: on.fresh() },
    // Of different lengths, so that answers come in another order.
    fields: { n, value: `row ${n} ${'.'.repeat((n * 7919) % 3000)}`, log: {} },
  }));
}

function mine(what: string, row: Row | null | undefined, { key, fields }: Numbered): void {
  if (row?.key !== undefined && nameOf(row.key) !== nameOf(key))
    throw new Wrong(`${what} of ${nameOf(key)} was answered with row ${nameOf(row.key)}`);
  if (!same(row?.fields, fields))
    throw new Wrong(
      `${what} of ${nameOf(key)} was answered with ${shown(row?.fields ?? null)}, not ${shown(fields)}`,
    );
}

async function differentRows(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const store = await on.store();
  const rows = numbered(on);
  await Promise.all(
    rows.map(async (own) => {
      const outcome = await store.write({ write: 'create', ...own }, { returning: true });
      if (!outcome.applied) throw new Wrong(`the create of ${nameOf(own.key)} was refused`);
      mine('the create', outcome.row, own);
    }),
  );
  await clock.settle(bench.traits);
  for (const some of inParts(rows)) await Promise.all(some.flatMap((own) => everyRequest(store, own)));
}

/** Four requests for each row of a part are about as many as one for each row. */
function inParts(rows: readonly Numbered[]): (readonly Numbered[])[] {
  const size = MANY / 4;
  return [0, 1, 2, 3].map((part) => rows.slice(part * size, (part + 1) * size));
}

/** One request of each kind about a row, all under way at once. */
function everyRequest(store: Store, own: Numbered): Promise<void>[] {
  const { key } = own;
  const query = { table: key.table, partition: key.partition, order: 'ascending', limit: 5 } as const;
  const when = [{ test: 'equals', path: 'n', value: -1 }] as const;
  const refused = async (): Promise<void> => {
    const outcome = await store.write({ write: 'delete', key, when }, { returning: true });
    if (outcome.applied)
      throw new Wrong(`the delete of ${nameOf(key)} where n is -1 was applied: n is ${own.fields.n}`);
    if (outcome.row !== undefined) mine('the refused delete', outcome.row, own);
  };
  return [
    store.read(key).then((row) => mine('the read', row, own)),
    store.query(query).then(({ rows }) => mine('the query', rows[0], own)),
    store.read({ ...key, sort: 'none' }).then((row) => {
      if (row !== undefined)
        throw new Wrong(`the read of ${nameOf(key)}'s neighbour gave ${shown(row)}; there is none`);
    }),
    refused(),
  ];
}

async function oneRow(on: Case): Promise<void> {
  const store = await on.store();
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  await applied(store, { write: 'create', key, fields: { n: 0, log: {} } });
  const outcomes = await Promise.all(Array.from({ length: MANY }, (_, i) => counted(store, key, i)));
  const done = outcomes.flatMap((outcome, i) => (outcome?.applied === true ? [i] : []));
  const lied = outcomes.findIndex((outcome) => outcome?.applied === false);
  if (lied >= 0 && store.traits.reads === 'linearizable')
    throw new Wrong(`update ${lied} was refused, though the row was there and had no entry e${lied}`);
  const [row] = await on.rows(key);
  const should = { n: done.length, log: Object.fromEntries(done.map((i) => [`e${i}`, i])) };
  if (!same(row?.fields, should))
    throw new Wrong(
      `of ${MANY} updates at once, each of which adds 1 and an entry of its own, ${done.length} were applied; the row is ${shown(row?.fields ?? null)}, not ${shown(should)}`,
    );
  const places = new Set<unknown>();
  for (const i of done) {
    const left = outcomes[i]?.row;
    const log = left?.fields.log;
    if (typeof log !== 'object' || log[`e${i}`] !== i)
      throw new Wrong(
        `update ${i} was applied and is answered with a row without its entry: ${shown(left ?? null)}`,
      );
    if (places.has(left?.fields.n))
      throw new Wrong(`two updates were both answered with n ${shown(left?.fields.n)}`);
    places.add(left?.fields.n);
  }
}

/** Adds one and an entry; undefined: the store had no time for it. */
async function counted(store: Store, key: RowKey, i: number): Promise<Outcome | undefined> {
  const when = [{ test: 'missing', path: ['log', `e${i}`] }] as const;
  const changes = [
    { change: 'add', path: 'n', value: 1 },
    { change: 'set', path: ['log', `e${i}`], value: i },
  ] as const;
  try {
    return await store.write({ write: 'update', key, when, changes }, { returning: true });
  } catch (error) {
    if (isFlowstateError(error, 'STORE_UNAVAILABLE')) return undefined;
    throw error;
  }
}

/** Clients come, do something and go, while another works. */
async function closed(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const worker = await on.open({ as: 'worker' });
  const rows = numbered(on);
  await makeRows(worker, rows);
  await clock.settle(bench.traits);
  for (let round = 0; round < 3; round++) {
    const guest = await bench.harness.open({ now: () => on.now(), choices: on.decisions });
    const own = rows[round]!;
    mine('the read', await guest.store.read(own.key), own);
    const [some = [], others = []] = inParts(rows);
    const work = some.flatMap((each) => everyRequest(worker, each));
    await guest.close();
    await Promise.all(work);
    await Promise.all(others.flatMap((each) => everyRequest(worker, each)));
  }
}
