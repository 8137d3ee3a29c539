import { describe, expect, test } from 'vitest';
import { isFlowstateError } from '../../src/errors.js';
import type { Reply } from '../../src/platform/message.js';
import type { Platform } from '../../src/platform/platform.js';
import type { Row, RowKey, Store } from '../../src/platform/store.js';
import { type Exploration, explore, type Result } from '../../src/testing/index.js';

const KEY: RowKey = { table: 'items', partition: 'p', sort: '0' };
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

describe('crashes, recovery, messages, time', () => {
  const INTENT: RowKey = { table: 'runs', partition: 'r', sort: 'intent' };

  function effect(store: Store, tested: boolean) {
    return store.write({
      write: 'update',
      key: KEY,
      when: tested
        ? [{ test: 'missing', path: ['log', 'token'] }]
        : [{ test: 'equals', path: 'key', value: 'k' }],
      changes: [
        { change: 'add', path: 'n', value: 1 },
        { change: 'set', path: ['log', 'token'], value: 'ok' },
      ],
    });
  }

  async function complete(store: Store) {
    await store.write({
      write: 'update',
      key: INTENT,
      when: [{ test: 'equals', path: 'state', value: 'running' }],
      changes: [{ change: 'set', path: 'state', value: 'done' }],
    });
  }

  function run(tested: boolean) {
    return async ({ store }: Platform) => {
      await store.write({ write: 'create', key: INTENT, fields: { state: 'running', log: {} } });
      await effect(store, tested);
      await complete(store);
      return 'done';
    };
  }

  function recovery(tested: boolean) {
    return async ({ store }: Platform) => {
      const intent = await store.read(INTENT);
      if (intent?.fields.state !== 'running') return;
      await effect(store, tested);
      await complete(store);
    };
  }

  const final: Exploration['final'] = ({ rows }) => {
    const begun = rows.some((row) => row.key.table === 'runs');
    const n = numberOf(rows.find((row) => row.key.table === 'items'));
    return n === (begun ? 1 : 0) ? undefined : `effect happened ${n} times`;
  };
  const setting = { store: { kind: 'versioned' }, rows: [ZERO], check: () => undefined, final } as const;

  test('recovery is tried from every database, also between effect and completion', async () => {
    const wrong = await explore({
      ...setting,
      name: 'crash',
      actors: { a: run(false) },
      recover: recovery(false),
    });
    expect(wrong.violation?.message).toBe('effect happened 2 times');
    const crash = wrong.violation?.trace.indexOf('all others crash') ?? -1;
    expect(wrong.violation?.trace.slice(0, crash).map((line) => line.split(' ')[1])).toEqual([
      'create',
      'get',
      'replace',
    ]);
    const right = await explore({
      ...setting,
      name: 'crash',
      actors: { a: run(true) },
      recover: recovery(true),
      faults: 1,
    });
    expect(right.violation).toBeUndefined();
    expect(right.exhausted).toBe(true);
  });

  test('recovery that fails is a violation', async () => {
    const result = await explore({
      ...setting,
      name: 'broken recovery',
      actors: { a: run(true) },
      recover: () => Promise.reject(new Error('no')),
    });
    expect(result.violation?.message).toBe('recovery threw Error: no');
  });

  const launch = { kind: 'launch', function: 'f', run: '0'.repeat(32), epoch: 1, events: 0 } as const;
  const pending: Reply = { reply: 'pending', run: '0'.repeat(32), state: 'running' };

  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
  ])('a started message arrives up to %i times, by itself or beside its sender', async (deliveries, most) => {
    const counts = new Set<number>();
    const result = await explore({
      name: 'start',
      store: { kind: 'conditional' },
      rows: [ZERO],
      actors: { a: ({ invoker }) => invoker.start('f', launch) },
      receive: async (platform) => {
        await addOne(platform.store);
        return pending;
      },
      deliveries,
      check: ({ rows, results }) => {
        counts.add(numberOf(rows[0]));
        const replied = Object.values(results).filter((r) => told(r) !== undefined && r !== results.a).length;
        return replied > numberOf(rows[0]) ? 'replied before it was done' : undefined;
      },
    });
    expect(result.violation).toBeUndefined();
    expect(Math.max(...counts)).toBe(most);
  });

  test('deliveries have no order of their own: counted by hand', async () => {
    const result = await explore({
      name: 'two deliveries',
      store: { kind: 'conditional' },
      actors: { a: ({ invoker }) => invoker.start('f', launch) },
      receive: async ({ store }) => {
        await store.read(KEY);
        return pending;
      },
      deliveries: 2,
      check: () => undefined,
    });
    // Not started; started; one delivered (begun, ended); both delivered, a square.
    expect(result).toMatchObject({ states: 8, transitions: 9, exhausted: true });
  });

  test('recovery delivers what it starts, and goes on until it starts nothing', async () => {
    const result = await explore({
      name: 'launching recovery',
      store: { kind: 'conditional' },
      rows: [ZERO],
      actors: {},
      receive: async (platform) => {
        await addOne(platform.store);
        return pending;
      },
      recover: async ({ store, invoker }) => {
        if (numberOf(await store.read(KEY)) < 3) await invoker.start('f', launch);
      },
      check: () => undefined,
      final: ({ rows }) => (numberOf(rows[0]) === 3 ? undefined : `n is ${numberOf(rows[0])}`),
    });
    expect(result.violation).toBeUndefined();
  });

  test('a callee runs inside its caller; its lost reply leaves it at work', async () => {
    const endings = new Set<string>();
    const result = await explore({
      name: 'call',
      store: { kind: 'conditional' },
      rows: [ZERO],
      actors: {
        a: async ({ invoker }) => {
          const reply = await invoker.call('f', launch).catch((error: unknown) => {
            if (!isFlowstateError(error, 'RUN_INFRASTRUCTURE')) throw error;
            return undefined;
          });
          return reply?.reply ?? 'lost';
        },
      },
      receive: async (platform) => {
        await addOne(platform.store);
        return pending;
      },
      faults: 1,
      faultKinds: ['lost'],
      check: ({ rows, results }) => void endings.add(`${String(told(results.a))} ${numberOf(rows[0])}`),
    });
    expect(result.exhausted).toBe(true);
    // Its write may also be lost: then the callee throws, and the caller has no reply either.
    expect([...endings].sort()).toEqual(['lost 0', 'lost 1', 'pending 1', 'undefined 0']);
  });

  test('clocks: a wait moves the actor that waits; beside a request it ends before or after', async () => {
    const orders = new Set<unknown>();
    const result = await explore({
      name: 'clock',
      store: { kind: 'conditional' },
      now: 1000,
      actors: {
        alone: async (platform) => {
          await platform.wait(500);
          return platform.now();
        },
        racing: async (platform) => {
          const late = platform.wait(500).then(() => `late at ${platform.now()}`);
          return Promise.race([late, platform.store.read(KEY).then(() => `read at ${platform.now()}`)]);
        },
        later: { run: async (platform) => platform.now(), now: 9000 },
      },
      check: ({ results }) => {
        if (told(results.racing) !== undefined) orders.add(told(results.racing));
        if (told(results.alone) !== 1500 || told(results.later) !== 9000) return 'clock';
        return undefined;
      },
    });
    expect(result.violation).toBeUndefined();
    expect([...orders].sort()).toEqual(['late at 1500', 'read at 1000']);
  });

  test('after a wait of staleMs nothing older is read', async () => {
    const reads = new Set<unknown>();
    const setting = {
      name: 'patience',
      store: { kind: 'bounded', staleMs: 100 },
      rows: [ZERO],
      check: ({ results }) => void reads.add(told(results.a)),
    } as const satisfies Partial<Exploration>;
    const own = (waits: boolean) => async (platform: Platform) => {
      await addOne(platform.store);
      if (waits) await platform.wait(100);
      return numberOf(await platform.store.read(KEY));
    };
    await explore({ ...setting, actors: { a: own(false) } });
    expect([...reads]).toEqual([undefined, 1, 0]);
    reads.clear();
    await explore({ ...setting, actors: { a: own(true) } });
    expect([...reads]).toEqual([undefined, 1]);
  });

  test('an actor that is not a function of its replies is named', async () => {
    let runs = 0;
    const fickle = async ({ store }: Platform) => {
      const key = { ...KEY, sort: String(runs++) };
      await store.read(key);
      await store.read(key);
    };
    const found = explore({
      name: 'fickle',
      store: { kind: 'conditional' },
      actors: { a: fickle },
      check: () => undefined,
    });
    await expect(found).rejects.toThrow('a is not repeatable');
  });
});
