import type { Change, RowKey, Store, Write } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { listedKeys, nameOf } from '../../bench/paging.js';
import { makeRows, patiently, together } from '../../bench/rows.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

const TABLES = ['items', 'runs'] as const;
const CLIENTS = 6;
/** Clients at one row at once: whoever comes second in the row must come second in the index. */
const AT_ONCE = 3;
/** Milliseconds, of which each is before or behind the moment that is listed. */
const DUES = [1000, 2000, 3000];
const UNTIL = 2000;

export const law: LawText = {
  says: 'Whatever clients do to a row at once, moving it into queues, out of them and between them, deleting it and making it anew: once all are answered and time has passed, every listing is what the rows themselves say. An index that is written beside the row, by another request, forgets or invents for ever where two clients overtake each other.',
  async check(bench) {
    for (const round of bench.depth === 'full' ? ['first', 'second', 'third'] : ['first'])
      await bench.case(round, (on) => oneRound(bench, on));
  },
};

async function oneRound(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const queues = [on.word, `${on.word}.b`];
  const partition = on.fresh();
  const count = bench.depth === 'full' ? 80 : 30;
  const keys = TABLES.flatMap((table) =>
    Array.from({ length: count }, (_, i): RowKey => ({ table, partition, sort: `r${i}` })),
  );
  const clients: Store[] = [];
  for (let i = 0; i < CLIENTS; i++) clients.push(await on.open({ as: `client ${i + 1}` }));
  await makeRows(
    clients[0]!,
    keys.map((key) => ({ key, fields: { queue: queues[0]!, due: DUES[0]! } })),
  );
  // Decided before they are sent: who comes first must not change what is sent.
  const races = keys.map((key, n) =>
    Array.from({ length: AT_ONCE }, (_, i) => ({
      client: clients[(n + i) % CLIENTS]!,
      write: writeOf(on, key, queues),
    })),
  );
  await together(races, (race) => Promise.all(race.map(({ client, write }) => patiently(client, write))));
  await clock.settle(bench.traits);
  const rows = [];
  for (const table of TABLES) rows.push(...(await on.rows({ table, partition })));
  for (const queue of queues) {
    const listing = { queue, until: UNTIL, limit: 7 };
    const queued = rows.filter(({ fields }) => fields.queue === queue && Number(fields.due) <= UNTIL);
    const should = new Set(queued.map(({ key }) => nameOf(key)));
    await clock.eventually(async () => {
      const names = (await listedKeys(clients[1]!, listing)).map(nameOf);
      const missing = [...should].filter((name) => !names.includes(name));
      if (missing.length > 0)
        return `list ${shown(listing)} lacks ${shown(missing)}, whose rows are in that queue`;
      const extra = names.filter((name) => !should.has(name));
      return extra.length > 0
        ? `list ${shown(listing)} has ${shown(extra)}, whose rows are not in it`
        : undefined;
    });
  }
  if (rows.length === 0) throw new Wrong('no row was left: the case shows nothing');
}

/** One of the things that become of a row in a queue; which of those at once is refused is nobody's business here. */
function writeOf(on: Case, key: RowKey, queues: readonly string[]): Write {
  const queue = queues[on.choices.pick(queues.length)] ?? '';
  const due = DUES[on.choices.pick(DUES.length)] ?? 0;
  const when = [{ test: 'missing', path: key.table === 'items' ? 'lockOwner' : 'outcome' }] as const;
  const into: readonly Change[] = [
    { change: 'set', path: 'queue', value: queue },
    { change: 'set', path: 'due', value: due },
  ];
  const out: readonly Change[] = [
    { change: 'remove', path: 'queue' },
    { change: 'remove', path: 'due' },
  ];
  switch (on.choices.pick(6)) {
    case 0:
      return { write: 'delete', key, when };
    case 1:
    case 2:
      return { write: 'create', key, fields: { queue, due } };
    case 3:
      return { write: 'update', key, when, changes: out };
    default:
      return { write: 'update', key, when, changes: into };
  }
}
