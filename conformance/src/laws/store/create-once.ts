import type { Fields, Outcome, Row, RowKey } from '@flowstate/core/adapter';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { type Company, company, numbers, pause, WRITERS } from '../../judge/company.js';
import { contentOf, difference } from '../../judge/contents.js';
import { judged } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'Of any number of creates of one row, exactly one is applied for each time that it was absent, and the row is what that one wrote. Otherwise two executions both believe that they made it, and what one wrote is lost.',
  async check(bench) {
    await bench.case('at once', async (on) => {
      const us = await company(on);
      for (let round = 0; round < (bench.depth === 'full' ? 10 : 3); round++) await oneOfMany(us);
    });
    await bench.case('created and deleted', async (on) => {
      await manyLives(await company(on), bench.depth === 'full' ? 25 : 6);
    });
  },
};

async function oneOfMany(us: Company): Promise<void> {
  const key = us.key();
  const contents = numbers(WRITERS).map((i) => ({ n: i, ...(i % 2 === 0 ? { rev: `r${i}` } : {}), log: {} }));
  const outcomes = await Promise.all(
    contents.map((fields, i) =>
      judged(us.client(i), { everAbsent: false }, { write: 'create', key, fields }, { returning: i % 5 < 4 }),
    ),
  );
  const winners = outcomes.flatMap(({ applied }, i) => (applied ? [i] : []));
  const found = await contentOf(us.on, key);
  if (winners.length !== 1)
    throw new Wrong(
      `${winners.length} of ${WRITERS} creates of one row were applied, those of n ${winners.join(', ')}; the row is ${shown(found)}`,
    );
  const left = contents[winners[0]!]!;
  const differs = difference(found, left);
  if (differs !== undefined)
    throw new Wrong(`the create of n ${winners[0]} was the only one applied. In the database: ${differs}`);
  for (const { row } of outcomes) {
    const other = row && difference(row.fields, left);
    if (other)
      throw new Wrong(
        `the only row there ever was is that of n ${winners[0]}; an outcome gave another: ${other}`,
      );
  }
}

/** Creates with contents of their own, deletes that name what they delete. What was applied must be one history. */
async function manyLives(us: Company, turns: number): Promise<void> {
  const key = us.key();
  const born = new Set<string>();
  const dead = new Set<string>();
  await Promise.all(
    numbers(12).map(async (i) => {
      for (let turn = 0; turn < turns; turn++) {
        const life = `${i}.${turn}`;
        const { applied, row } = await create(us, i, key, life);
        if (applied) born.add(life);
        // Whoever made it lets it live, or deletes it; whoever was refused deletes what is in its way.
        const alive = applied
          ? turn % 2 === 0
            ? life
            : undefined
          : (row?.fields.rev ?? (await current(us, key)));
        if (typeof alive !== 'string') continue;
        await pause(us.on);
        const when = [{ test: 'equals', path: 'rev', value: alive }] as const;
        const removal = { write: 'delete', key, when } as const;
        const removed = await judged(us.client(i + 1), { everAbsent: true }, removal, {
          returning: true,
        });
        if (!removed.applied) continue;
        if (dead.has(alive))
          throw new Wrong(`the row of rev ${alive} was deleted twice, each time by an applied delete`);
        dead.add(alive);
      }
    }),
  );
  const found = await contentOf(us.on, key);
  const alive = [...born].filter((life) => !dead.has(life));
  const should = found === undefined ? [] : [found.rev];
  const unborn = [...dead].filter((life) => !born.has(life));
  if (unborn.length > 0)
    throw new Wrong(`deleted, though no create of it was applied: rev ${unborn.join(', ')}`);
  if (shown(alive) !== shown(should))
    throw new Wrong(
      `creates of rev ${alive.join(', ') || 'nothing'} were applied and never deleted, so that should be the row; it is ${shown(found)}. A create over a row that is there loses it`,
    );
}

async function create(us: Company, i: number, key: RowKey, life: string): Promise<Outcome> {
  const fields = lifeOf(i, life);
  const outcome = await judged(
    us.client(i),
    { everAbsent: true },
    { write: 'create', key, fields },
    {
      returning: true,
    },
  );
  if (outcome.row) checkLife(outcome.row);
  return outcome;
}

/** A row holds what one create wrote, and nothing of the life before. */
function checkLife({ fields }: Row): void {
  const life = String(fields.rev);
  const differs = difference(fields, lifeOf(Number(life.split('.')[0]), life));
  if (differs !== undefined) throw new Wrong(`a row that no create wrote: ${differs}`);
}

function lifeOf(writer: number, life: string): Fields {
  return { rev: life, value: `life ${life}`, log: { [life]: writer } };
}

async function current(us: Company, key: RowKey): Promise<unknown> {
  return (await contentOf(us.on, key))?.rev;
}
