import { describe, expect, test } from 'vitest';
import { isFlowstateError } from '../../src/errors.js';
import type { Platform } from '../../src/platform/platform.js';
import type { Row, RowKey, Store } from '../../src/platform/store.js';
import { type Exploration, explore, type Result, STORE_KINDS } from '../../src/testing/index.js';

const KEY: RowKey = { table: 'items', partition: 'p', sort: '0' };
const OTHER: RowKey = { table: 'items', partition: 'q', sort: '0' };
const ZERO: Row = { key: KEY, fields: { key: 'k', n: 0, log: {} } };

const numberOf = (row: Row | undefined | null) => Number(row?.fields.n ?? 0);
const told = (result: Result | undefined) => (result?.state === 'told' ? result.value : undefined);
const addOne = (store: Store) =>
  store.write({
    write: 'update',
    key: KEY,
    when: [{ test: 'equals', path: 'key', value: 'k' }],
    changes: [{ change: 'add', path: 'n', value: 1 }],
  });

async function blindIncrement({ store }: Platform) {
  const row = await store.read(KEY);
  await store.write({
    write: 'update',
    key: KEY,
    when: [{ test: 'equals', path: 'key', value: 'k' }],
    changes: [{ change: 'set', path: 'n', value: numberOf(row) + 1 }],
  });
  return 'done';
}

async function testedIncrement({ store }: Platform) {
  for (let tries = 0; tries < 3; tries++) {
    const row = await store.read(KEY);
    const { applied } = await store.write({
      write: 'update',
      key: KEY,
      when: [{ test: 'equals', path: 'n', value: numberOf(row) }],
      changes: [{ change: 'set', path: 'n', value: numberOf(row) + 1 }],
    });
    if (applied) return 'done';
  }
  return 'gave up';
}

function bothCount(actor: Exploration['actors'][string], kind: (typeof STORE_KINDS)[number]): Exploration {
  return {
    name: 'two increments',
    store: { kind },
    rows: [ZERO],
    actors: { a: actor, b: actor },
    check: ({ rows, results }) => {
      const done = [results.a, results.b].filter((result) => told(result) === 'done').length;
      return numberOf(rows[0]) < done ? `${done} said done, n is ${numberOf(rows[0])}` : undefined;
    },
  };
}

describe('races are found, by a shortest trace', () => {
  test.each(STORE_KINDS)('a read, then a write that does not test it, loses an update (%s)', async (kind) => {
    const { violation, exhausted } = await explore(bothCount(blindIncrement, kind));
    expect(violation?.message).toBe('2 said done, n is 1');
    expect(exhausted).toBe(false);
    // Read, read, write, write; a store that compares versions reads again before each write.
    expect(violation?.trace).toHaveLength(kind === 'conditional' ? 4 : 6);
  });

  test.each(STORE_KINDS)('the write that tests what was read loses none (%s)', async (kind) => {
    const result = await explore(bothCount(testedIncrement, kind));
    expect(result.violation).toBeUndefined();
    expect(result.exhausted).toBe(true);
    const ending = { state: 'told', value: 'done' };
    expect(result.endings.a).toContainEqual(ending);
    // Only where reads are old may three tries be too few.
    if (kind !== 'bounded') expect(result.endings).toEqual({ a: [ending], b: [ending] });
  });

  function execution(tests: boolean) {
    return async ({ store }: Platform) => {
      const row = await store.read(KEY);
      const log = row?.fields.log;
      if (typeof log === 'object' && 'token' in log) return 'was done';
      await store.write({
        write: 'update',
        key: KEY,
        when: [
          tests ? { test: 'missing', path: ['log', 'token'] } : { test: 'equals', path: 'key', value: 'k' },
        ],
        changes: [
          { change: 'add', path: 'n', value: 1 },
          { change: 'set', path: ['log', 'token'], value: 'ok' },
        ],
      });
      return 'done';
    };
  }

  const once: Exploration['check'] = ({ rows }) => (numberOf(rows[0]) > 1 ? 'written twice' : undefined);

  test('two executions that both search, then both write', async () => {
    const setting = {
      name: 'search then write',
      store: { kind: 'conditional' },
      rows: [ZERO],
      check: once,
    } as const;
    const wrong = await explore({ ...setting, actors: { a: execution(false), b: execution(false) } });
    expect(wrong.violation?.message).toBe('written twice');
    expect(wrong.violation?.trace).toHaveLength(4);
    const right = await explore({
      ...setting,
      actors: { a: execution(true), b: execution(true) },
      faults: 1,
    });
    expect(right.violation).toBeUndefined();
    expect(right.exhausted).toBe(true);
  });

  function creator(me: string, looks: boolean) {
    return async ({ store }: Platform) => {
      const made = await store.write(
        { write: 'create', key: KEY, fields: { key: me, log: {} } },
        { returning: true },
      );
      if (made.applied) return 'mine';
      if (!looks) return 'theirs';
      const row = made.row ?? (await store.read(KEY));
      return row?.fields.key === me ? 'mine' : 'theirs';
    };
  }

  const sound: Exploration['check'] = ({ rows, results }) => {
    for (const name of ['a', 'b']) {
      const owns = rows[0]?.fields.key === name;
      const answer = told(results[name]);
      if (answer !== undefined && (answer === 'mine') !== owns) return `${name} says ${String(answer)}`;
    }
    return undefined;
  };

  test.each(STORE_KINDS)(
    'a refused create taken for a rival, though the driver repeated its own (%s)',
    async (kind) => {
      const setting = {
        name: 'create',
        store: { kind },
        faults: 1,
        faultKinds: ['repeated'],
        check: sound,
      } as const;
      const wrong = await explore({ ...setting, actors: { a: creator('a', false), b: creator('b', false) } });
      expect(wrong.violation?.message).toBe('a says theirs');
      expect(wrong.violation?.trace.filter((line) => line.startsWith('a: create'))).toHaveLength(2);
      const right = await explore({ ...setting, actors: { a: creator('a', true), b: creator('b', true) } });
      expect(right.violation).toBeUndefined();
      expect(right.exhausted).toBe(true);
    },
  );

  async function repeating({ store }: Platform) {
    try {
      await addOne(store);
    } catch (error) {
      if (!isFlowstateError(error, 'STORE_OUTCOME_UNKNOWN')) throw error;
      await addOne(store);
    }
  }

  async function repeatingWithToken({ store }: Platform) {
    const write = () => execution(true)({ store } as Platform);
    await write().catch(write);
  }

  test('a request whose reply was lost is repeated, and the first lands as well', async () => {
    const setting = {
      name: 'lost',
      store: { kind: 'conditional' },
      rows: [ZERO],
      check: once,
      faults: 1,
    } as const;
    const wrong = await explore({ ...setting, actors: { a: repeating }, faultKinds: ['lost'] });
    expect(wrong.violation?.message).toBe('written twice');
    expect(wrong.violation?.trace).toEqual([
      'a: update items/p/0 when key equals "k": add n 1 -> no reply',
      'a: update items/p/0 when key equals "k": add n 1 -> {"applied":true} | a answers nothing',
      'late: update items/p/0 when key equals "k": add n 1 lands',
    ]);
    const right = await explore({ ...setting, actors: { a: repeatingWithToken } });
    expect(right.violation).toBeUndefined();
    expect(right.exhausted).toBe(true);
  });
});

describe('counts of cases small enough to count by hand', () => {
  const one = async ({ store }: Platform) => void (await addOne(store));
  const setting = { store: { kind: 'conditional' }, rows: [ZERO], check: () => undefined } as const;

  test('two reads: a square of states', async () => {
    const read = async ({ store }: Platform) => void (await store.read(OTHER));
    const result = await explore({ ...setting, name: 'reads', actors: { a: read, b: read } });
    expect(result).toMatchObject({ states: 4, transitions: 4, histories: 4, databases: 1, exhausted: true });
  });

  test('two writes: the same square, and the order of equal writes is not seen', async () => {
    const result = await explore({ ...setting, name: 'writes', actors: { a: one, b: one } });
    expect(result).toMatchObject({ states: 4, transitions: 4, histories: 4, databases: 3 });
  });

  test('a branch more: all orders of three requests', async () => {
    const both = async ({ store }: Platform) =>
      void (await Promise.all([store.read(KEY), store.read(OTHER)]));
    const read = async ({ store }: Platform) => void (await store.read(OTHER));
    const result = await explore({ ...setting, name: 'branches', actors: { a: both, b: read } });
    // Four places of a (none, either first, ended) times two of b.
    expect(result).toMatchObject({ states: 8, transitions: 12, histories: 6, databases: 1 });
  });

  test('one write whose reply may be lost: it lands, or is under way', async () => {
    const result = await explore({
      ...setting,
      name: 'lost',
      actors: { a: one },
      faults: 1,
      faultKinds: ['lost'],
    });
    expect(result).toMatchObject({ states: 4, transitions: 3, histories: 3, databases: 2 });
  });

  test('one write that the driver may repeat, before or after its reply', async () => {
    const result = await explore({
      ...setting,
      name: 'repeated',
      actors: { a: one },
      faults: 1,
      faultKinds: ['repeated'],
    });
    expect(result).toMatchObject({ states: 5, transitions: 5, histories: 2, databases: 3 });
  });

  test('a bounded read after a change has two answers', async () => {
    const read = async ({ store }: Platform) => numberOf(await store.read(KEY));
    const seen = new Set<unknown>();
    const result = await explore({
      ...setting,
      store: { kind: 'bounded' },
      name: 'old reads',
      actors: { w: testedIncrement, r: read },
      check: ({ rows, results }) => {
        if (numberOf(rows[0]) === 1 && told(results.r) !== undefined) seen.add(told(results.r));
      },
    });
    expect(result.exhausted).toBe(true);
    expect([...seen].sort()).toEqual([0, 1]);
  });

  test('stops at statesMax and says so', async () => {
    const result = await explore({ ...setting, name: 'cut', actors: { a: one, b: one }, statesMax: 2 });
    expect(result.exhausted).toBe(false);
    expect(result.violation).toBeUndefined();
  });
});
