import type { Row, RowKey, TableName } from '@flowstate/core/adapter';
import fc from 'fast-check';
import type { Case } from '../../bench/bench.js';
import { anyStep, type Step, writeOf } from '../../generate/writes.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import type { LawText } from '../../law.js';

/** One write of a history. */
interface Move {
  readonly step: Step;
  readonly returning: boolean;
  /** The row that it is told was seen: none, one read just now, or the last that anybody was given. */
  readonly seen: 'none' | 'read' | 'given';
}

export const law: LawText = {
  says: 'Whatever is written, its outcome, the row it gives and the row it leaves are those of `semantics.ts` in @flowstate/core/adapter. Otherwise the protocols stand on something else than what they were proved on.',
  weight: 3,
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      const moves = fc.array(
        fc.record({
          step: anyStep(table),
          returning: fc.boolean(),
          seen: fc.constantFrom('none' as const, 'read' as const, 'given' as const),
        }),
        { minLength: 1, maxLength: 10 },
      );
      await bench.property(`rows of ${table}`, moves, { full: 150, slice: 30 }, (on, value) =>
        history(on, table, value),
      );
    }
  },
};

async function history(on: Case, table: TableName, moves: readonly Move[]): Promise<void> {
  const kept = keeper(on, await on.store());
  const key: RowKey = { table, partition: on.fresh(), sort: 'A' };
  const row = new KnownRow(kept, key);
  let given: Row | undefined;
  for (const { step, returning, seen } of moves) {
    const hint = seen === 'read' ? await kept.store.read(key) : seen === 'given' ? given : undefined;
    const write = writeOf(key, step, row.fields);
    const outcome = await row.write(write, { returning, ...(hint === undefined ? {} : { seen: hint }) });
    given = hint ?? given;
    if (outcome.row !== undefined && outcome.row !== null) given = outcome.row;
  }
}
