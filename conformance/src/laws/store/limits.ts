import { type Change, type Fields, isFlowstateError, type RowKey, type Write } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { CaseClock } from '../../bench/case-clock.js';
import { shown } from '../../bench/shown.js';
import { Wrong } from '../../bench/wrong.js';
import { addressOf, contentOf, difference } from '../../judge/contents.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import { patient } from '../../judge/outcomes.js';
import type { LawText } from '../../law.js';

/** Bytes of an entry that is written unseen, its name included; of what a record holds around a value; of a token. As limits.ts has them. */
const ENTRY_BYTES = 512;
const AROUND_BYTES = 4 * 1024;
const TOKEN_BYTES = 200;

export const law: LawText = {
  says: 'A row with all that the protocol ever puts into one is taken and comes back whole; a row that is too large is refused as STORE_LIMIT_EXCEEDED and leaves nothing, or is stored whole; none is cut. Otherwise a run that did what it may do can never go on, or a value is lost in silence.',
  weight: 2,
  async check(bench) {
    await bench.case('the fullest row of an item', (on) => fullestItem(bench, on));
    await bench.case('the largest record of a run', (on) => largestRecord(bench, on));
    for (const times of bench.depth === 'full' ? [1.25, 2] : [2])
      await bench.case(`rows of ${times} times the limit`, (on) => tooLarge(bench, on, times));
  },
};

/** A text of so many bytes in UTF-8, with quotes and characters of several bytes as user data has them. */
function textOf(bytes: number, pattern = '{"name":"Zoë","said":"→ 😀"},'): string {
  const size = Buffer.byteLength(pattern);
  return pattern.repeat(Math.floor(bytes / size)) + '.'.repeat(bytes % size);
}

function token(i: number): string {
  return `${String(i).padStart(8, '0')}.`.padEnd(TOKEN_BYTES, 'f');
}

/** A value of the limit, every entry that was written unseen, and then one that its writer saw the row for. */
async function fullestItem({ traits }: Bench, on: Case): Promise<void> {
  const { rowBytesMax, entriesPerRow } = traits;
  const value = rowBytesMax / 2 - AROUND_BYTES;
  const row = new KnownRow(keeper(on, await on.store()), {
    table: 'items',
    partition: on.fresh(),
    sort: '00000000',
  });
  const { key } = row;
  const entry = (i: number, bytes: number): [string, string] => [token(i), textOf(bytes - TOKEN_BYTES)];
  const blind = Array.from({ length: entriesPerRow }, (_, i) => entry(i, ENTRY_BYTES));
  const fields = { key: '"key"', value: textOf(value), rev: token(0), life: token(0), n: 1 };
  const when = [{ test: 'equals', path: 'n', value: 1 }] as const;
  const gone: Write = { write: 'delete', key, when };
  // All at once, as the successor of a full row takes over its value.
  await row.write(
    { write: 'create', key, fields: { ...fields, log: Object.fromEntries(blind) } },
    { returning: true },
  );
  // A log that is not yet sealed for its size, then the largest entry that is ever added to one, with a new value.
  const large = Math.floor(rowBytesMax / 4) - entriesPerRow * ENTRY_BYTES;
  const grow = (i: number, bytes: number): Change => {
    const [name, text] = entry(i, bytes);
    return { change: 'set', path: ['log', name], value: text };
  };
  const anew: Change = { change: 'set', path: 'value', value: textOf(value, '"ab\\" ') };
  await row.write({ write: 'update', key, when, changes: [grow(1000, large)] });
  await row.write(
    { write: 'update', key, when, changes: [grow(1001, Math.floor(rowBytesMax / 8)), anew] },
    { returning: true },
  );
  await row.write(gone);
}

/** A value at its limit, quoted twice: every quote and every backslash of it is doubled inside a record. */
async function largestRecord({ traits, depth }: Bench, on: Case): Promise<void> {
  const row = new KnownRow(keeper(on, await on.store()), {
    table: 'runs',
    partition: on.fresh(),
    sort: 'log:00000000',
  });
  const { key } = row;
  const record = textOf(traits.rowBytesMax - 2 * AROUND_BYTES, '\\\\\\"').padEnd(
    traits.rowBytesMax - AROUND_BYTES,
    '.',
  );
  await row.write({ write: 'create', key, fields: { by: token(0), record } }, { returning: true });
  // Refused by a row of that size, which is given where it is given.
  if (depth === 'full')
    await row.write({ write: 'create', key, fields: { by: token(1), record } }, { returning: true });
  await row.write({ write: 'delete', key, when: [{ test: 'equals', path: 'by', value: token(0) }] });
}

/** By one value, by many entries, by an update of a row that was not too large yet. */
async function tooLarge({ traits, depth }: Bench, on: Case, times: number): Promise<void> {
  const bytes = Math.floor(traits.rowBytesMax * times);
  const partition = on.fresh();
  const key = (sort: string): RowKey => ({ table: 'items', partition, sort });
  const value = textOf(bytes);
  await wholeOrNot(on, { write: 'create', key: key('value'), fields: { value, log: {} } }, undefined);
  if (depth === 'full') {
    const text = textOf(Math.floor(bytes / 64));
    const log = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [token(i), text]));
    await wholeOrNot(on, { write: 'create', key: key('log'), fields: { log } }, undefined);
  }
  const small: Fields = { value: 'small', rev: 'r', log: { a: 1 } };
  const store = patient(on, await on.store());
  const clock = new CaseClock(on);
  await store.write({ write: 'create', key: key('update'), fields: small });
  await clock.settle(traits);
  const when = [{ test: 'missing', path: 'queue' }] as const;
  const changes = [
    { change: 'set', path: 'value', value },
    { change: 'set', path: ['log', 'b'], value: 2 },
  ] as const;
  await wholeOrNot(on, { write: 'update', key: key('update'), when, changes }, small, {
    ...small,
    value,
    log: { a: 1, b: 2 },
  });
}

async function wholeOrNot(
  on: Case,
  write: Write,
  before: Fields | undefined,
  after = write.write === 'create' ? write.fields : before,
): Promise<void> {
  const store = patient(on, await on.store());
  const what = `a ${write.write} that would make row ${addressOf(write.key)} larger than the limit`;
  let left = before;
  let told = 'was refused as STORE_LIMIT_EXCEEDED';
  try {
    const outcome = await store.write(write, { returning: true });
    if (!outcome.applied)
      throw new Wrong(`${what} was answered ${shown(outcome)}: no test and no row refuses it`);
    left = after;
    told = 'was applied';
    const differs = difference(outcome.row?.fields, after);
    if (differs !== undefined)
      throw new Wrong(`${what} was applied, and gave another row than it should have left: ${differs}`);
  } catch (error) {
    if (error instanceof Wrong) throw error;
    if (!isFlowstateError(error, 'STORE_LIMIT_EXCEEDED'))
      throw new Wrong(
        `${what} should be applied, or be a StoreError STORE_LIMIT_EXCEEDED. It was ${String(error)}`,
        {},
        error,
      );
  }
  const differs = difference(await contentOf(on, write.key), left);
  if (differs !== undefined) throw new Wrong(`${what} ${told}. What is in the database: ${differs}`);
}
