import type { Entries, RowKey, Scalar, TableName, Tests } from '@flowstate/core/adapter';
import type { Case } from '../../bench/bench.js';
import { Wrong } from '../../bench/wrong.js';
import { fullRow } from '../../generate/rows.js';
import { NAMES } from '../../generate/texts.js';
import { difference } from '../../judge/contents.js';
import { type Keeper, KnownRow, keeper } from '../../judge/known-row.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'A map is there when it is created empty and stays when its last entry goes; an entry of an absent map is missing; removing what is missing is no error; a row created again holds nothing of its earlier life. Otherwise the log of an emptied row takes no entry, or an old token is found in a new row.',
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(`emptied, ${table}`, (on) => emptied(on, table));
      await bench.case(`replaced, ${table}`, (on) => replaced(on, table));
    }
    await bench.case('absent', absent);
    await bench.case('several at once', several);
  },
};

async function newRow(on: Case, table: TableName): Promise<{ kept: Keeper; key: RowKey; row: KnownRow }> {
  const kept = keeper(on, await on.store());
  const key: RowKey = { table, partition: on.fresh(), sort: '00000000' };
  return { kept, key, row: new KnownRow(kept, key) };
}

/** What reads and queries show, once they show what is there now. @throws Wrong where it is something else */
async function mustBeRead({ store, clock }: Keeper, { key, fields }: KnownRow): Promise<void> {
  await clock.settle(store.traits);
  const page = await store.query({
    table: key.table,
    partition: key.partition,
    order: 'ascending',
    limit: 5,
  });
  for (const [how, found] of [
    ['a read', await store.read(key)],
    ['a query', page.rows[0]],
  ] as const) {
    const differs = difference(found?.fields, fields);
    if (differs !== undefined) throw new Wrong(`${how} of the row: ${differs}`);
  }
}

async function emptied(on: Case, table: TableName): Promise<void> {
  const { kept, key, row } = await newRow(on, table);
  const maps = table === 'runs' ? ['log', 'prepared'] : ['log'];
  const none: Tests = [{ test: 'missing', path: 'queue' }];
  const fields = Object.fromEntries(maps.map((map): [string, Entries] => [map, {}]));
  await row.write({ write: 'create', key, fields }, { returning: true });
  await mustBeRead(kept, row);
  for (const map of maps) {
    const change = async (
      change: 'set' | 'remove' | 'add',
      entry: string,
      value: Scalar = 1,
    ): Promise<void> => {
      const path = [map, entry] as const;
      const one =
        change === 'remove'
          ? { change, path }
          : change === 'set'
            ? { change, path, value }
            : { change, path, value: Number(value) };
      await row.write({ write: 'update', key, when: none, changes: [one] }, { returning: true });
    };
    await change('remove', 'never.there');
    for (const entry of NAMES.slice(0, 12)) {
      await change('set', entry, entry);
      await change('remove', entry);
    }
    await mustBeRead(kept, row);
    await change('add', 'counted', -1);
    await change('add', 'counted', 1);
    await change('remove', 'counted');
    await change('remove', 'counted');
    await mustBeRead(kept, row);
  }
  // A field that is not there, removed; all that there is, removed.
  const changes = [
    { change: 'remove', path: 'value' },
    { change: 'remove', path: 'due' },
  ] as const;
  await row.write({ write: 'update', key, when: none, changes }, { returning: true });
}

/** Nothing of an earlier life comes back, neither from below an update that sets little nor from below a create. */
async function replaced(on: Case, table: TableName): Promise<void> {
  const { kept, key, row } = await newRow(on, table);
  const { log, ...rest } = fullRow(table);
  const text = table === 'items' ? 'rev' : 'state';
  const all: Tests = [{ test: 'equals', path: text, value: rest[text] as string }];
  for (const fields of [{ log: {} }, { log: { second: 1 }, [text]: 'second' }]) {
    await row.write({ write: 'create', key, fields: { ...rest, log: log! } });
    await row.write({ write: 'delete', key, when: all });
    await row.write({ write: 'create', key, fields }, { returning: true });
    await mustBeRead(kept, row);
    await row.write({ write: 'delete', key, when: [{ test: 'missing', path: 'queue' }] });
  }
  await row.write({ write: 'create', key, fields: { ...rest, log: log! } });
  const flat = Object.entries(rest).filter(([, value]) => typeof value !== 'object');
  const changes = flat.map(([path]) => ({ change: 'remove', path }) as const);
  await row.write({ write: 'update', key, when: all, changes }, { returning: true });
  await mustBeRead(kept, row);
}

/** The map `prepared` of runs is created with few rows: with all others it is absent. */
async function absent(on: Case): Promise<void> {
  const { key, row } = await newRow(on, 'runs');
  await row.write({ write: 'create', key, fields: { log: { a: 1 } } });
  const path = ['prepared', 'a'] as const;
  const tests: readonly Tests[] = [
    [{ test: 'missing', path }],
    [{ test: 'equals', path, value: 1 }],
    [{ test: 'equals', path, value: '' }],
    [{ test: 'below', path, value: 5 }],
    [
      { test: 'missing', path },
      { test: 'equals', path: ['log', 'a'], value: 1 },
    ],
  ];
  for (const when of tests) {
    await row.write(
      { write: 'update', key, when, changes: [{ change: 'add', path: 'attempts', value: 1 }] },
      { returning: true },
    );
    await row.write({ write: 'delete', key, when: [...when, { test: 'missing', path: 'attempts' }] });
  }
}

/** Every kind of change on entries of one map and on fields, in one write; also where the write has no change at all. */
async function several(on: Case): Promise<void> {
  const { kept, key, row } = await newRow(on, 'runs');
  await row.write({
    write: 'create',
    key,
    fields: {
      log: { a: 1, b: 'b', c: true, d: 4 },
      prepared: { a: 'mine' },
      attempts: 2,
      state: 's',
      cancel: true,
    },
  });
  await row.write(
    {
      write: 'update',
      key,
      when: [
        { test: 'equals', path: ['log', 'a'], value: 1 },
        { test: 'equals', path: ['prepared', 'a'], value: 'mine' },
      ],
      changes: [
        { change: 'remove', path: ['log', 'a'] },
        { change: 'set', path: ['log', 'b'], value: 2 },
        { change: 'set', path: ['log', 'c'], value: 'true' },
        { change: 'add', path: ['log', 'd'], value: -4 },
        { change: 'add', path: ['log', 'e'], value: 5 },
        { change: 'remove', path: ['log', 'f'] },
        { change: 'set', path: ['prepared', 'b'], value: false },
        { change: 'remove', path: ['prepared', 'a'] },
        { change: 'add', path: 'attempts', value: -2 },
        { change: 'add', path: 'events', value: 3 },
        { change: 'set', path: 'cancel', value: false },
        { change: 'remove', path: 'state' },
        { change: 'remove', path: 'reason' },
      ],
    },
    { returning: true },
  );
  const when = [{ test: 'equals', path: 'attempts', value: 0 }] as const;
  await row.write({ write: 'update', key, when, changes: [] }, { returning: true });
  await row.write({ write: 'update', key, when, changes: [] });
  await mustBeRead(kept, row);
}
