import { effectOf, type Fields, type Outcome, type Row, type Write } from '@flowstate/core/adapter';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { type Company, company, numbers, WRITERS } from '../../judge/company.js';
import { contentOf, difference } from '../../judge/contents.js';
import { judged, writeText } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

const RACES = ['updates', 'deletes', 'updates and deletes'] as const;

/** What every race begins with. */
const START: Fields = { rev: 'first', value: 'v', n: 0, lockOwner: 'nobody', log: { old: true } };

export const law: LawText = {
  says: 'Of any number of writes at once under one revision, by whatever clients, exactly one is applied, whole, and the others are refused by what it left. Otherwise two executions go on from one state and an effect is lost or happens twice.',
  async check(bench) {
    for (const race of RACES) {
      await bench.case(race, async (on) => {
        const us = await company(on);
        const rounds = bench.depth === 'full' ? 8 : 2;
        const starts = await us.make(rounds, START);
        for (const [round, start] of starts.entries()) await oneRace(us, race, start, round);
      });
    }
  },
};

async function oneRace(us: Company, race: (typeof RACES)[number], start: Row, round: number): Promise<void> {
  const writes = numbers(WRITERS).map((i) =>
    race === 'deletes' || (race !== 'updates' && (i + round) % 2 === 0) ? removal(start) : revision(start, i),
  );
  const outcomes = await Promise.all(
    writes.map((write, i) =>
      judged(us.client(i), { everAbsent: race !== 'updates' }, write, {
        returning: i % 4 < 2,
        ...(i % 3 === 0 ? { seen: start } : {}),
      }),
    ),
  );
  const winners = outcomes.flatMap(({ applied }, i) => (applied ? [i] : []));
  const found = await contentOf(us.on, start.key);
  if (winners.length !== 1) {
    const texts = winners.map((i) => writeText(writes[i]!));
    throw new Wrong(
      `${winners.length} of ${WRITERS} ${race} under one revision were applied, and one should have been: ${shown(texts)}. The row is now ${shown(found)}`,
    );
  }
  const winner = writes[winners[0]!]!;
  const left = effectOf(start.fields, winner);
  if (left === 'refused') throw new Error('no test of a revision refuses the row it was made for');
  const differs = difference(found, left ?? undefined);
  if (differs !== undefined)
    throw new Wrong(
      `${writeText(winner)} was the only write applied. What is in the database now: ${differs}`,
    );
  checkGiven(outcomes, writes, left ?? undefined);
}

/** Only the winner ever wrote: every row that anybody is given is what it left. */
function checkGiven(outcomes: readonly Outcome[], writes: readonly Write[], left: Fields | undefined): void {
  outcomes.forEach(({ applied, row }, i) => {
    if (row === undefined) return;
    const differs = difference(row?.fields, left);
    if (differs !== undefined)
      throw new Wrong(
        `${writeText(writes[i]!)}, ${applied ? 'applied' : 'refused'}, was given another row than the only one that was left: ${differs}`,
      );
  });
}

function revision({ key }: Row, i: number): Write {
  return {
    write: 'update',
    key,
    when: [{ test: 'equals', path: 'rev', value: 'first' }],
    changes: [
      { change: 'set', path: 'rev', value: `by ${i}` },
      { change: 'set', path: 'value', value: `value of ${i}` },
      { change: 'set', path: ['log', `t${i}`], value: i },
      { change: 'add', path: 'n', value: 1 },
      { change: 'remove', path: 'lockOwner' },
    ],
  };
}

function removal({ key }: Row): Write {
  return { write: 'delete', key, when: [{ test: 'equals', path: 'rev', value: 'first' }] };
}
