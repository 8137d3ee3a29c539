import { holdsAll, isFlowstateError, type RowKey, type Store, type Write } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { rivals } from '../../bench/rivals.js';
import { RowPast, RowWriter } from '../../bench/row-past.js';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { mustBeLinearizable } from '../../oracles/linearizability.js';
import { rowHistory, rowModel } from '../../oracles/models.js';

export const law: LawText = {
  says: 'Where reads are bounded, a read shows what the row really held, at most `staleMs` ago; what is applied was tested on the row as it is; a refusal that was asked for its row brings it, or null. Older reads let an execution suspend on an event that has long arrived; a write tested on an old row is a lost update.',
  skip: ({ traits }) =>
    traits.reads === 'linearizable'
      ? 'reads are linearizable by traits.reads: store/linearizable-reads holds instead'
      : undefined,
  async check(bench) {
    await bench.case('age', (on) => age(bench, on));
    await bench.case('refusals', (on) => refusals(bench, on));
    await bench.case('current row', (on) => currentRow(bench, on));
    for (let i = 1; i <= (bench.depth === 'full' ? 100 : 20); i++)
      await bench.case(`history ${i}`, (on) => history(bench, on));
  },
};

async function begun(bench: Bench, on: Case) {
  const clock = new CaseClock(on);
  const [writing, reading] = [await on.open({ as: 'writer' }), await on.open({ as: 'reader' })];
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  const past = new RowPast(clock, bench.traits.staleMs);
  const writer = new RowWriter(writing, key, past);
  await writer.goOn(false);
  return { clock, key, past, writer, reading };
}

async function age(bench: Bench, on: Case): Promise<void> {
  const { clock, key, past, writer, reading } = await begun(bench, on);
  const { table, partition } = key;
  const rounds = bench.depth === 'full' ? 24 : 12;
  for (let round = 1; round <= rounds; round++) {
    // At the end there is a row, of a content that never was before.
    await writer.goOn(round < rounds && on.choices.pick(4) === 0);
    // Long enough that what was there some rounds ago may no longer be shown.
    if (round % 2 === 0) await clock.pass(Math.ceil(bench.traits.staleMs / 4));
    for (let i = 0; i < 6; i++) {
      const sent = clock.time;
      past.check('a read', await reading.read(key), sent);
      const query = { table, partition, order: 'ascending', limit: 1 } as const;
      const asked = clock.time;
      past.check('a query', (await reading.query(query)).rows[0], asked);
    }
  }
  await clock.settle(bench.traits);
  for (let i = 0; i < 10; i++) {
    const row = await reading.read(key);
    if (!same(row?.fields, past.current))
      throw new Wrong(
        `more than staleMs after the last write a read shows ${shown(row?.fields ?? null)}, not ${shown(past.current ?? null)}`,
      );
  }
}

async function refusals(bench: Bench, on: Case): Promise<void> {
  const { clock, key, past, writer, reading } = await begun(bench, on);
  for (let round = 0; round < (bench.depth === 'full' ? 60 : 15); round++) {
    await writer.goOn(on.choices.pick(4) === 0);
    const when = [{ test: 'equals', path: 'n', value: -1 }] as const;
    const changes = [{ change: 'set', path: 'value', value: 'never' }] as const;
    const writes: Write[] = [
      { write: 'update', key, when, changes },
      { write: 'delete', key, when },
    ];
    if (past.current !== undefined)
      writes.push({ write: 'create', key, fields: { value: 'never', log: {} } });
    for (const write of writes) {
      const sent = clock.time;
      const { applied: done, row } = await reading.write(write, { returning: true });
      const what = `the refusal of ${write.write === 'create' ? 'a' : 'an'} ${write.write}`;
      if (done) throw new Wrong(`${shown(write)} was applied to ${shown(past.current ?? null)}`);
      if (row === undefined)
        throw new Wrong(`${what} with returning brings neither a row nor null, though reads are bounded`);
      if (write.write === 'create') {
        // It was refused by the row as it is: what it brings is at least as new.
        if (!same(row?.fields, past.current))
          throw new Wrong(
            `${what} brings ${shown(row?.fields ?? null)}, older than what refused it: ${shown(past.current)}`,
          );
        continue;
      }
      past.check(what, row, sent);
      if (row !== null && holdsAll(row.fields, write.when))
        throw new Wrong(`${what} brings a row that passes its tests: ${shown(row.fields)}`);
    }
  }
}

/** Every client counts on what it read, old or not: no number may be given twice. */
async function currentRow(bench: Bench, on: Case): Promise<void> {
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  const names = ['one', 'another', 'a third'];
  const clients: readonly Counting[] = await Promise.all(
    names.map(async (who) => ({ who, store: await on.open({ as: who }) })),
  );
  const given = new Map<number, string>();
  const times = bench.depth === 'full' ? 40 : 15;
  const count = async ({ who, store }: Counting): Promise<void> => {
    const n = await countedOn(store, key, on.choices.pick(2) === 0);
    if (n === undefined) return;
    const other = given.get(n);
    if (other !== undefined) throw new Wrong(`${other} and ${who} were both applied where n is ${n}`);
    given.set(n, who);
  };
  await applied(clients[0]!.store, { write: 'create', key, fields: { n: 0, log: {} } });
  // All at once, then one after the other.
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < times; i++) await count(client);
    }),
  );
  for (let i = 0; i < 6 * times; i++) await count(clients[on.choices.pick(3)]!);
  const [row] = await on.rows(key);
  if (row?.fields.n !== given.size)
    throw new Wrong(`${given.size} updates were applied, each adds 1, and n is ${shown(row?.fields.n)}`);
}

interface Counting {
  readonly who: string;
  readonly store: Store;
}

/** Adds one to what was read; the number that was there, where it was applied. */
async function countedOn(store: Store, key: RowKey, hinted: boolean): Promise<number | undefined> {
  const seen = await store.read(key);
  const n = typeof seen?.fields.n === 'number' ? seen.fields.n : 0;
  const when = [{ test: 'equals', path: 'n', value: n }] as const;
  const changes = [{ change: 'add', path: 'n', value: 1 }] as const;
  const hint = seen !== undefined && hinted ? { seen } : {};
  try {
    return (await store.write({ write: 'update', key, when, changes }, hint)).applied ? n : undefined;
  } catch (error) {
    if (isFlowstateError(error, 'STORE_UNAVAILABLE')) return undefined;
    throw error;
  }
}

async function history(bench: Bench, on: Case): Promise<void> {
  const clients = [await on.store({ as: 'client 1' }), await on.store({ as: 'client 2' })];
  clients.push(await on.open({ as: 'client 3' }));
  const key = { table: 'items', partition: on.fresh(), sort: '00000000' } as const;
  const exchanges = await rivals(on, key, { clients, requestsEach: 5 });
  mustBeLinearizable('one row, with old reads', rowModel('bounded'), rowHistory(exchanges));
  bench.tally.history();
}
