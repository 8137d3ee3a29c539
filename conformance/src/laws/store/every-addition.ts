import type { Fields, Row } from '@flowstate/core/adapter';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { type Company, company, numbers, WRITERS } from '../../judge/company.js';
import { contentOf, difference } from '../../judge/contents.js';
import { judged } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'Of additions made at once, by whatever clients, every one counts, each once, and each gives the very row that it left. Otherwise the count of a log is below its entries, a full row takes more, and updates are lost.',
  async check(bench) {
    await bench.case('at once', async (on) => {
      const us = await company(on);
      const rounds = bench.depth === 'full' ? 6 : 2;
      for (const start of await us.make(rounds, START)) await together(us, start);
    });
    await bench.case('one after the other from each', (on) => inTurns(on, bench.depth === 'full' ? 10 : 3));
  },
};

/** Nothing is there yet of what is counted: additions count from 0. */
const START: Fields = { value: 'v', log: { old: true } };

async function together(us: Company, start: Row): Promise<void> {
  const rows = await Promise.all(numbers(WRITERS).map((i) => addition(us, start, i)));
  // Sorted by the count they show, the rows must be the one history that leads from the first to the last.
  const order = [...rows].sort((a, b) => Number(a.row.fields.n) - Number(b.row.fields.n));
  let expected = START;
  order.forEach(({ i, row }, place) => {
    expected = {
      value: 'v',
      n: place + 1,
      log: { ...(typeof expected.log === 'object' ? expected.log : {}), [`t${i}`]: i, sum: -2 * (place + 1) },
    };
    const differs = difference(row.fields, expected);
    if (differs !== undefined)
      throw new Wrong(
        `${WRITERS} writers added 1 at once. Addition ${place + 1} of the order that their rows show, by writer ${i}, gave a row that does not follow on the one before: ${differs}`,
      );
  });
  const differs = difference(await contentOf(us.on, start.key), expected);
  if (differs !== undefined)
    throw new Wrong(`${WRITERS} writers added 1 at once. Of the row after all: ${differs}`);
}

async function addition(us: Company, { key }: Row, i: number): Promise<{ i: number; row: Row }> {
  const { applied, row } = await judged(
    us.client(i),
    { everAbsent: false },
    {
      write: 'update',
      key,
      when: [{ test: 'missing', path: ['log', `t${i}`] }],
      changes: [
        { change: 'add', path: 'n', value: 1 },
        { change: 'add', path: ['log', 'sum'], value: -2 },
        { change: 'set', path: ['log', `t${i}`], value: i },
      ],
    },
    { returning: true },
  );
  if (!applied || row === undefined || row === null)
    throw new Wrong(`writer ${i} was refused by an entry t${i} that nobody else writes: ${shown(row)}`);
  return { i, row };
}

/** Writers who add again and again, by different amounts: nothing is told but whether it was applied. */
async function inTurns(on: Company['on'], turns: number): Promise<void> {
  const us = await company(on);
  const [row] = await us.make(1, { n: 7, log: {} });
  const { key } = row!;
  const writers = numbers(10);
  await Promise.all(
    writers.map(async (i) => {
      for (let turn = 0; turn < turns; turn++) {
        const { applied } = await judged(
          us.client(i),
          { everAbsent: false },
          {
            write: 'update',
            key,
            when: [{ test: 'missing', path: 'lockOwner' }],
            changes: [
              { change: 'add', path: 'n', value: i - 3 },
              { change: 'add', path: 'lockAge', value: 1 },
              { change: 'add', path: ['log', `t${i}`], value: 1 },
            ],
          },
        );
        if (!applied) throw new Wrong(`writer ${i} was refused in turn ${turn}, by a lock that nobody takes`);
      }
    }),
  );
  const sum = writers.reduce((total, i) => total + turns * (i - 3), 7);
  const log = Object.fromEntries(writers.map((i) => [`t${i}`, turns]));
  const differs = difference(await contentOf(on, key), { n: sum, lockAge: turns * writers.length, log });
  if (differs !== undefined)
    throw new Wrong(
      `${writers.length} writers made ${turns} additions each, all applied. The row now: ${differs}`,
    );
}
