import type { Delete, RowKey, Tests, Update } from '@flowstate/core/adapter';
import type { Case } from '../../bench/bench.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { type Company, company, numbers, WRITERS } from '../../judge/company.js';
import { contentOf } from '../../judge/contents.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import { judged } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

/** Each holds on a row that has nothing: a store that takes no row for an empty one lets them pass. */
const PASS_ON_NOTHING: readonly Tests[] = [
  [{ test: 'missing', path: 'lockOwner' }],
  [{ test: 'missing', path: ['log', 'token'] }],
  [
    { test: 'missing', path: ['log', 'token'] },
    { test: 'missing', path: 'life' },
  ],
];

export const law: LawText = {
  says: 'An update never creates a row, whatever its tests, also beside a delete at the same time; a delete tests what it deletes, and is refused where nothing is. Otherwise a late write brings back a row that was collected, and the item has two lives.',
  async check(bench) {
    await bench.case('one by one', oneByOne);
    await bench.case('beside a delete', async (on) => {
      const us = await company(on);
      const rows = await us.make(bench.depth === 'full' ? 12 : 3, { rev: 'r', n: 0, log: {} });
      for (const { key } of rows) await besideDelete(us, key);
    });
  },
};

async function oneByOne(on: Case): Promise<void> {
  const kept = keeper(on, await on.store());
  for (const when of PASS_ON_NOTHING) {
    const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
    const row = new KnownRow(kept, key);
    const both = async (): Promise<void> => {
      await row.write(update(key, when), { returning: true });
      await row.write(update(key, when));
      await row.write({ write: 'delete', key, when }, { returning: true });
      await row.write({ write: 'delete', key, when });
    };
    await both();
    await row.write({ write: 'create', key, fields: { life: 'first', n: 1, log: { token: 'ok' } } });
    await both();
    const mine: Delete = { write: 'delete', key, when: [{ test: 'equals', path: 'life', value: 'second' }] };
    await row.write(mine, { returning: true });
    await row.write({
      ...mine,
      when: [
        { test: 'equals', path: 'life', value: 'first' },
        { test: 'below', path: 'n', value: 1 },
      ],
    });
    await row.write({
      ...mine,
      when: [
        { test: 'equals', path: 'life', value: 'first' },
        { test: 'below', path: 'n', value: 2 },
      ],
    });
    // It is gone: as it was before it was made.
    await both();
    await row.write(mine, { returning: true });
  }
}

function update(key: RowKey, when: Tests): Update {
  return {
    write: 'update',
    key,
    when,
    changes: [
      { change: 'set', path: 'value', value: 'late' },
      { change: 'add', path: 'n', value: 1 },
    ],
  };
}

/** Updates whose tests would hold on nothing, and a few deletes of the one row that there is. */
async function besideDelete(us: Company, key: RowKey): Promise<void> {
  const removal: Delete = { write: 'delete', key, when: [{ test: 'equals', path: 'rev', value: 'r' }] };
  const outcomes = await Promise.all(
    numbers(WRITERS).map((i) =>
      judged(
        us.client(i),
        { everAbsent: true },
        i % 10 === 5 ? removal : update(key, PASS_ON_NOTHING[i % PASS_ON_NOTHING.length]!),
        { returning: i % 3 > 0 },
      ),
    ),
  );
  const deletes = outcomes.filter(({ applied }, i) => applied && i % 10 === 5).length;
  if (deletes !== 1)
    throw new Wrong(
      `${deletes} deletes of one row were applied; its rev never changed, so one should have been`,
    );
  const found = await contentOf(us.on, key);
  if (found !== undefined)
    throw new Wrong(
      `the row was deleted beside updates, and nobody creates it; there is a row now: ${shown(found)}`,
    );
}
