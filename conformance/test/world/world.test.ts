import { FlowstateError, type Reply } from '@flowstate/core/adapter';
import { describe, expect, test } from 'vitest';
import { chain } from '../../src/workloads/chain.js';
import { counter, TIMES } from '../../src/workloads/counter.js';
import { recover, waiting } from '../../src/world/recovery.js';
import { Trial } from '../../src/world/trial.js';
import { type World, world } from '../../src/world/world.js';
import { inCase } from './in-case.js';

/** A run that crashed, and is due after its lease. */
async function crashed(at: World): Promise<Trial> {
  const trial = new Trial(at);
  await trial.begin(trial.suspect('process', { request: 3, fault: 'crash-after' }));
  return trial;
}

test('another world in the same database is left alone', () =>
  inCase(async (on) => {
    const other = await world(on, counter);
    await crashed(other);
    const mine = await world(on, counter);
    await crashed(mine);
    await mine.recover();
    expect(await waiting(mine)).toEqual([]);
    expect(await waiting(other)).toHaveLength(1);
  }));

test('recovery ends at a bound: what is still due is told', () =>
  inCase(async (on) => {
    const at = await world(on, counter);
    await crashed(at);
    at.hostWith(() => Promise.reject(new FlowstateError('RUN_INFRASTRUCTURE', 'no process here')));
    await expect(at.recover()).rejects.toThrow(/still due after 30 collector passes: counter\.add/);
  }));

test(
  'a listing that forgets is told',
  () =>
    inCase(async (on) => {
      const at = await world(on, counter, {
        store: { ...(await on.store()), list: async () => ({ keys: [], more: false }) },
      });
      await crashed(at);
      await expect(recover(at, 0)).rejects.toThrow(/not listed within 0 ms, though due: counter\.add/);
    }),
  30_000,
);

test('rivals count, and fill rows', () =>
  inCase(async (on) => {
    const at = await world(on, counter);
    await at.rival();
    const rows = (await at.rows()).filter(({ key }) => key.table === 'items');
    expect(await at.evidence().item('hot')).toBe(TIMES);
    expect(rows.length).toBeGreaterThan(TIMES / 2);
    expect(at.evidence().rivals).toBe(1);
  }));

test('functions that are apart reach each other by messages, those together do not', () =>
  inCase(async (on) => {
    for (const functions of ['apart', 'together'] as const) {
      const at = await world(on, chain, { functions });
      await at.callRoot();
      const calls = at.trace
        .lines({ answers: false, named: (line) => line })
        .filter((line) => line.includes('call '));
      expect(calls.length > 0).toBe(functions === 'apart');
    }
  }));

describe('the judgement', () => {
  async function judged(spoil: (trial: Trial, at: World) => Promise<void>): Promise<void> {
    await inCase(async (on) => {
      const at = await world(on, counter);
      const trial = new Trial(at);
      await trial.client();
      await spoil(trial, at);
      await trial.judge();
    });
  }

  test('passes a run that met nothing', () => judged(async () => {}));

  test('tells a run that is not done', () =>
    expect(
      judged(async (_, at) => {
        const [row] = (await at.rows()).filter(({ key }) => key.sort === 'intent');
        const changes = [{ change: 'set', path: 'state', value: 'paused' }] as const;
        await at.watched.write({
          write: 'update',
          key: row!.key,
          when: [{ test: 'equals', path: 'state', value: 'done' }],
          changes,
        });
      }),
    ).rejects.toThrow(/paused, not done/));

  test('tells an effect that stands twice', () =>
    expect(
      judged(async (_, at) => {
        const row = (await at.rows()).findLast(({ key }) => key.table === 'items')!;
        const key = { ...row.key, sort: '00000009' };
        await at.watched.write({ write: 'create', key, fields: row.fields });
      }),
    ).rejects.toThrow(/took effect in 2 rows/));

  test('tells another outcome than the one that somebody was told', () =>
    expect(
      judged(async (trial, at) => {
        const suspect = trial.suspect('liar');
        const run = (await at.callRoot()) as Extract<Reply, { reply: 'result' }>;
        const lie: Reply = { ...run, value: '1[[1,2],1,2]' };
        await trial.does(suspect, async () => lie);
      }),
    ).rejects.toThrow(/liar was told v1\[\[1,2\],1,2\], the run's outcome is/));

  test('tells an error that does not ask to try again', () =>
    expect(
      judged(async (trial) => {
        await trial.does(trial.suspect('thrower'), () => Promise.reject(new RangeError('sold out')));
      }),
    ).rejects.toThrow(/thrower was told what is neither the outcome nor to try again/));

  test('passes an error that asks to try again', () =>
    judged(async (trial) => {
      const error = new FlowstateError('RUN_INFRASTRUCTURE', 'try again');
      await trial.does(trial.suspect('thrower'), () => Promise.reject(error));
    }));
});
