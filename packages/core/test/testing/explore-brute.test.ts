/**
 * The explorer against brute force: every schedule of small random programs, run from scratch on a store in
 * memory, must reach exactly the facts (rows, and what each actor told) that the explorer checks.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoreError } from '../../src/errors.js';
import type { Row, RowKey, Store } from '../../src/platform/store.js';
import {
  type Choices,
  exhaustive,
  explore,
  memoryStoreOf,
  STORE_KINDS,
  type StoreKind,
} from '../../src/testing/index.js';
import { quiet } from '../../src/testing/quiet.js';

type Step = 'read 0' | 'read 1' | 'add 0' | 'add 1' | 'both' | 'create' | 'delete' | 'query';
type Program = readonly Step[];

const key = (sort: string): RowKey => ({ table: 'items', partition: 'p', sort });
const ROWS: readonly Row[] = [{ key: key('0'), fields: { key: 'k', n: 0, log: {} } }];

async function step(store: Store, what: Step, last: number): Promise<number> {
  const read = async (sort: string) => Number((await store.read(key(sort)))?.fields.n ?? -1);
  const add = async (sort: string) => {
    const change = { change: 'add', path: 'n', value: 1 } as const;
    // What was read last decides: another history, another request.
    const when = [{ test: 'equals', path: 'n', value: Math.max(0, last) }] as const;
    return (await store.write({ write: 'update', key: key(sort), when, changes: [change] })).applied
      ? 10
      : 20;
  };
  switch (what) {
    case 'read 0':
      return read('0');
    case 'read 1':
      return read('1');
    case 'add 0':
      return add('0');
    case 'add 1':
      return add('1');
    case 'both': {
      const order: string[] = [];
      const note = (name: string) => (value: number) => void order.push(`${name}${value}`);
      await Promise.all([read('0').then(note('a')), add('0').then(note('b'))]);
      return order.join() > 'b' ? 1 : 0;
    }
    case 'query': {
      const { rows } = await store.query({ table: 'items', partition: 'p', order: 'ascending', limit: 9 });
      return rows.reduce((sum, { key, fields }) => sum * 100 + Number(key.sort) * 50 + Number(fields.n), 1);
    }
    case 'create':
      return (await store.write({ write: 'create', key: key('1'), fields: { n: last, log: {} } })).applied
        ? 1
        : 2;
    case 'delete':
      return (
        await store.write({ write: 'delete', key: key('0'), when: [{ test: 'below', path: 'n', value: 9 }] })
      ).applied
        ? 3
        : 4;
  }
}

async function run(store: Store, program: Program): Promise<string> {
  const told: number[] = [];
  try {
    for (const what of program) told.push(await step(store, what, told.at(-1) ?? 0));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    told.push(-99);
  }
  return told.join();
}

const factOf = (rows: readonly Row[], told: readonly (string | undefined)[]) => JSON.stringify([rows, told]);

/** One schedule: after each turn, some outstanding request goes on, or is refused. */
async function schedule(
  kind: StoreKind,
  programs: readonly Program[],
  refusals: number,
  choices: Choices,
  facts: Set<string>,
) {
  const gates: ((refused: boolean) => void)[] = [];
  const pass = () =>
    new Promise<void>((resolve, reject) => {
      gates.push((refused) => (refused ? reject(new StoreError('STORE_UNAVAILABLE', 'refused')) : resolve()));
    });
  const store = memoryStoreOf(kind, { before: pass, choices });
  store.load(ROWS);
  const told: (string | undefined)[] = programs.map(() => undefined);
  const runs = programs.map(async (program, i) => {
    told[i] = await run(store, program);
  });
  for (let left = refusals; ; ) {
    await quiet();
    facts.add(factOf(store.rows(), told));
    if (gates.length === 0) break;
    const picked = choices.pick(gates.length * (left > 0 ? 2 : 1));
    const [gate] = gates.splice(picked % Math.max(1, gates.length), 1);
    const refused = left > 0 && picked >= gates.length + 1;
    if (refused) left -= 1;
    gate!(refused);
  }
  await Promise.all(runs);
}

const SIMPLE: readonly Step[] = ['read 0', 'read 1', 'add 0', 'add 1', 'create', 'delete', 'query'];

test.each(STORE_KINDS)(
  'the same facts as all schedules from scratch (%s)',
  async (kind) => {
    const aStep = fc.constantFrom<Step>(...SIMPLE, 'both');
    const longest = kind === 'conditional' ? 3 : 2;
    const programs = fc.array(fc.array(aStep, { minLength: 1, maxLength: longest }), {
      minLength: 2,
      maxLength: 2,
    });
    const sizes: number[] = [];
    await fc.assert(
      fc.asyncProperty(programs, fc.integer({ min: 0, max: 1 }), async (programs, refusals) => {
        const brute = new Set<string>();
        const { exhausted } = await exhaustive(
          (choices) => schedule(kind, programs, refusals, choices, brute),
          { max: 3000 },
        );
        fc.pre(exhausted);
        const found = new Set<string>();
        const names = programs.map((_, i) => `actor ${i}`);
        const explored = await explore({
          name: 'random',
          store: { kind },
          rows: ROWS,
          actors: Object.fromEntries(names.map((name, i) => [name, ({ store }) => run(store, programs[i]!)])),
          faults: refusals,
          faultKinds: ['refused'],
          check: ({ rows, results }) => {
            const told = names.map((name) => {
              const result = results[name];
              return result?.state === 'told' ? String(result.value) : undefined;
            });
            found.add(factOf(rows, told));
          },
        });
        expect(explored.exhausted).toBe(true);
        sizes.push(found.size);
        expect([...found].sort()).toEqual([...brute].sort());
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(Math.max(...sizes)).toBeGreaterThan(10);
  },
  60_000,
);
