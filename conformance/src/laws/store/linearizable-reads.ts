import {
  type Fields,
  projected,
  type Row,
  type RowKey,
  type Store,
  type Write,
} from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { rivals } from '../../bench/rivals.js';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';
import { mustBeLinearizable } from '../../oracles/linearizability.js';
import { rowHistory, rowModel } from '../../oracles/models.js';

export const law: LawText = {
  says: 'What was acknowledged to one client is what every read and query of every other then shows, and requests of many clients for one row can be told as one after the other. With eventual reads, an execution that starts again misses its own log.',
  skip: ({ traits }) =>
    traits.reads === 'bounded'
      ? `reads may be ${traits.staleMs} ms old by traits.reads: store/bounded-reads holds instead`
      : undefined,
  async check(bench) {
    await bench.case('acknowledged', (on) => acknowledged(bench, on));
    for (let i = 1; i <= (bench.depth === 'full' ? 120 : 20); i++)
      await bench.case(`history ${i}`, (on) => history(bench, on));
  },
};

async function acknowledged(bench: Bench, on: Case): Promise<void> {
  const clients = [await on.open({ as: 'one' }), await on.open({ as: 'another' })] as const;
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  let current: Fields | undefined;
  for (let n = 1; n <= (bench.depth === 'full' ? 200 : 40); n++) {
    const [writer, reader] = on.choices.pick(2) === 0 ? clients : [clients[1], clients[0]];
    const write = nextOf(key, current, n, on.choices.pick(4) === 0);
    await applied(writer, write);
    current = write.write === 'delete' ? undefined : { n, log: { last: `write ${n}` } };
    for (const [who, store] of [
      ['the other client', reader],
      ['the client that wrote it', writer],
    ] as const)
      await everyWayOfReading(store, key, current, `after ${write.write} ${n}, ${who}`);
  }
}

function nextOf(key: RowKey, current: Fields | undefined, n: number, ends: boolean): Write {
  const fields = { n, log: { last: `write ${n}` } };
  if (current === undefined) return { write: 'create', key, fields };
  const when = [{ test: 'equals', path: 'n', value: n - 1 }] as const;
  if (ends) return { write: 'delete', key, when };
  const changes = [
    { change: 'set', path: 'n', value: n },
    { change: 'set', path: ['log', 'last'], value: `write ${n}` },
  ] as const;
  return { write: 'update', key, when, changes };
}

async function everyWayOfReading(store: Store, key: RowKey, current: Fields | undefined, who: string) {
  const { table, partition } = key;
  const query = { table, partition, order: 'descending', limit: 5 } as const;
  const [row, whole, part] = await Promise.all([
    store.read(key),
    store.query(query),
    store.query({ ...query, paths: ['n'] }),
  ]);
  const check = (what: string, found: Row | undefined, should: Fields | undefined): void => {
    if (!same(found?.fields, should))
      throw new Wrong(
        `${who} is shown ${shown(found?.fields ?? null)} by a ${what}; it should be ${shown(should ?? null)}`,
      );
  };
  check('read', row, current);
  check('query', whole.rows[0], current);
  check('query with paths', part.rows[0], current && projected(current, ['n']));
}

async function history(bench: Bench, on: Case): Promise<void> {
  const clients = [await on.store({ as: 'client 1' }), await on.store({ as: 'client 2' })];
  clients.push(await on.open({ as: 'client 3' }), await on.open({ as: 'client 4' }));
  const key = { table: 'items', partition: on.fresh(), sort: '00000000' } as const;
  const exchanges = await rivals(on, key, { clients, requestsEach: 5 });
  mustBeLinearizable('one row', rowModel('linearizable'), rowHistory(exchanges));
  bench.tally.history();
}
