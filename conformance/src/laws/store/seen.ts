import type { Fields, Outcome, Row, RowKey, Store, TableName, Tests, Write } from '@flowstate/core/adapter';
import type { Case } from '../../bench/bench.js';
import { anySmallHistory, type SmallMove } from '../../generate/small-histories.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import { patient } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'The row that a write is told was seen saves a request or does not; it never changes what becomes of the write, whoever read it and however long ago, in an earlier life of the row too, with or without its version, or of another key. Otherwise a write is decided by what was once there.',
  weight: 2,
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(`old contents, ${table}`, (on) => oldContents(on, table));
      await bench.case(`an earlier life, ${table}`, (on) => earlierLife(on, table));
      await bench.case(`other rows, ${table}`, (on) => otherRows(on, table));
    }
    await bench.property('histories', anySmallHistory, { full: 150, slice: 30 }, history);
  },
};

/** A row whose writes name what was seen. */
interface Seeing {
  readonly key: RowKey;
  readonly row: KnownRow;
  create(fields: Fields, seen?: Row): Promise<Row | undefined>;
  /** Moves the row on from one word to the next, and counts. */
  move(from: string, to: string, seen?: Row): Promise<Row | undefined>;
  remove(from: string, seen?: Row): Promise<void>;
  look(): Promise<Row | undefined>;
}

async function seeing(on: Case): Promise<(table: TableName, sort: string) => Seeing> {
  const store = await on.store();
  const reader = patient(on, await on.open({ as: 'another client' }));
  const kept = keeper(on, store);
  const partition = on.fresh();
  return (table, sort) => seeingRow(new KnownRow(kept, { table, partition, sort }), reader);
}

function seeingRow(row: KnownRow, reader: Store): Seeing {
  const { key } = row;
  const word = key.table === 'items' ? 'rev' : 'state';
  const count = key.table === 'items' ? 'n' : 'attempts';
  const when = (from: string): Tests => [{ test: 'equals', path: word, value: from }];
  const write = async (asked: Write, seen: Row | undefined): Promise<Row | undefined> => {
    const hint = seen === undefined ? {} : { seen };
    const outcome: Outcome = await row.write(asked, { returning: true, ...hint });
    return outcome.row ?? undefined;
  };
  return {
    key,
    row,
    create: (fields, seen) => write({ write: 'create', key, fields }, seen),
    move: (from, to, seen) =>
      write(
        {
          write: 'update',
          key,
          when: when(from),
          changes: [
            { change: 'set', path: word, value: to },
            { change: 'add', path: count, value: 1 },
            { change: 'add', path: ['log', to], value: 1 },
          ],
        },
        seen,
      ),
    remove: async (from, seen) => void (await write({ write: 'delete', key, when: when(from) }, seen)),
    look: () => reader.read(key),
  };
}

/** What a content of that word is, in either table. */
function content({ key }: Seeing, word: string, more: Fields = {}): Fields {
  return { [key.table === 'items' ? 'rev' : 'state']: word, log: {}, ...more };
}

/** The same row as whoever keeps no version would show it. */
function bare({ key, fields }: Row): Row {
  return { key, fields };
}

/** What was seen passes and what is there does not, and the other way round, and both pass but are not the same. */
async function oldContents(on: Case, table: TableName): Promise<void> {
  const rowAt = await seeing(on);
  for (const show of [(row: Row) => row, bare]) {
    for (const sort of ['returned', 'read']) {
      const it = rowAt(table, `${sort}${show === bare ? '-bare' : ''}`);
      const made = await it.create(content(it, 'a', { value: 'v' }));
      const first = sort === 'read' ? await it.look() : made;
      const seen = first === undefined ? undefined : show(first);
      await it.move('a', 'b', seen);
      await it.move('a', 'c', seen);
      await it.remove('a', seen);
      await it.move('b', 'a', seen);
      await it.move('a', 'a', seen);
      await it.create(content(it, 'x'), seen);
      const now = await it.look();
      await it.move('a', 'd', now && show(now));
      await it.move('d', 'a', now && show(now));
      await it.remove('a', seen);
      await it.move('a', 'b', seen);
      await it.create(content(it, 'y'), seen);
    }
  }
}

/** The same number of writes in each life: a version that counts them comes back. */
async function earlierLife(on: Case, table: TableName): Promise<void> {
  const rowAt = await seeing(on);
  for (const ending of ['update', 'delete', 'refused']) {
    const it = rowAt(table, ending);
    const seen: (Row | undefined)[] = [];
    for (const life of ['first', 'second', 'third']) {
      const made = await it.create(content(it, 'a', { value: life }), seen[0]);
      const moved = await it.move('a', 'b', made);
      for (const old of seen) {
        if (ending === 'update') await it.move('b', 'b', old);
        if (ending === 'delete') await it.remove('a', old);
        if (ending === 'refused') await it.move('a', 'c', old);
      }
      const now = await it.look();
      seen.unshift(made, moved, now);
      await it.remove('b', now);
      await it.move('b', 'a', moved);
      await it.remove('b', moved);
    }
  }
}

/** A hint that belongs to another row helps nobody. */
async function otherRows(on: Case, table: TableName): Promise<void> {
  const rowAt = await seeing(on);
  const it = rowAt(table, 'this');
  const others = [rowAt(table, 'that'), rowAt(table === 'items' ? 'runs' : 'items', 'this')];
  await it.create(content(it, 'a', { value: 'mine' }));
  for (const other of others) {
    const theirs = await other.create(content(other, 'b', { value: 'theirs' }));
    const now = await other.look();
    for (const seen of [theirs, now]) {
      await it.move('a', 'a', seen);
      await it.move('b', 'c', seen);
      await it.remove('b', seen);
      await it.create(content(it, 'x'), seen);
    }
    await other.move('b', 'b');
  }
}

async function history(on: Case, moves: readonly SmallMove[]): Promise<void> {
  const kept = keeper(on, await on.store());
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  const row = new KnownRow(kept, key);
  const rows: Row[] = [];
  for (const { writeOf, returning, seen: index, bare: without, look } of moves) {
    const named = rows[index];
    const hint = named === undefined ? {} : { seen: without ? bare(named) : named };
    const outcome = await row.write(writeOf(key), { returning, ...hint });
    if (outcome.row !== undefined && outcome.row !== null) rows.unshift(outcome.row);
    const read = look ? await kept.store.read(key) : undefined;
    if (read !== undefined) rows.unshift(read);
  }
}
