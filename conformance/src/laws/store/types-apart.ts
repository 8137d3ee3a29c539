import type { Fields, Path, RowKey, Scalar, TableName, Test, Tests } from '@flowstate/core/adapter';
import type { Bench, Case } from '../../bench/bench.js';
import { MAX } from '../../generate/texts.js';
import { KnownRow, keeper } from '../../judge/known-row.js';
import type { LawText } from '../../law.js';

/** Groups of values that some language, driver or collation takes for equal. */
const ALIKE: readonly (readonly Scalar[])[] = [
  [0, '0', false, '', 'false', '00', '-0', 'null'],
  [1, '1', true, 'true', '1.0', '01', '+1', 'TRUE'],
  [-1, '-1', 2 ** 53 - 1, '9007199254740991', 2 ** 53 - 2],
  ['a', 'A', 'a ', ' a', '\ufeffa', 'a\u200b', 'á', '\u{1d41a}'],
  ['é', 'e\u0301', 'E\u0301', 'e'],
  ['ß', 'ss', 'ẞ', 'SS', 'ſs'],
  ['\u{1f600}', '\u{1f601}', '\ufffd'],
];
/** In their order; as texts they have another one, and some do not fit 32 bits. */
const ORDERED: readonly number[] = [
  ...[-MAX, 1 - MAX, -(2 ** 31) - 1, -10, -9, -1, 0, 1, 9, 10, 99, 100, 2 ** 24 + 1, 2 ** 31, MAX - 1, MAX],
];

export const law: LawText = {
  says: 'Values are equal only where type and every character are: 1, "1" and true differ, and so do "a" and "A"; whole numbers keep their order and their last digit from -(2^53-1) to 2^53-1; "below" is false on what is no number and on what is missing. Otherwise a condition holds that does not, and a write goes where it must not.',
  async check(bench) {
    await bench.case('equal entries', (on) => equalEntries(bench, on));
    await bench.case('equal fields', (on) => equalFields(bench, on));
    for (const path of ['n', ['log', 'n']] as const)
      await bench.case(`order of ${typeof path === 'string' ? 'fields' : 'entries'}`, (on) =>
        order(bench, on, path),
      );
    await bench.case('below what is no number', belowNothing);
    await bench.case('sums', sums);
  },
};

/** A row that is asked one question after the other: by a write that is applied if the tests hold. */
async function asking(on: Case, table: TableName, fields: Fields) {
  const key: RowKey = { table, partition: on.fresh(), sort: '00000000' };
  const row = new KnownRow(keeper(on, await on.store()), key);
  await row.write({ write: 'create', key, fields });
  const counter = table === 'items' ? 'horizon' : 'attempts';
  const nobody: Test = { test: 'missing', path: table === 'items' ? 'lockOwner' : 'waiter' };
  const count = { change: 'add', path: counter, value: 1 } as const;
  return {
    ask: (...when: Tests) => row.write({ write: 'update', key, when, changes: [count] }, { returning: true }),
    set: (path: Path, value: Scalar) =>
      row.write({ write: 'update', key, when: [nobody], changes: [{ change: 'set', path, value }] }),
    add: (path: Path, value: number) =>
      row.write({ write: 'update', key, when: [nobody], changes: [{ change: 'add', path, value }] }),
  };
}

/** Those of its group, and some of the others. */
function compared<T>(bench: Bench, on: Case, group: readonly T[], all: readonly T[]): T[] {
  return all.filter(
    (other) => group.includes(other) || on.choices.pick(bench.depth === 'full' ? 3 : 10) === 0,
  );
}

async function equalEntries(bench: Bench, on: Case): Promise<void> {
  const values = ALIKE.flat();
  const log = Object.fromEntries(values.map((value, i) => [`e${i}`, value]));
  const { ask } = await asking(on, 'items', { log });
  for (const group of ALIKE) {
    for (const is of group) {
      const path = ['log', `e${values.indexOf(is)}`] as const;
      await ask({ test: 'missing', path });
      for (const value of compared(bench, on, group, values)) await ask({ test: 'equals', path, value });
    }
  }
  for (const value of ['', 0, false, 'null']) await ask({ test: 'equals', path: ['log', 'none'], value });
}

async function equalFields(bench: Bench, on: Case): Promise<void> {
  const groups = ALIKE.map((group) => group.filter((value) => typeof value === 'string'));
  const { ask, set } = await asking(on, 'runs', { log: {} });
  for (const value of ['', '0', 'null']) await ask({ test: 'equals', path: 'value', value });
  for (const group of groups) {
    for (const is of group) {
      await set('value', is);
      await ask({ test: 'missing', path: 'value' });
      for (const value of compared(bench, on, group, groups.flat()))
        await ask({ test: 'equals', path: 'value', value });
    }
  }
  // What is false is not what is missing.
  for (const is of [undefined, false, true]) {
    if (is !== undefined) await set('cancel', is);
    await ask({ test: 'missing', path: 'cancel' });
    for (const value of [true, false]) await ask({ test: 'equals', path: 'cancel', value });
  }
  for (const value of [0, 1]) await ask({ test: 'equals', path: 'age', value });
  await set('age', 0);
  await ask({ test: 'missing', path: 'age' });
  for (const value of [0, 1]) await ask({ test: 'equals', path: 'age', value });
}

async function order(bench: Bench, on: Case, path: Path): Promise<void> {
  const { ask, set } = await asking(on, 'items', { log: {} });
  for (const value of [-MAX, 0, MAX]) await ask({ test: 'below', path, value });
  for (const [i, is] of ORDERED.entries()) {
    await set(path, is);
    const near = ORDERED.slice(Math.max(0, i - 1), i + 2);
    for (const value of compared(bench, on, near, ORDERED)) {
      await ask({ test: 'below', path, value });
      await ask({ test: 'equals', path, value });
    }
  }
}

async function belowNothing(on: Case): Promise<void> {
  const log = { text: '1', empty: '', letter: 'a', yes: true, no: false, number: 1 };
  const { ask } = await asking(on, 'items', { log });
  for (const value of [-MAX, 0, 1, 2, MAX]) {
    for (const entry of [...Object.keys(log), 'none'])
      await ask({ test: 'below', path: ['log', entry], value });
    for (const path of ['n', 'due']) await ask({ test: 'below', path, value });
  }
}

/** Sums that no float of 32 bits and no integer of 32 bits holds. */
async function sums(on: Case): Promise<void> {
  for (const path of ['n', ['log', 'n']] satisfies Path[]) {
    const { ask, add } = await asking(on, 'items', { log: {} });
    let sum = 0;
    for (const value of [MAX, -1, 1, -MAX, -MAX, MAX, 2 ** 31, 2 ** 52, 1, -(2 ** 52) - 1]) {
      await add(path, value);
      sum += value;
      await ask({ test: 'equals', path, value: sum });
      await ask({ test: 'below', path, value: sum });
    }
  }
}
