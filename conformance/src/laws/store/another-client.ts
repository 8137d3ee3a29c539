import {
  effectOf,
  type Fields,
  type Row,
  type RowKey,
  type Store,
  type Write,
} from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { listedKeys, nameOf, pagedRows } from '../../bench/paging.js';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'What a client says it wrote is in the database, and what it reads, queries, lists and tests is the database, not a memory of its own. Otherwise two processes, each with a memory, both believe that they were first.',
  async check(bench) {
    await bench.case('is written', (on) => isWritten(bench, on));
    await bench.case('is read', (on) => isRead(bench, on));
    await bench.case('is listed', isListed);
  },
};

const TALLY = [{ test: 'below', path: 'n', value: 1_000_000 }] as const;

/** Something that can be done to the row as it is. */
function someWrite(on: Case, key: RowKey, current: Fields | undefined, n: number): Write {
  if (current === undefined) return { write: 'create', key, fields: { n, value: `created ${n}`, log: {} } };
  if (on.choices.pick(5) === 0) return { write: 'delete', key, when: TALLY };
  const entry = { change: 'set', path: ['log', `e${n}`], value: `entry ${n}` } as const;
  return { write: 'update', key, when: TALLY, changes: [{ change: 'add', path: 'n', value: 1 }, entry] };
}

/** @throws Wrong unless the database itself holds this */
async function inDatabase(on: Case, key: RowKey, should: Fields | undefined, after: string): Promise<void> {
  const rows = await on.rows(key);
  const found = rows.find(({ key: { sort } }) => sort === key.sort)?.fields;
  if (!same(found, should))
    throw new Wrong(
      `after ${after} the database holds ${shown(found ?? null)} in ${nameOf(key)}; it should be ${shown(should ?? null)}`,
    );
}

async function isWritten(bench: Bench, on: Case): Promise<void> {
  const store = await on.open();
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  let current: Fields | undefined;
  for (let n = 1; n <= (bench.depth === 'full' ? 100 : 25); n++) {
    const write = someWrite(on, key, current, n);
    const { row } = await applied(store, write, { returning: true });
    const effect = effectOf(current, write);
    if (effect === 'refused') throw new Error('a write that is refused');
    current = effect ?? undefined;
    await inDatabase(on, key, current, `an acknowledged ${write.write}`);
    if (write.write !== 'delete' && !same(row?.fields, current))
      throw new Wrong(
        `an acknowledged ${write.write} left ${shown(current)} and gave ${shown(row ?? null)} as the row it left`,
      );
  }
}

/** What one client sees of a row, in every way there is. */
async function everyView(
  store: Store,
  { table, partition, sort }: RowKey,
): Promise<[string, Row | undefined][]> {
  const query = { table, partition, order: 'ascending', limit: 10 } as const;
  const [row, ...pages] = await Promise.all([
    store.read({ table, partition, sort }),
    pagedRows(store, query),
    pagedRows(store, { ...query, paths: ['n', 'value', 'log'] }),
  ]);
  const [whole, part] = pages.map((rows) => rows.find(({ key }) => key.sort === sort));
  return [
    ['read', row],
    ['query', whole],
    ['query with paths', part],
  ];
}

async function isRead(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const [one, another] = [await on.open({ as: 'one' }), await on.open({ as: 'another' })];
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  // Where reads are bounded, time must pass before each look.
  const rounds = bench.traits.reads === 'bounded' ? 4 : bench.depth === 'full' ? 60 : 15;
  let current: Fields | undefined;
  for (let n = 1; n <= rounds; n++) {
    await everyView(one, key);
    const seen = await one.read(key);
    const write = someWrite(on, key, current, n);
    await applied(another, write);
    const effect = effectOf(current, write);
    current = effect === 'refused' ? current : (effect ?? undefined);
    await clock.settle(bench.traits);
    // Whoever has looked may know; whoever has not must not believe that it knows.
    if (n % 2 === 0) await looksAtWhatIs(one, key, current, write);
    current = await testsWhatIs(on, one, key, current, seen);
    await clock.settle(bench.traits);
    await looksAtWhatIs(one, key, current, write);
  }
}

async function looksAtWhatIs(store: Store, key: RowKey, current: Fields | undefined, { write }: Write) {
  for (const [what, row] of await everyView(store, key)) {
    if (!same(row?.fields, current))
      throw new Wrong(
        `after another client's ${write} a ${what} shows ${shown(row?.fields ?? null)}; the row is ${shown(current ?? null)}`,
      );
  }
}

/** The client that holds an older row writes under tests that only the row as it is passes, or only the older one. */
async function testsWhatIs(
  on: Case,
  one: Store,
  key: RowKey,
  current: Fields | undefined,
  seen: Row | undefined,
) {
  if (current === undefined) return undefined;
  const hint = seen === undefined ? {} : { seen };
  const when = (n: Fields[string] | undefined) =>
    [{ test: 'equals', path: 'n', value: typeof n === 'number' ? n : -1 }] as const;
  const changes = [{ change: 'set', path: 'value', value: 'of the first' }] as const;
  if (seen !== undefined && seen.fields.n !== current.n) {
    const late = await one.write({ write: 'update', key, when: when(seen.fields.n), changes }, hint);
    if (late.applied)
      throw new Wrong(
        `an update where n is ${shown(seen.fields.n)} was applied; n had become ${shown(current.n)}`,
      );
    await inDatabase(on, key, current, 'a refused update');
  }
  const { row } = await applied(
    one,
    { write: 'update', key, when: when(current.n), changes },
    { ...hint, returning: true },
  );
  const left = { ...current, value: 'of the first' };
  await inDatabase(on, key, left, 'an update of what another client wrote');
  if (!same(row?.fields, left))
    throw new Wrong(`an update left ${shown(left)} and gave ${shown(row ?? null)} as the row it left`);
  return left;
}

async function isListed(on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const [one, another] = [await on.open({ as: 'one' }), await on.open({ as: 'another' })];
  const key: RowKey = { table: 'runs', partition: on.fresh(), sort: 'intent' };
  const listing = { queue: on.word, until: 2_000_000_000_000, limit: 10 };
  const until = (there: boolean) =>
    clock.eventually(async () => {
      const keys = await listedKeys(one, listing);
      if (keys.length > 0 === there) return undefined;
      const what = there
        ? 'does not list the row that another put there'
        : 'lists the row that another took out';
      return `${what}: list ${shown(listing)} gave ${shown(keys)}`;
    });
  await until(false);
  const when = [{ test: 'equals', path: 'queue', value: on.word }] as const;
  for (let round = 0; round < 3; round++) {
    const fields = { queue: on.word, due: 1_700_000_000_000, log: {}, prepared: {} };
    await applied(another, { write: 'create', key, fields });
    await until(true);
    await applied(another, { write: 'delete', key, when });
    await until(false);
  }
}
