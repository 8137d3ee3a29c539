import assert from 'node:assert/strict';
import type { LawText } from '../../law.js';

const WRITERS = 50;

export const law: LawText = {
  says: 'Of any number of creates of one row, exactly one is applied, and the row is what that one wrote. Otherwise two executions both believe that they made it.',
  async check(bench) {
    for (const round of ['first', 'second', 'third']) {
      await bench.case(round, async (on) => {
        const store = await on.store();
        const key = { table: 'items', partition: on.fresh(), sort: '00000000' } as const;
        const outcomes = await Promise.all(
          Array.from({ length: WRITERS }, (_, i) =>
            store.write({ write: 'create', key, fields: { n: i, log: {} } }, { returning: true }),
          ),
        );
        const winners = outcomes.flatMap(({ applied }, i) => (applied ? [i] : []));
        assert.equal(winners.length, 1, `${winners.length} of ${WRITERS} creates of one row were applied`);
        const rows = await on.rows(key);
        assert.deepEqual(
          rows.map(({ fields }) => fields),
          [{ n: winners[0], log: {} }],
        );
        for (const { row } of outcomes)
          if (row !== undefined && row !== null) assert.deepEqual(row.fields, rows[0]?.fields);
      });
    }
  },
};
