import type { RowKey, Store, TableName, Write } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { badKeyParts, badWrites } from '../../generate/outside-domain.js';
import { fullRow } from '../../generate/rows.js';
import { difference, mustHold } from '../../judge/contents.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import type { LawText } from '../../law.js';

/** Where nothing listens. */
const NOWHERE = { host: '127.0.0.1', port: 9 };

export const law: LawText = {
  says: 'What is outside the domain (a value, a field, a path, a key, a write without a test) is a TypeError before any request, and leaves nothing. Otherwise one database stores what another changes or refuses, and a row is written that cannot be read.',
  async check(bench) {
    for (const table of ['items', 'runs'] as const) {
      await bench.case(`writes, ${table}`, (on) => writes(on, table));
      await bench.case(`keys, ${table}`, (on) => keys(on, table));
    }
    await bench.case('before any request', (on) => beforeAnyRequest(bench, on));
  },
};

/** On a row that is there and on one that is not. */
async function writes(on: Case, table: TableName): Promise<void> {
  const store = await on.store();
  const partition = on.fresh();
  const row = new KnownRow(keeper(on, store), { table, partition, sort: 'there' });
  await row.write({ write: 'create', key: row.key, fields: fullRow(table) });
  for (const sort of ['there', 'not-there']) {
    for (const [what, write] of badWrites({ table, partition, sort })) await mustThrow(store, what, write);
    const left = await on.rows({ table, partition });
    const differs =
      left.length === 1 ? difference(left[0]?.fields, row.fields) : `there are ${left.length} rows, not 1`;
    if (differs !== undefined)
      throw new Wrong(
        `every write of ${sort} was a TypeError, and one of them has changed what is in the database all the same: ${differs}`,
      );
  }
}

async function keys(on: Case, table: TableName): Promise<void> {
  const store = await on.store();
  const good: RowKey = { table, partition: on.fresh(), sort: '00000000' };
  for (const [what, part] of badKeyParts(good.partition)) {
    for (const place of ['partition', 'sort'] as const) {
      const key = { ...good, [place]: part };
      const when = [{ test: 'missing', path: 'queue' }] as const;
      await mustThrow(store, `a create in a ${place} that ${what}`, {
        write: 'create',
        key,
        fields: { log: {} },
      });
      await mustThrow(store, `an update in a ${place} that ${what}`, {
        write: 'update',
        key,
        when,
        changes: [],
      });
      await mustThrow(store, `a delete in a ${place} that ${what}`, { write: 'delete', key, when });
      await expectTypeError(`a read in a ${place} that ${what}`, () => store.read(key));
    }
  }
  await mustHold(on, good, undefined, 'writes of keys that are not keys');
}

/** A client that reaches nobody knows a TypeError too. */
async function beforeAnyRequest({ harness }: Bench, on: Case): Promise<void> {
  if (harness.proxyTarget === undefined) return;
  // A client that connects as it is opened cannot be asked.
  const store = await on
    .open({ as: 'a client that reaches nobody', address: NOWHERE })
    .catch(() => undefined);
  if (store === undefined) return;
  const key: RowKey = { table: 'items', partition: on.fresh(), sort: '00000000' };
  for (const [what, write] of badWrites(key)) await mustThrow(store, what, write);
  for (const [what, part] of badKeyParts(key.partition))
    await expectTypeError(`a read in a partition that ${what}`, () =>
      store.read({ ...key, partition: part }),
    );
}

async function mustThrow(store: Store, what: string, write: Write): Promise<void> {
  for (const returning of [false, true]) await expectTypeError(what, () => store.write(write, { returning }));
}

async function expectTypeError(what: string, ask: () => Promise<unknown>): Promise<void> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch (error) {
    if (error instanceof TypeError) return;
    throw new Wrong(`${what} should be a TypeError before any request, and was ${String(error)}`, {}, error);
  }
  throw new Wrong(`${what} should be a TypeError, and was answered: ${shown(answer)}`);
}
