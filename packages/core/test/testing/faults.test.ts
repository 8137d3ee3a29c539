import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/platform/message.js';
import type { Platform } from '../../src/platform/platform.js';
import type { RowKey } from '../../src/platform/store.js';
import {
  everyFault,
  exhaustive,
  FAULTS,
  type Fault,
  type FaultScenario,
  faultsOf,
  faulty,
  type MemoryPlatform,
  memoryPlatform,
  memoryStore,
} from '../../src/testing/index.js';

const KEY: RowKey = { table: 'items', partition: 'p', sort: '0' };
const launch = { kind: 'launch', function: 'f', run: '0'.repeat(32), epoch: 1, events: 0 } as const;

interface Below extends MemoryPlatform {
  n(): number;
  received(): number;
}

function below(): Below {
  const store = memoryStore();
  store.load([{ key: KEY, fields: { key: 'k', n: 0, log: {} } }]);
  let received = 0;
  const platform = memoryPlatform({
    store,
    receive: async (): Promise<Reply> => {
      received += 1;
      return { reply: 'result', run: '0'.repeat(32), value: String(received) };
    },
  });
  return Object.assign(platform, { n: () => Number(store.rows()[0]?.fields.n), received: () => received });
}

async function addOne({ store }: Platform, tested = false) {
  return store.write({
    write: 'update',
    key: KEY,
    when: tested ? [{ test: 'missing', path: ['log', 't'] }] : [{ test: 'equals', path: 'key', value: 'k' }],
    changes: [
      { change: 'add', path: 'n', value: 1 },
      { change: 'set', path: ['log', 't'], value: 'ok' },
    ],
  });
}

describe('each fault of a write', () => {
  async function meet(fault: Fault) {
    const platform = below();
    const process = faulty(platform, { at: { request: 1, fault } });
    const ending = await process.run(async (platform) => {
      await platform.store.read(KEY);
      return addOne(platform, true);
    });
    return { ending, platform, process };
  }

  test('crash-before: nothing was applied', async () => {
    const { ending, platform } = await meet('crash-before');
    expect([ending, platform.n()]).toEqual([{ ended: 'crashed' }, 0]);
  });

  test('crash-after: applied, and nobody heard', async () => {
    const { ending, platform } = await meet('crash-after');
    expect([ending, platform.n()]).toEqual([{ ended: 'crashed' }, 1]);
  });

  test('reply-lost: applied, outcome unknown', async () => {
    const { ending, platform } = await meet('reply-lost');
    expect(ending).toMatchObject({
      ended: 'threw',
      error: { code: 'STORE_OUTCOME_UNKNOWN', applied: 'unknown' },
    });
    expect(platform.n()).toBe(1);
  });

  test('refused: not applied', async () => {
    const { ending, platform } = await meet('refused');
    expect(ending).toMatchObject({ ended: 'threw', error: { code: 'STORE_UNAVAILABLE', applied: 'no' } });
    expect(platform.n()).toBe(0);
  });

  test('repeated: the reply is that of the second, which its own first refused', async () => {
    const { ending, platform } = await meet('repeated');
    expect([ending, platform.n()]).toEqual([{ ended: 'returned', value: { applied: false } }, 1]);
  });

  test('frozen: stands still until released, all of it', async () => {
    const { ending, platform, process } = await meet('frozen');
    expect([ending.ended, platform.n()]).toEqual(['frozen', 0]);
    await addOne(platform, true);
    expect(ending.ended === 'frozen' && (await ending.release())).toEqual({
      ended: 'returned',
      value: { applied: false },
    });
    expect(process.requests.map(({ about }) => about)).toEqual(['read items/p/0', 'update items/p/0']);
  });
});

test('a dead process stays dead: branches that are under way hear nothing and ask nothing', async () => {
  const platform = below();
  const process = faulty(platform, { at: { request: 0, fault: 'crash-before' } });
  let heard = false;
  const ending = await process.run((mine) =>
    Promise.all([
      addOne(mine),
      mine.store
        .read(KEY)
        .then(() => addOne(mine))
        .then(() => (heard = true)),
    ]),
  );
  await platform.advance(0);
  expect([ending.ended, platform.n(), heard, process.requests.length]).toEqual(['crashed', 0, false, 1]);
});

test('messages: delivered twice, lost replies, refusals', async () => {
  const call = async (fault: Fault) => {
    const platform = below();
    const ending = await faulty(platform, { at: { request: 0, fault } }).run(({ invoker }) =>
      invoker.call('f', launch),
    );
    return { ending, received: platform.received() };
  };
  expect(await call('delivered-twice')).toMatchObject({ ending: { value: { value: '2' } }, received: 2 });
  expect(await call('reply-lost')).toMatchObject({
    ending: { error: { code: 'RUN_INFRASTRUCTURE' } },
    received: 1,
  });
  expect(await call('refused')).toMatchObject({
    ending: { error: { code: 'RUN_INFRASTRUCTURE' } },
    received: 0,
  });
  const platform = below();
  await faulty(platform, { at: { request: 0, fault: 'delivered-twice' } }).run(({ invoker }) =>
    invoker.start('f', launch),
  );
  expect(platform.outbox).toHaveLength(2);
});

test('choices decide request by request, never more than faultsMax', async () => {
  const met: string[] = [];
  const { runs } = await exhaustive(async (choices) => {
    const process = faulty(below(), { choices });
    await process.run(async (platform) => {
      await platform.store.read(KEY);
      await addOne(platform);
    });
    expect(process.faults.length).toBeLessThanOrEqual(1);
    met.push(process.faults.map(({ request, fault }) => `${request} ${fault}`).join());
  });
  const all = [
    ...faultsOf('read').map((fault) => `0 ${fault}`),
    ...faultsOf('write').map((fault) => `1 ${fault}`),
    '',
  ];
  expect(new Set(met)).toEqual(new Set(all));
  expect(runs).toBe(all.length);
});

describe('everyFault', () => {
  const scenario = (tested: boolean, recover: boolean): FaultScenario<Below, unknown> => ({
    platform: below,
    scenario: (platform) => addOne(platform, tested),
    ...(recover ? { recover: (platform: Below) => addOne(platform, tested) } : {}),
    check: (platform) => expect(platform.n()).toBe(1),
  });

  test('tries every request under every fault that means something for it', async () => {
    const { requests, runs } = await everyFault(scenario(true, true));
    expect(requests).toEqual([{ method: 'write', about: 'update items/p/0' }]);
    expect(runs).toBe(1 + faultsOf('write').length);
    expect(FAULTS.filter((fault) => !faultsOf('write').includes(fault))).toEqual(['delivered-twice']);
  });

  test('a function that is not safe fails, and the fault is named', async () => {
    await expect(everyFault(scenario(false, false))).rejects.toThrow(
      /^crash-before at request 0 \(update items\/p\/0\): /,
    );
    const repeated = everyFault({ ...scenario(false, false), faults: ['repeated'] });
    await expect(repeated).rejects.toThrow(/^repeated at request 0/);
    const broken = { ...scenario(true, true), check: () => expect(true).toBe(false) };
    await expect(everyFault(broken)).rejects.toThrow(/^without a fault/);
  });

  test('a scenario that does not repeat itself is said to', async () => {
    let runs = 0;
    const fickle = async (platform: Platform) => (runs++ === 0 ? addOne(platform) : undefined);
    await expect(everyFault({ platform: below, scenario: fickle, check: () => undefined })).rejects.toThrow(
      'not repeatable',
    );
  });
});
