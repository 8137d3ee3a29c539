import type { Delete, Fields, RowKey, Store, Update } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { type Company, company, numbers, pause } from '../../judge/company.js';
import { difference } from '../../judge/contents.js';
import { judged, writeText } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'A row that comes with a refusal is the very content that refused, one on which a test fails; null comes only where there was no row; a row that comes with an applied write is the one that it left. Otherwise a protocol believes that it was refused by a row that does not refuse, and asks for ever, or takes what it did for undone.',
  weight: 2,
  async check(bench) {
    await bench.case('a row that flips', (on) => flipping(bench, on));
    await bench.case('a row that comes and goes', (on) => comingAndGoing(bench, on));
    await bench.case('creates of a row that comes and goes', (on) => creating(bench, on));
  },
};

/** Runs writers, and beside them for as long as they are at work those who change the row under them. */
async function beside(
  writers: readonly Promise<void>[],
  others: (working: () => boolean) => Promise<void>[],
) {
  let working = true;
  const all = Promise.all(writers).finally(() => {
    working = false;
  });
  const ended = await Promise.allSettled([all, ...others(() => working)]);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** What a flipping row holds after so many flips, the log aside. */
const flipped = (n: number): Fields => ({ n, rev: n % 2 === 0 ? 'a' : 'b', value: `flip ${n}` });

function checkFlipped(what: string, row: Fields): void {
  const { log: _, ...rest } = row;
  const n = typeof row.n === 'number' ? row.n : -1;
  const differs = difference(rest, flipped(n));
  if (differs !== undefined) throw new Wrong(`${what} gave a row that never was: ${differs}`);
}

/** There all the time, now with rev a, now with rev b; who wants a is refused by b, never by a, never by nothing. */
async function flipping(bench: Bench, on: Case): Promise<void> {
  const us = await company(on);
  const [row] = await us.make(1, { ...flipped(0), log: {} });
  const { key } = row!;
  let flips = 0;
  const flip = async (client: Store): Promise<void> => {
    const n = flips;
    const changes = Object.entries(flipped(n + 1)).map(
      ([path, value]) => ({ change: 'set', path, value: typeof value === 'object' ? 0 : value }) as const,
    );
    const when = [{ test: 'equals', path: 'n', value: n }] as const;
    const { applied } = await judged(client, { everAbsent: false }, { write: 'update', key, when, changes });
    if (applied) flips = Math.max(flips, n + 1);
  };
  const turns = bench.depth === 'full' ? 40 : 8;
  const write = async (i: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) {
      await pause(us.on);
      await want(us, key, i, turn);
    }
  };
  await beside(numbers(12).map(write), (working) =>
    numbers(3).map(async (i) => {
      while (working()) await flip(us.client(i + 2));
    }),
  );
}

/** Wants rev a, then rev b: of two tests, one or the other refuses, or none. */
async function want(us: Company, key: RowKey, i: number, turn: number): Promise<void> {
  const entry = ['log', `t${i}`] as const;
  const update: Update = {
    write: 'update',
    key,
    when: [
      { test: 'below', path: 'n', value: Number.MAX_SAFE_INTEGER },
      { test: 'equals', path: 'rev', value: turn % 2 === 0 ? 'a' : 'b' },
    ],
    changes: [{ change: 'set', path: entry, value: turn }],
  };
  const outcome = await judged(us.client(i), { everAbsent: false }, update, { returning: true });
  if (outcome.row) checkFlipped(writeText(update), outcome.row.fields);
}

/** What a row of that life holds. */
const living = (life: number): Fields => ({ life: lifeName(life), n: life, log: {} });
const lifeName = (life: number): string => `life ${life}`;

/** Deletes the row and makes it anew, again and again. */
async function reviving(on: Case, client: Store, key: RowKey, working: () => boolean): Promise<void> {
  for (let life = 1; working(); life++) {
    const gone = { write: 'delete', key, when: [{ test: 'missing', path: 'lockOwner' }] } as const;
    await client.write(gone);
    await pause(on);
    await client.write({ write: 'create', key, fields: living(life) });
  }
}

/** Absent at some moments: then null is true. Where there was a row, it is one that has what the writer wants missing. */
async function comingAndGoing(bench: Bench, on: Case): Promise<void> {
  const us = await company(on);
  const [row] = await us.make(1, living(0));
  const { key } = row!;
  const write = async (i: number): Promise<void> => {
    for (let turn = 0; turn < (bench.depth === 'full' ? 40 : 8); turn++) {
      const path = ['log', `t${i % 4}`] as const;
      const changes = [{ change: 'set', path, value: turn }] as const;
      const update: Update = { write: 'update', key, when: [{ test: 'missing', path }], changes };
      const { row: given } = await judged(us.client(i), { everAbsent: true }, update, { returning: true });
      if (given) checkLiving(writeText(update), given.fields);
    }
  };
  await beside(numbers(12).map(write), (working) => [reviving(on, us.client(4), key, working)]);
}

async function creating(bench: Bench, on: Case): Promise<void> {
  const us = await company(on);
  const [row] = await us.make(1, living(0));
  const { key } = row!;
  const write = async (i: number): Promise<void> => {
    for (let turn = 0; turn < (bench.depth === 'full' ? 40 : 8); turn++) {
      const mine = 100_000 + i * 1000 + turn;
      const create = { write: 'create', key, fields: living(mine) } as const;
      const { row: given } = await judged(us.client(i), { everAbsent: true }, create, { returning: true });
      if (given) checkLiving(writeText(create), given.fields);
      // Refused by any other life, and given that one.
      const removal: Delete = {
        write: 'delete',
        key,
        when: [{ test: 'equals', path: 'life', value: lifeName(mine) }],
      };
      const removed = await judged(us.client(i), { everAbsent: true }, removal, { returning: true });
      if (removed.row) checkLiving(writeText(removal), removed.row.fields);
    }
  };
  await beside(numbers(8).map(write), (working) => [reviving(on, us.client(4), key, working)]);
}

function checkLiving(what: string, fields: Fields): void {
  const life = typeof fields.n === 'number' ? fields.n : Number.NaN;
  const differs = difference({ ...fields, log: {} }, living(life));
  if (differs !== undefined)
    throw new Wrong(`${what} gave a row that never was, ${shown(fields)}: ${differs}`);
}
