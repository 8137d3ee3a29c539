import {
  effectOf,
  type Fields,
  type Row,
  type RowKey,
  type Store,
  type Write,
} from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { applied } from '../../bench/rows.js';
import { same, shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import type { LawText } from '../../law.js';

export const law: LawText = {
  says: 'Where rows carry versions, a version of a row never comes back, neither with a content that comes back nor after delete and create. Whoever holds a row of an earlier life writes by what the row is now. Otherwise a late write lands on another life of the row.',
  async check(bench) {
    await bench.case('never come back', (on) => neverComeBack(bench, on));
    await bench.case('earlier life', (on) => earlierLife(bench, on));
  },
};

const NEVER_REFUSED = [{ test: 'below', path: 'n', value: 1_000_000 }] as const;

function setting(key: RowKey, n: number): Write {
  return { write: 'update', key, when: NEVER_REFUSED, changes: [{ change: 'set', path: 'n', value: n }] };
}

async function neverComeBack(bench: Bench, on: Case): Promise<void> {
  const clients = [await on.open({ as: 'one' }), await on.open({ as: 'another' })] as const;
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  /** What each version was given for: the life, the moment in it, the content. */
  const known = new Map<string, string>();
  for (let life = 1; life <= (bench.depth === 'full' ? 12 : 4); life++) {
    // Every life is the same: there, and back again.
    const lived: Write[] = [
      { write: 'create', key, fields: { n: 1, log: {} } },
      ...[2, 1, 2, 3, 1].map((n) => setting(key, n)),
    ];
    for (const [moment, write] of lived.entries()) {
      const client = clients[on.choices.pick(2)]!;
      const { row } = await applied(client, write, { returning: true });
      const version = row?.version;
      if (version === undefined) continue;
      const what = `write ${moment + 1} of life ${life}, which left ${shown(row?.fields)}`;
      const before = known.get(version);
      if (before !== undefined)
        throw new Wrong(
          `version ${shown(version)} came back: first it was that of ${before}; then that of ${what}`,
        );
      known.set(version, what);
      if (bench.traits.reads === 'linearizable') await readsThat(clients[0], key, version, what);
    }
    await applied(clients[0], { write: 'delete', key, when: NEVER_REFUSED });
  }
}

/** The version that a write gave is the one that the row has. */
async function readsThat(store: Store, key: RowKey, version: string, what: string): Promise<void> {
  const row = await store.read(key);
  if (row?.version !== version)
    throw new Wrong(
      `${what}, gave it version ${shown(version)}; a read of it then shows version ${shown(row?.version)}`,
    );
}

/** What happens to a row between the moment at which it was seen and the write that is told of it. */
const MEANWHILE = {
  'nothing happened': () => [],
  'there and back': (key: RowKey) => [setting(key, 2), setting(key, 1)],
  'the same again': (key: RowKey) => again(key, { n: 1, value: 'first', log: {} }),
  'another life': (key: RowKey) => again(key, { n: 1, value: 'second', log: { of: 'the second' } }),
  'another life with another number': (key: RowKey) => again(key, { n: 5, value: 'second', log: {} }),
  'a life without a number': (key: RowKey) => again(key, { log: {} }),
  'no life any more': (key: RowKey) => again(key, {}).slice(0, 1),
} satisfies Record<string, (key: RowKey) => Write[]>;

function again(key: RowKey, fields: Fields): Write[] {
  return [
    { write: 'delete', key, when: NEVER_REFUSED },
    { write: 'create', key, fields },
  ];
}

function late(key: RowKey): Write[] {
  const when = [{ test: 'equals', path: 'n', value: 1 }] as const;
  const log = { change: 'set', path: ['log', 'late'], value: true } as const;
  return [
    { write: 'update', key, when, changes: [{ change: 'add', path: 'n', value: 10 }, log] },
    { write: 'update', key, when: [{ test: 'equals', path: 'value', value: 'first' }], changes: [log] },
    { write: 'update', key, when: [{ test: 'missing', path: ['log', 'of'] }], changes: [log] },
    { write: 'delete', key, when },
  ];
}

async function earlierLife(bench: Bench, on: Case): Promise<void> {
  const clock = new CaseClock(on);
  const [one, another] = [await on.open({ as: 'one' }), await on.open({ as: 'another' })];
  for (const [what, meanwhile] of Object.entries(MEANWHILE)) {
    // All of them at once: where reads are bounded, time must pass before each look.
    const keys = late({ table: 'items', partition: '', sort: '' }).map(
      (): RowKey => ({ table: 'items', partition: on.fresh(), sort: '00000000' }),
    );
    const seen: (Row | undefined)[] = [];
    for (const key of keys) {
      const fields = { n: 1, value: 'first', log: {} };
      const { row } = await applied(one, { write: 'create', key, fields }, { returning: true });
      seen.push(row ?? undefined);
      for (const write of meanwhile(key)) await applied(another, write);
    }
    await clock.settle(bench.traits);
    for (const [i, key] of keys.entries()) await judged(on, one, late(key)[i]!, seen[i], what);
  }
}

/** Writes with what was seen, and compares with what the row is. */
async function judged(
  on: Case,
  store: Store,
  write: Write,
  seen: Row | undefined,
  meanwhile: string,
): Promise<void> {
  const [before] = await on.rows(write.key);
  const outcome = await store.write(write, { returning: true, ...(seen === undefined ? {} : { seen }) });
  const [after] = await on.rows(write.key);
  const effect = effectOf(before?.fields, write);
  const case_ = `a row was seen as ${shown(seen?.fields)} (version ${seen?.version ?? 'none'}); then, ${meanwhile}; it became ${shown(before?.fields ?? null)}; ${shown(write)}`;
  if (outcome.applied !== (effect !== 'refused'))
    throw new Wrong(
      `${case_} was ${outcome.applied ? 'applied' : 'refused'}; by the row as it was it should not be`,
    );
  const should = effect === 'refused' ? before?.fields : (effect ?? undefined);
  if (!same(after?.fields, should))
    throw new Wrong(`${case_} left ${shown(after?.fields ?? null)}; it should be ${shown(should ?? null)}`);
}
