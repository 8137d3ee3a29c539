import type { Change, Fields, RowKey, Store } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { company, numbers } from '../../judge/company.js';
import { contentOf, difference } from '../../judge/contents.js';
import { judged } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

/** Long enough that no database keeps it beside the other fields. */
const VALUE_LENGTH = 6000;

/** Tries of one writer for each moment: far more than rivals can spoil. */
const TRIES_MAX = 100;

export const law: LawText = {
  says: 'What one write changes is seen by everybody together or not at all: by reads, queries, the rows of outcomes, and whoever looks past the adapter. Otherwise a log shows a token without its value, and a repeated operation is taken for done.',
  async check(bench) {
    await bench.case('changed again and again', (on) => observed(bench, on));
  },
};

/** The content of each moment: even and odd ones have different fields. All of it follows from one number. */
function contentAt(n: number): Fields {
  const word = `moment ${n}`;
  return {
    n,
    value: word.padEnd(VALUE_LENGTH, '.'),
    log: { first: n, [n % 2 === 0 ? 'even' : 'odd']: word, last: n },
    ...(n % 2 === 0 ? { rev: word, horizon: n } : { lockOwner: word, lockAge: n }),
  };
}

/** The changes that lead from the moment before to this one. */
function changesTo(n: number): Change[] {
  const content = contentAt(n);
  const gone = n % 2 === 0 ? ['lockOwner', 'lockAge'] : ['rev', 'horizon'];
  const { log, ...fields } = content;
  return [
    ...Object.entries(fields).flatMap(([path, value]): Change[] =>
      typeof value === 'object' ? [] : [{ change: 'set', path, value }],
    ),
    ...gone.map((path): Change => ({ change: 'remove', path })),
    ...Object.entries(typeof log === 'object' ? log : {}).map(
      ([entry, value]): Change => ({ change: 'set', path: ['log', entry], value }),
    ),
    { change: 'remove', path: ['log', n % 2 === 0 ? 'odd' : 'even'] },
  ];
}

async function observed(bench: Bench, on: Case): Promise<void> {
  const us = await company(on);
  const moments = bench.depth === 'full' ? 300 : 50;
  const [row] = await us.make(1, contentAt(0));
  const { key } = row!;
  let written = 0;
  const check = (by: string, fields: Fields | undefined): void => {
    const n = fields?.n;
    const differs =
      typeof n === 'number' && n >= 0 && n <= moments
        ? difference(fields, contentAt(n))
        : `${shown(fields)} is no row that anybody wrote`;
    if (differs !== undefined)
      throw new Wrong(`${by} shows a row of no moment: in the row of n ${shown(n)}, ${differs}`);
  };
  const write = async (client: Store): Promise<void> => {
    for (let tried = 0; written < moments; tried++) {
      const next = written + 1;
      if (tried > moments * TRIES_MAX) throw new Wrong(`no update from n ${written} to n ${next} is applied`);
      const { applied, row: left } = await judged(
        client,
        { everAbsent: false },
        {
          write: 'update',
          key,
          when: [{ test: 'equals', path: 'n', value: next - 1 }],
          changes: changesTo(next),
        },
        { returning: true },
      );
      if (left !== undefined)
        check(`the row of ${applied ? 'an applied' : 'a refused'} update`, left?.fields);
      if (applied) written = Math.max(written, next);
    }
  };
  const looks = readers(us.client(3), on, key);
  const watch = async (by: string, look: () => Promise<Fields | undefined>): Promise<void> => {
    do {
      check(by, await look());
      // A look past the adapter may take no time at all: the others have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    } while (written < moments);
  };
  // Nobody is left at work when the first of them fails.
  const ended = await Promise.allSettled([
    ...numbers(3).map((i) => write(us.client(i)).finally(() => (written = moments))),
    ...Object.entries(looks).map(([by, look]) => watch(by, look).finally(() => (written = moments))),
  ]);
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Every way in which a row can be looked at, as a whole or by the paths that were written together. */
function readers(store: Store, on: Case, key: RowKey): Record<string, () => Promise<Fields | undefined>> {
  const { table, partition } = key;
  const page = { table, partition, order: 'ascending', limit: 5 } as const;
  const paths = ['n', 'value', 'log', 'rev', 'horizon', 'lockOwner', 'lockAge'];
  return {
    'a read': async () => (await store.read(key))?.fields,
    'a query': async () => (await store.query(page)).rows[0]?.fields,
    'a query with paths': async () => (await store.query({ ...page, paths })).rows[0]?.fields,
    'the database, past the adapter,': () => contentOf(on, key),
  };
}
